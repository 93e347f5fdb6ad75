package trace_test

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

// The stamps of a live lock service are late. A history shows how late by what its clients
// already knew, and checkers allow for that.
func TestHowLateStampsAre(t *testing.T) {
	for _, each := range []struct {
		name, history string
		want          time.Duration
	}{
		{"virtual", `
			1s client-1 acquired op=client-1/1 grant=a`, 0},
		{"live, in order", `
			| world=live
			1s client-1 acquire  op=client-1/1
			2s lock     granted  grant=a
			2s client-1 acquired op=client-1/1 grant=a
			3s lock     freed    grant=a
			3s client-1 released op=client-1/1 grant=a`, trace.UsualLag},
		{"a grant that is seen late", `
			| world=live
			2s     client-1 acquired op=client-1/1 grant=a
			2.030s lock     granted  grant=a`, trace.UsualLag + 30*time.Millisecond},
		{"its end, later still", `
			| world=live
			2s     client-1 acquired op=client-1/1 grant=a
			2.030s lock     granted  grant=a
			3s     client-1 release  op=client-1/1 grant=a
			3s     client-1 released op=client-1/1 grant=a
			3.100s lock     freed    grant=a client=client-1`, trace.UsualLag + 100*time.Millisecond},
		{"an end that somebody else brought about", `
			| world=live
			2s   lock     granted  grant=a
			2s   client-1 acquired op=client-1/1 grant=a
			3s   client-1 release  op=client-1/1 grant=a
			3s   client-1 released op=client-1/1 grant=a
			3.1s lock     freed    grant=a client=client-2`, trace.UsualLag},
		{"an end in time, though the service was asked for nothing", `
			| world=live
			2s   lock     granted  grant=a
			2s   client-1 acquired op=client-1/1 grant=a
			3s   client-1 released op=client-1/1 grant=a
			3.1s lock     expired  grant=a`, trace.UsualLag},
	} {
		t.Run(each.name, func(t *testing.T) {
			if got := trace.Read(historytest.Transcript(t, each.history)).Lag(); got != each.want {
				t.Errorf("stamps may be %v late, expected %v", got, each.want)
			}
		})
	}
}
