package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// freshRefused is violated if the guard refused a read or write of the rightful holder: the
// client that has the latest grant of all, if the lock service has neither ended that grant
// because its time was up nor seen it released. It is no excuse that the guard only compared
// versions.
func freshRefused(t *trace.Trace) Finding {
	h, service := t.History, t.Holders()
	asked, refused, fresh := 0, 0, 0
	var found Finding
	var doubt error
	for i := range h.Events {
		e := &h.Events[i]
		service.See(i, e)
		switch e.Kind {
		case sim.LedgerRead, sim.LedgerWrite:
			asked++
			continue
		case sim.LedgerReadRefused, sim.LedgerWriteRefused:
			refused++
		default:
			continue
		}
		mine, err := service.Of(e)
		if err != nil {
			doubt = firstOf(doubt, err)
			continue
		}
		switch rightful, err := service.Rightful(i, mine); {
		case err != nil:
			doubt = firstOf(doubt, err)
		case rightful:
			if fresh++; fresh == 1 {
				found = violated(FreshRefused, "the guard refused %s its %s%s at %s, though it was the rightful holder: it had been granted the lock at %s, and nobody else since",
					owner(mine), refusedWhat(e), tell(h).forWhich(e), clock(e.At), clock(mine.Proof.At)).
					shownBy(mine.Proof, e)
			}
		}
	}
	switch {
	case fresh > 0:
		if fresh > 1 {
			found.Why += " (the first of " + count(fresh, "such refusal") + ")"
		}
		return found
	case doubt != nil:
		return undecided(FreshRefused, "not every refusal can be judged: %v", doubt)
	case asked+refused == 0:
		return undecided(FreshRefused, "the ledger received no request, so its guard was not tested")
	}
	return holds(FreshRefused, "%s, none of a rightful holder", count(refused, "refusal"))
}

func refusedWhat(e *sim.Event) string {
	if e.Kind == sim.LedgerReadRefused {
		return "read"
	}
	return "write"
}
