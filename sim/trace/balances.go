package trace

import (
	"github.com/locklab/locklab/sim"
)

// Balanced describes the account right after it took a write: the balance it has, and the
// balance it should have.
type Balanced struct {
	Seq   int64 // of the ledger's event
	Is    int64
	Right int64
}

// Balances follows the balance of the account from write to write. Right is the balance with
// every effect taken off once: the effects that are in the balance, and those that are not in it
// but were acknowledged to a client. So it differs from the actual balance where an acknowledged
// withdrawal is lost or an effect was applied twice, and nowhere else. If the ledger's record is
// not complete, there is nothing to go by, and the list is empty.
func Balances(h *sim.History) []Balanced {
	book := Read(h).Book
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
	told    map[string]bool  // operations that a client was told were done, now or later
	balance map[uint64]int64 // by version
	lineage Lineage
	effects map[string]*effect
	right   int64
}

// effect is what one withdrawal or job took off the account.
type effect struct {
	amount int64
	writes int  // how many writes of the lineage are about it
	told   bool // a client was told of a write that was taken
}

func (f *effect) due() int64 {
	if f.writes > 0 || f.told {
		return f.amount
	}
	return 0
}

// change updates an effect and corrects the right balance to match.
func (s *sums) change(write *sim.Event, do func(f *effect)) {
	id := EffectOf(write)
	f := s.effects[id]
	if f == nil {
		f = &effect{}
		s.effects[id] = f
	}
	s.right += f.due()
	do(f)
	s.right -= f.due()
}

// take applies a write. The balance then contains what that write was computed from, and nothing
// else.
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

// EffectOf returns the id of the effect that a write has: that of the job that it charges for, or
// that of the withdrawal.
func EffectOf(write *sim.Event) string {
	if write.Job != "" {
		return write.Job
	}
	return write.Op
}
