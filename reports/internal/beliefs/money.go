package beliefs

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// moneyTruth is the account up to an event.
type moneyTruth struct {
	name    string
	opened  bool
	guard   guard
	balance int64
	version uint64
	lineage trace.Lineage
	counted map[string]bool       // operations in the lineage
	over    map[string]*sim.Event // the event that removed an operation from it
	charged map[string]*sim.Event // the last charge for each job
	changed *sim.Event            // the last write
	says    track
}

func newMoneyTruth(h *sim.History) *moneyTruth {
	t := &moneyTruth{
		name: string(h.Header.Ledger), guard: guardOf(h),
		counted: map[string]bool{}, over: map[string]*sim.Event{}, charged: map[string]*sim.Event{}, changed: &sim.Event{},
		says: track{about: TheAccount},
	}
	if t.name == "" {
		t.name = "account"
	}
	return t
}

// see processes what the account did, and reports whether that changed anything.
func (t *moneyTruth) see(e *sim.Event) bool {
	switch e.Kind {
	case sim.LedgerOpened:
		t.opened, t.balance, t.version = true, e.Balance, e.Version
	case sim.LedgerWrite:
		t.take(e)
		t.guard.see(e)
	default:
		return t.guard.see(e)
	}
	return true
}

// take adds a write. If the balance that it was computed from had been overwritten, that one counts
// again; writes that it was not computed from are overwritten now.
func (t *moneyTruth) take(e *sim.Event) {
	gone, come := t.lineage.Take(e)
	for _, lost := range gone {
		if lost.Op != e.Op {
			t.over[lost.Op] = e
		}
		delete(t.counted, lost.Op)
	}
	for _, w := range come {
		t.counted[w.Op] = true
		delete(t.over, w.Op)
	}
	if e.Job != "" {
		t.charged[e.Job] = e
	}
	t.balance, t.version, t.changed = e.Balance, e.Version, e
}

func (t *moneyTruth) say(e *sim.Event) {
	b := Belief{State: Balance, Says: fmt.Sprintf("balance %d (v%d)", t.balance, t.version)}
	if !t.opened {
		b = Belief{State: Nothing, Says: "the account is not open yet"}
	}
	if t.guard.now.Says != "" {
		b.Says += ", " + t.guard.now.Says
	}
	t.says.turn(e, b)
}
