package check

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"pgregory.net/rapid"
)

func TestAtOnceTellsWhenOfEachKindOfOverlap(t *testing.T) {
	h := transcript(t, `
		1s  client-1 acquired grant=a
		5s  client-2 acquired grant=b
		7s  client-1 deadline grant=a
		8s  client-1 lost     grant=a
		9s  client-1 release  grant=a
		9s  client-2 release  grant=b
		10s -        end`)
	for _, c := range []struct {
		property Property
		want     []trace.Stretch
	}{
		{OverlapValid, []trace.Stretch{{From: 5 * time.Second, To: 7 * time.Second}}},
		{Overlap, []trace.Stretch{{From: 5 * time.Second, To: 8 * time.Second}}},
		{WorkOverlap, []trace.Stretch{{From: 5 * time.Second, To: 9 * time.Second}}},
		{LostUpdate, nil},
	} {
		if got := AtOnce(h, c.property); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.property, got, c.want)
		}
	}
	if got := AtOnce(transcript(t, `1s client-1 acquired`), WorkOverlap); got != nil {
		t.Errorf("of a history that cannot tell: %v", got)
	}
}

// An overlap is found if and only if it lasted for some time.
func TestAnOverlapLastsForSomeTimeAndNothingElseDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		for _, p := range []Property{Overlap, OverlapValid, WorkOverlap} {
			found := One(p, h).Verdict == Violated
			if times := AtOnce(h, p); found != (len(times) > 0) {
				t.Errorf("%s violated: %v, at once in %v", p, found, times)
			}
		}
	})
}

// A client that believes it holds the lock is at work under it, provided that it stops when it
// is told.
func TestBeliefsOverlapOnlyWhereWorkDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		h.Events = slices.DeleteFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.Abandon })
		if One(Overlap, h).Verdict == Violated && One(WorkOverlap, h).Verdict != Violated {
			t.Errorf("two believed to hold the lock at once, and did not work at once")
		}
	})
}
