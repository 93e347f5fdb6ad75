package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// faultsHappened is a precondition: every fault that the script has in store was
// applied, and a probe saw it in effect, each time. A host that was paused, suspended or
// crashed must have done nothing meanwhile. A step that repeats must have happened once:
// how often there was time for it depends on the trial. It is never Violated: a trial
// whose fault did not happen says nothing.
func faultsHappened(t *trace.Trace) Finding {
	h := t.History
	if len(h.Header.Faults) == 0 {
		return holds(FaultsHappened, "no fault was asked for")
	}
	asked := map[string]int{}
	for _, lane := range h.Header.Faults {
		asked[lane]++
	}
	fired := t.Firings()
	var shown []*sim.Event
	for _, r := range t.Faults {
		shown = append(shown, r.Applied, r.Proven, r.Undone)
		if r.Unproven != nil {
			return undecided(FaultsHappened, "%s: not proven at %s: %s", r.Lane, clock(r.Unproven.At), r.Unproven.Note).
				shownBy(r.Applied, r.Unproven)
		}
		if r.Proven == nil {
			return undecided(FaultsHappened, "%s: applied at %s, but no probe saw it in effect", r.Lane, clock(r.Applied.At)).
				shownBy(r.Applied)
		}
		if e := t.SignOfLife(r); e != nil {
			return undecided(FaultsHappened, "%s: the host was not still: it recorded %q at %s", r.Lane, string(e.Kind), clock(e.At)).
				shownBy(r.Applied, e, r.Undone)
		}
	}
	for _, lane := range h.Header.Faults {
		switch {
		case fired[lane] == 0:
			return undecided(FaultsHappened, "%s: the step never fired", lane)
		case fired[lane] < asked[lane]:
			return undecided(FaultsHappened, "%s: the script has %s, of which only %d fired", lane, count(asked[lane], "such step"), fired[lane])
		}
	}
	return holds(FaultsHappened, "%s, each proven to have taken effect", count(len(t.Faults), "fault")).shownBy(shown...)
}
