package beliefs

import (
	"fmt"

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
	guard   string
	balance int64
	version uint64
	highest uint64 // token that the guard has seen, where it looks at tokens
	// lineage leads from the account as it was opened to the balance that it has: a write that
	// was computed from an older version takes all those in between out of it.
	lineage []change
	counted map[string]bool   // operations in the lineage
	over    map[string]change // what took an operation out of it
	charged map[string]change // the last charge for each job
	changed change            // the last one
	says    track
}

func newMoneyTruth(h *sim.History) *moneyTruth {
	t := &moneyTruth{
		name: string(h.Header.Ledger), guard: h.Header.Guard,
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
	case sim.LedgerRead:
		if t.guard != "fence-all" || e.Token <= t.highest {
			return false
		}
		t.highest = e.Token
	case sim.LedgerWrite:
		t.take(change{e.Op, e.Job, e.Client, e.Base, e.Version, e.Balance})
		if t.guard == "fence-all" || t.guard == "fence-writes" {
			t.highest = max(t.highest, e.Token)
		}
	default:
		return false
	}
	return true
}

// take adds a write and takes out what it has overwritten.
func (t *moneyTruth) take(c change) {
	for n := len(t.lineage); n > 0 && t.lineage[n-1].version > c.base; n-- {
		lost := t.lineage[n-1]
		if lost.op != c.op {
			t.over[lost.op] = c
		}
		delete(t.counted, lost.op)
		t.lineage = t.lineage[:n-1]
	}
	t.lineage = append(t.lineage, c)
	t.counted[c.op] = true
	delete(t.over, c.op)
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
	if t.highest != 0 {
		b.Says += fmt.Sprintf(", highest token seen: %d", t.highest)
	}
	t.says.turn(e, b)
}
