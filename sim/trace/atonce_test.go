package trace_test

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"pgregory.net/rapid"
)

// The sweep must agree with looking at every moment.
func TestAtOnceFindsWhatLookingAtEveryMomentFinds(t *testing.T) {
	const end = 40
	rapid.Check(t, func(t *rapid.T) {
		var all []trace.Spell
		for range rapid.IntRange(0, 12).Draw(t, "spells") {
			from := time.Duration(rapid.IntRange(0, 20).Draw(t, "from"))
			all = append(all, trace.Spell{
				Client: rapid.SampledFrom([]sim.HostID{"client-1", "client-2", "client-3"}).Draw(t, "client"),
				From:   from, To: from + time.Duration(rapid.IntRange(0, 8).Draw(t, "length")),
			})
		}
		most, want := 0, time.Duration(0)
		for at := range time.Duration(end) { // the moment from at to at+1
			in := map[sim.HostID]bool{}
			for _, s := range all {
				if s.From <= at && at < s.To {
					in[s.Client] = true
				}
			}
			most = max(most, len(in))
			if len(in) > 1 {
				want++
			}
		}
		times, got := trace.AtOnce(all)
		if trace.Lasted(times) != want || got != most {
			t.Fatalf("%v at once in %v, at most %d; want %v in all, at most %d", all, times, got, want, most)
		}
		for i, s := range times {
			if s.To <= s.From || i > 0 && s.From <= times[i-1].To {
				t.Errorf("%v are not apart, in order", times)
			}
		}
	})
}
