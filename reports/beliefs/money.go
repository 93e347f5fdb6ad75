package beliefs

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// change is a write that the account has taken.
type change struct {
	op, job string
	client  sim.HostID
	base    uint64
	version uint64
	balance int64
}

// moneyTruth is the account up to an event.
type moneyTruth struct {
	name    string
	opened  bool
	guard   guard
	balance int64
	version uint64
	// lineage leads from the account as it was opened to the balance that it has: a write that
	// was computed from an older version takes those in between out of it.
	lineage []change
	writes  map[uint64]change // by version
	within  map[uint64]bool   // versions of the lineage
	counted map[string]bool   // operations of the lineage
	over    map[string]change // what took an operation out of it
	charged map[string]change // the last charge for each job
	changed change            // the last one
	says    track
}

func newMoneyTruth(h *sim.History) *moneyTruth {
	t := &moneyTruth{
		name: string(h.Header.Ledger), guard: guard{rule: ledger.Guard(h.Header.Guard)},
		writes: map[uint64]change{}, within: map[uint64]bool{},
		counted: map[string]bool{}, over: map[string]change{}, charged: map[string]change{},
		says: track{about: TheAccount},
	}
	if t.name == "" {
		t.name = "account"
	}
	return t
}

// see takes in what the account did; it tells whether that changed anything.
func (t *moneyTruth) see(e *sim.Event) bool {
	switch e.Kind {
	case sim.LedgerOpened:
		t.opened, t.balance, t.version = true, e.Balance, e.Version
	case sim.LedgerWrite:
		t.take(change{e.Op, e.Job, e.Client, e.Base, e.Version, e.Balance})
		t.guard.see(e)
	default:
		return t.guard.see(e)
	}
	return true
}

// take adds a write. What it was computed from is in the balance again, if that had been
// overwritten; what it was not computed from has been overwritten now.
func (t *moneyTruth) take(c change) {
	t.writes[c.version] = c
	path := []change{c}
	for w, known := c, true; w.base < w.version; { // else there would be no end to it
		if w, known = t.writes[w.base]; !known || t.within[w.version] {
			break
		}
		path = append(path, w)
	}
	from := path[len(path)-1].base // the last version that both lineages have
	for n := len(t.lineage); n > 0 && t.lineage[n-1].version != from; n-- {
		lost := t.lineage[n-1]
		if lost.op != c.op {
			t.over[lost.op] = c
		}
		delete(t.counted, lost.op)
		delete(t.within, lost.version)
		t.lineage = t.lineage[:n-1]
	}
	for _, w := range slices.Backward(path) {
		t.lineage = append(t.lineage, w)
		t.counted[w.op], t.within[w.version] = true, true
		delete(t.over, w.op)
	}
	if c.job != "" {
		t.charged[c.job] = c
	}
	t.balance, t.version, t.changed = c.balance, c.version, c
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
