package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// staleWrite is violated if the ledger took a write from a superseded holder, that is, after the
// lock service had given the lock to another client later than to the writer. Grants are
// compared in the order of the service, never by clocks. A client's own later grant does not
// supersede it.
func staleWrite(t *trace.Trace) Finding {
	h, service := t.History, t.Holders()
	writes, stale := 0, 0
	var found Finding
	var doubt error
	for i := range h.Events {
		e := &h.Events[i]
		service.See(i, e)
		if e.Kind != sim.LedgerWrite {
			continue
		}
		writes++
		mine, err := service.Of(e)
		if err != nil {
			doubt = firstOf(doubt, err)
			continue
		}
		later := service.Latest(mine.Client)
		if later == nil || later.Rank < mine.Rank {
			continue
		}
		if later.Client == "" {
			doubt = firstOf(doubt, fmt.Errorf("event %d gave the grant %s to a client that the history does not name", later.Granted.Seq, later.Name))
			continue
		}
		if stale++; stale == 1 {
			found = violated(StaleWrite, "the account accepted the write of %s%s at %s, although the lock service had granted the lock to %s at %s",
				owner(mine), tell(h).forWhich(e), clock(e.At), later.Client, clock(later.Proof.At)).
				shownBy(mine.Proof, later.Proof, e)
		}
	}
	switch {
	case stale > 0:
		if stale > 1 {
			found.Why += " (the first of " + count(stale, "stale write") + ")"
		}
		return found
	case doubt != nil:
		return undecided(StaleWrite, "not every write can be attributed to a grant: %v", doubt)
	case writes == 0:
		return undecided(StaleWrite, "the ledger accepted no write, so it was not tested")
	}
	return holds(StaleWrite, "%s, none from a superseded client", count(writes, "write"))
}
