package check

import (
	"strings"
	"testing"
	"time"
)

// The stamps of a live lock service are late. How late, a history tells by what its clients
// knew by then, and judges allow for that.
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
			3s client-1 released op=client-1/1 grant=a`, usualLag},
		{"a grant that is seen late", `
			| world=live
			2s     client-1 acquired op=client-1/1 grant=a
			2.030s lock     granted  grant=a`, usualLag + 30*time.Millisecond},
		{"its end, later still", `
			| world=live
			2s     client-1 acquired op=client-1/1 grant=a
			2.030s lock     granted  grant=a
			3s     client-1 release  op=client-1/1 grant=a
			3s     client-1 released op=client-1/1 grant=a
			3.100s lock     freed    grant=a client=client-1`, usualLag + 100*time.Millisecond},
		{"an end that somebody else brought about", `
			| world=live
			2s   lock     granted  grant=a
			2s   client-1 acquired op=client-1/1 grant=a
			3s   client-1 release  op=client-1/1 grant=a
			3s   client-1 released op=client-1/1 grant=a
			3.1s lock     freed    grant=a client=client-2`, usualLag},
		{"an end in time, though the service was asked for nothing", `
			| world=live
			2s   lock     granted  grant=a
			2s   client-1 acquired op=client-1/1 grant=a
			3s   client-1 released op=client-1/1 grant=a
			3.1s lock     expired  grant=a`, usualLag},
	} {
		t.Run(each.name, func(t *testing.T) {
			if got := stampLag(transcript(t, each.history)); got != each.want {
				t.Errorf("stamps may be %v late, expected %v", got, each.want)
			}
		})
	}
}

// What comes within that of something else is not told apart from it.
func TestJudgesAllowForStampsAsLateAsTheyAreSeenToBe(t *testing.T) {
	const refused = `
		| world=live
		1s     client-2 acquired op=client-2/1 grant=z
		1%s    lock     granted  grant=z
		2s     lock     expired  grant=z
		3s     lock     granted  grant=a token=1
		3s     client-1 acquired op=client-1/1 grant=a token=1
		4s     ledger   ledger-write-refused op=client-1/1 client=client-1 token=1 note=too_old
		4.050s lock     expired  grant=a`
	judgeTrials(t, FreshRefused, []trial{
		{"prompt", strings.ReplaceAll(refused, "%s", "s"), Violated, "", []int64{4, 6}},
		{"late", strings.ReplaceAll(refused, "%s", ".040s"), Undecided, "too close to tell which was first", nil},
	})
}

func TestAnObserverThatSleptThroughALease(t *testing.T) {
	judgeTrials(t, RecordingSane, []trial{
		{"a lease", `
			| world=live
			1s     client-1 acquire  op=client-1/1
			2s     client-1 acquired op=client-1/1 grant=a
			12s    lock     granted  grant=a
			14s    -        end`, Holds, "4 events", nil},
		{"more", `
			| world=live
			1s      client-1 acquire  op=client-1/1
			2s      client-1 acquired op=client-1/1 grant=a
			12.001s lock     granted  grant=a
			14s     -        end`, Undecided, "event 3 (granted) is stamped 10.001s later than event 2 (acquired), by which client-1 knew of it", []int64{3}},
	})
}
