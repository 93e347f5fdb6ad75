package check

import (
	"slices"

	"github.com/locklab/locklab/sim"
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
	book, err := readLedger(h)
	if err != nil {
		return nil
	}
	s := sums{
		told: map[string]bool{}, balance: map[uint64]int64{}, writes: map[uint64]*sim.Event{},
		within: map[uint64]bool{}, effects: map[string]*effect{},
	}
	for _, op := range book.acknowledged {
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
	writes  map[uint64]*sim.Event
	lineage []*sim.Event // the writes by which the balance has come about, in their order
	within  map[uint64]bool
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
	s.balance[e.Version], s.writes[e.Version] = e.Balance, e
	path := []*sim.Event{e}
	for w := e; w.Base < w.Version; { // else there would be no end to it
		if w = s.writes[w.Base]; w == nil || s.within[w.Version] {
			break
		}
		path = append(path, w)
	}
	from := path[len(path)-1].Base // the last version that both lineages have
	for n := len(s.lineage); n > 0 && s.lineage[n-1].Version != from; n-- {
		gone := s.lineage[n-1]
		s.change(gone, func(f *effect) { f.writes-- })
		delete(s.within, gone.Version)
		s.lineage = s.lineage[:n-1]
	}
	for _, w := range slices.Backward(path) {
		s.change(w, func(f *effect) { f.writes++ })
		s.within[w.Version] = true
		s.lineage = append(s.lineage, w)
	}
}
