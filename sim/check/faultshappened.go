package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// faultsHappened is a precondition: every fault in the script was applied, and a probe saw it in
// effect, each time. A host that was paused, suspended or crashed must have done nothing
// meanwhile. A step that repeats must have fired at least once; how often it had time to depends
// on the trial. The precondition is never Violated: a trial whose fault did not happen says
// nothing.
func faultsHappened(t *trace.Trace) Finding {
	h := t.History
	if len(h.Header.Faults) == 0 {
		return holds(FaultsHappened, "the script has no faults")
	}
	var shown []*sim.Event
	for _, r := range t.Faults {
		shown = append(shown, r.Applied, r.Proven, r.Undone)
		if r.Unproven != nil {
			return undecided(FaultsHappened, "%s: not proven at %s: %s", r.Lane(), clock(r.Unproven.At), r.Unproven.Note).
				shownBy(r.Applied, r.Unproven)
		}
		if r.Proven == nil {
			return undecided(FaultsHappened, "%s: applied at %s, but no probe saw it in effect", r.Lane(), clock(r.Applied.At)).
				shownBy(r.Applied)
		}
		if e := t.SignOfLife(r); e != nil {
			return undecided(FaultsHappened, "%s: the host was not stopped: it recorded %q at %s", r.Lane(), string(e.Kind), clock(e.At)).
				shownBy(r.Applied, e, r.Undone)
		}
	}
	if why := neverFired(t); why != "" {
		return undecided(FaultsHappened, "%s", why)
	}
	return holds(FaultsHappened, "%s, each proven to have taken effect", count(len(t.Faults), "fault")).shownBy(shown...)
}

// neverFired names a step that did not fire; empty means that all fired. Readers cannot tell
// apart steps that ask for the same fault, so it counts these together.
func neverFired(t *trace.Trace) string {
	all, fired := t.History.Header.Faults, t.Firings()
	for i := range all {
		if fired[int64(i+1)] > 0 {
			continue
		}
		lane, asked, did := all[i].Lane(), 0, 0
		for j := range all {
			if all[j].Lane() == lane {
				asked++
				did += min(1, fired[int64(j+1)])
			}
		}
		if did == 0 {
			return lane + ": the step never fired"
		}
		return fmt.Sprintf("%s: the script has %s, of which only %d fired", lane, count(asked, "such step"), did)
	}
	return ""
}
