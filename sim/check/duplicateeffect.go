package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// duplicateEffect is violated if the ledger applied one effect twice. An effect is a withdrawal,
// which has an id of its own, or the charge for a job, which has the id of the job whichever
// client does it. It does not matter whether any client was told.
func duplicateEffect(t *trace.Trace) Finding {
	h := t.History
	if t.Set != nil && t.Set.Read != nil {
		return holds(DuplicateEffect, "a set contains each element only once, however often it was added")
	}
	first := map[string]*sim.Event{}
	effects, again := 0, 0
	var found Finding
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != sim.LedgerWrite {
			continue
		}
		id := trace.EffectOf(e)
		if id == "" {
			return undecided(DuplicateEffect, "event %d does not say which effect it applied", e.Seq).shownBy(e)
		}
		before := first[id]
		if before == nil {
			first[id] = e
			effects++
			continue
		}
		if again++; again == 1 {
			found = twice(before, e).shownBy(before, e)
		}
	}
	switch {
	case again > 0:
		if again > 1 {
			found.Why += " (the first of " + count(again, "duplicate effect") + ")"
		}
		return found
	case effects == 0:
		return undecided(DuplicateEffect, "the ledger accepted no write, so nothing could be applied twice")
	}
	return holds(DuplicateEffect, "%s, each applied once", count(effects, "effect"))
}

// twice describes an effect that was applied a second time.
func twice(before, again *sim.Event) Finding {
	if again.Job == "" {
		return violated(DuplicateEffect, "%s was deducted from the account at %s, and again at %s",
			trace.Operation(again.Op), clock(before.At), clock(again.At))
	}
	return violated(DuplicateEffect, "the account was charged for %s twice, for %s at %s and for %s at %s",
		again.Job, writer(before), clock(before.At), writer(again), clock(again.At))
}
