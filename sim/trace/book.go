package trace

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
)

// Book is the account's record: which writes it accepted, and which of them are in the balance.
// Every write names the version of the account that it was computed from, so the final balance
// has a lineage: the last write, the write that it built on, and so on back to the opening of
// the account. A write outside the lineage was overwritten by a client that had not seen it.
type Book struct {
	Opened       *sim.Event            // nil if the history does not say how it was opened
	Writes       map[uint64]*sim.Event // accepted writes by the version that they made
	ByOp         map[string]*sim.Event // the last accepted write of each operation
	Acknowledged []string              // operations reported to their clients as done, each once
	Lineage      []*sim.Event          // from the last write back to the first
	InBalance    map[string]bool       // the operations of the lineage
	// Broken says why the record is incomplete; nil means that it is complete. If it is set, the
	// other fields hold what was read up to that point.
	Broken error
}

func readBook(h *sim.History) *Book {
	b := &Book{Writes: map[uint64]*sim.Event{}, ByOp: map[string]*sim.Event{}, InBalance: map[string]bool{}}
	b.Broken = b.read(h)
	return b
}

func (b *Book) read(h *sim.History) error {
	var last *sim.Event
	told := map[string]bool{}
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.LedgerOpened:
			if b.Opened != nil {
				return fmt.Errorf("events %d and %d both open the account", b.Opened.Seq, e.Seq)
			}
			b.Opened = e
		case sim.LedgerWrite:
			if twin := b.Writes[e.Version]; twin != nil {
				return fmt.Errorf("events %d and %d both wrote version %d", twin.Seq, e.Seq, e.Version)
			}
			b.Writes[e.Version], b.ByOp[e.Op], last = e, e, e
		case sim.Wrote:
			if !told[e.Op] {
				told[e.Op] = true
				b.Acknowledged = append(b.Acknowledged, e.Op)
			}
		}
	}
	if b.Opened == nil {
		return fmt.Errorf("nothing tells how the account was opened")
	}
	for _, op := range b.Acknowledged {
		if b.ByOp[op] == nil {
			return fmt.Errorf("%s was acknowledged, but the ledger has no such write", Operation(op))
		}
	}
	return b.walkBack(last)
}

// walkBack follows the lineage of the final balance back to the opening of the account.
func (b *Book) walkBack(last *sim.Event) error {
	for w := last; w != nil; {
		b.Lineage = append(b.Lineage, w)
		b.InBalance[w.Op] = true
		if w.Base == b.Opened.Version {
			return nil
		}
		before := b.Writes[w.Base]
		if before == nil || w.Base >= w.Version {
			return fmt.Errorf("event %d wrote version %d from version %d, which did not exist", w.Seq, w.Version, w.Base)
		}
		w = before
	}
	return nil
}

// Lineage follows, write by write, which writes make up the balance. The zero value is the
// lineage of an account without writes. It does not need a complete record.
type Lineage struct {
	Path []*sim.Event // the writes in the balance, each building on the one before

	writes map[uint64]*sim.Event // all accepted writes by the version that they made
	within map[uint64]bool       // versions in Path
}

// Take adds a write that the account accepted. From then on, the balance contains what that
// write was computed from, and nothing else. gone lists the writes removed from the balance,
// latest first. come lists the writes newly in the balance, in order; the last one is the write
// itself.
func (l *Lineage) Take(write *sim.Event) (gone, come []*sim.Event) {
	if l.writes == nil {
		l.writes, l.within = map[uint64]*sim.Event{}, map[uint64]bool{}
	}
	l.writes[write.Version] = write
	come = []*sim.Event{write}
	for w := write; w.Base < w.Version; { // guards against an endless loop
		if w = l.writes[w.Base]; w == nil || l.within[w.Version] {
			break
		}
		come = append(come, w)
	}
	from := come[len(come)-1].Base // the last version that both lineages share
	for n := len(l.Path); n > 0 && l.Path[n-1].Version != from; n-- {
		gone = append(gone, l.Path[n-1])
		delete(l.within, l.Path[n-1].Version)
		l.Path = l.Path[:n-1]
	}
	slices.Reverse(come)
	for _, w := range come {
		l.within[w.Version] = true
		l.Path = append(l.Path, w)
	}
	return gone, come
}
