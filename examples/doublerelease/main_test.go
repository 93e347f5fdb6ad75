package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

func TestAGrantIsReleasedOnceAndByItsOwner(t *testing.T) {
	for _, c := range []struct {
		name, history string
		want          check.Verdict
		why           string
		evidence      []int64
	}{
		{"each client releases its own", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a op=1
			2s client-1 release  grant=a op=1
			2s lock     freed    grant=a client=client-1
			3s lock     granted  grant=b client=client-2
			4s lock     freed    grant=b client=client-2`,
			check.Holds, "2 releases", nil},
		{"a name that is granted again is another grant", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a op=1
			2s client-1 release  grant=a op=1
			2s lock     freed    grant=a client=client-1
			3s lock     granted  grant=a
			3s client-1 acquired grant=a op=2
			4s client-1 release  grant=a op=2
			4s lock     freed    grant=a client=client-1`,
			check.Holds, "2 releases", nil},
		{"a client forgets that it has released", `
			1s lock     granted  grant=a
			1s client-1 acquired grant=a op=1
			2s client-1 release  grant=a op=1
			2s lock     freed    grant=a client=client-1
			3s client-1 release  grant=a op=1`,
			check.Violated, "client-1 releases a grant at 3.000 s that it has released before", []int64{3, 5}},
		{"the service frees twice", `
			1s lock granted grant=a client=client-1
			2s lock freed   grant=a client=client-1
			3s lock freed   grant=a client=client-1`,
			check.Violated, "lock frees a grant at 3.000 s that it has freed before", []int64{2, 3}},
		{"copies are freed one by one", `
			1s redis-1 granted grant=a client=client-1
			2s redis-1 freed   grant=a client=client-1
			2s redis-2 freed   grant=a client=client-1`,
			check.Holds, "each the first of its grant", nil},
		{"a late release takes the lock from the next holder", `
			1s  lock     granted grant=a client=client-1
			11s lock     expired grant=a
			12s lock     granted grant=b client=client-2
			13s client-1 release grant=a op=1
			13s lock     freed   grant=b client=client-1`,
			check.Violated, "lock frees the grant of client-2 at 13.000 s because client-1 asks for it", []int64{3, 5}},
		{"nobody says who asked", `
			1s lock granted grant=a client=client-1
			2s lock freed   grant=a`,
			check.Undecided, "event 2 does not say who asked", nil},
		{"nothing is released", `
			1s  lock granted grant=a client=client-1
			11s lock expired grant=a`,
			check.Undecided, "frees nothing", nil},
	} {
		f := judge(trace.Read(historytest.Transcript(t, c.history)))
		if f.Verdict != c.want || !strings.Contains(f.Why, c.why) || !slices.Equal(f.Evidence, c.evidence) {
			t.Errorf("%s: %s, %q, events %v; want %s, %q, events %v", c.name, f.Verdict, f.Why, f.Evidence, c.want, c.why, c.evidence)
		}
	}
}
