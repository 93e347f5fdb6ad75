package check

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// The sweep must agree with looking at every moment.
func TestAtOnceFindsWhatLookingAtEveryMomentFinds(t *testing.T) {
	const end = 40
	rapid.Check(t, func(t *rapid.T) {
		var all []stretch
		for range rapid.IntRange(0, 12).Draw(t, "stretches") {
			from := time.Duration(rapid.IntRange(0, 20).Draw(t, "from"))
			all = append(all, stretch{
				client: rapid.SampledFrom([]sim.HostID{"client-1", "client-2", "client-3"}).Draw(t, "client"),
				from:   from, to: from + time.Duration(rapid.IntRange(0, 8).Draw(t, "length")),
			})
		}
		most, want := 0, time.Duration(0)
		for at := range time.Duration(end) { // the moment from at to at+1
			in := map[sim.HostID]bool{}
			for _, s := range all {
				if s.from <= at && at < s.to {
					in[s.client] = true
				}
			}
			most = max(most, len(in))
			if len(in) > 1 {
				want++
			}
		}
		times, got := atOnce(all)
		if lasted(times) != want || got != most {
			t.Fatalf("%v at once in %v, at most %d; want %v in all, at most %d", all, times, got, want, most)
		}
		for i, s := range times {
			if s.To <= s.From || i > 0 && s.From <= times[i-1].To {
				t.Errorf("%v are not apart, in order", times)
			}
		}
	})
}

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
		want     []Stretch
	}{
		{OverlapValid, []Stretch{{5 * time.Second, 7 * time.Second}}},
		{Overlap, []Stretch{{5 * time.Second, 8 * time.Second}}},
		{WorkOverlap, []Stretch{{5 * time.Second, 9 * time.Second}}},
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
