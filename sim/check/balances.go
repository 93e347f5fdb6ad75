package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Balanced is the account right after a write that it took: the balance that is there, and
// the one that would be right.
type Balanced struct {
	Seq   int64 // the ledger's event
	Is    int64
	Right int64
}

// Balances follows the balance of the account from write to write. Right is the balance from
// which every effect was taken off once: those that are in the balance, and those that are
// not but of which a client was told. So it differs from what is there where an acknowledged
// withdrawal is lost or an effect was applied twice, and nowhere else. Where the ledger's
// record is not whole there is nothing to go by, and the list is empty.
func Balances(h *sim.History) []Balanced {
	book := trace.Read(h).Book
	if book.Broken != nil {
		return nil
	}
	s := sums{
		told: map[string]bool{}, balance: map[uint64]int64{}, effects: map[string]*effect{},
	}
	for _, op := range book.Acknowledged {
		s.told[op] = true
	}
	var out []Balanced
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.LedgerOpened:
			s.right, s.balance[e.Version] = e.Balance, e.Balance
		case sim.LedgerWrite:
			s.take(e)
			out = append(out, Balanced{Seq: e.Seq, Is: e.Balance, Right: s.right})
		}
	}
	return out
}

// sums adds up what was taken off the account, each effect once.
type sums struct {
	told    map[string]bool  // operations of which a client was told, now or later
	balance map[uint64]int64 // by version
	lineage trace.Lineage
	effects map[string]*effect
	right   int64
}

// effect is a withdrawal or a job, as far as it was taken off the account.
type effect struct {
	amount int64
	writes int  // of the lineage that are about it
	told   bool // of one that was taken
}

func (f *effect) due() int64 {
	if f.writes > 0 || f.told {
		return f.amount
	}
	return 0
}

// change does something to an effect and corrects the balance that would be right.
func (s *sums) change(write *sim.Event, do func(f *effect)) {
	id := effectOf(write)
	f := s.effects[id]
	if f == nil {
		f = &effect{}
		s.effects[id] = f
	}
	s.right += f.due()
	do(f)
	s.right -= f.due()
}

// take takes a write in. What it was computed from is in the balance again, and nothing else.
func (s *sums) take(e *sim.Event) {
	s.change(e, func(f *effect) {
		f.amount = s.balance[e.Base] - e.Balance
		f.told = f.told || s.told[e.Op]
	})
	s.balance[e.Version] = e.Balance
	gone, come := s.lineage.Take(e)
	for _, w := range gone {
		s.change(w, func(f *effect) { f.writes-- })
	}
	for _, w := range come {
		s.change(w, func(f *effect) { f.writes++ })
	}
}
