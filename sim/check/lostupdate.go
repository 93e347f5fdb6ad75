package check

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/sim"
)

// lostUpdate: a withdrawal that was acknowledged to its client is missing from the final
// balance. Every write names the version of the account that it was computed from, so
// the final balance has a lineage: the last write, the write that it built on, and so
// on back to the account as it was opened. What is not in the lineage was overwritten by
// somebody who had not seen it. Withdrawals whose outcome the client never learned are
// not counted either way. Where clients add elements to a set, see additions.judge.
func lostUpdate(h *sim.History) Finding {
	if set := additionsOf(h); set != nil {
		return set.judge()
	}
	book, err := readLedger(h)
	if err != nil {
		return undecided(LostUpdate, "the ledger's record is not whole: %v", err)
	}
	acknowledged, lost := 0, 0
	var first Finding
	for _, op := range book.acknowledged {
		acknowledged++
		if book.inBalance[op] {
			continue
		}
		if lost++; lost == 1 {
			first = book.lossOf(h, op)
		}
	}
	switch {
	case lost > 0:
		first.Why += fmt.Sprintf(": %d of %s %s lost", lost, count(acknowledged, "acknowledged withdrawal"), are(lost))
		return first
	case acknowledged == 0:
		return undecided(LostUpdate, "no withdrawal was acknowledged, so there was nothing to lose")
	}
	return holds(LostUpdate, "%s, all of them in the final balance", count(acknowledged, "acknowledged withdrawal"))
}

// book is the ledger's record: which withdrawals it took and which are in the balance.
type book struct {
	opened       uint64
	writes       map[uint64]*sim.Event // accepted, by the version that they made
	byOp         map[string]*sim.Event // the last accepted write of an operation
	acknowledged []string              // operations that their clients were told of, each once
	lineage      []*sim.Event          // from the last write back to the first
	inBalance    map[string]bool       // the operations of the lineage
}

func readLedger(h *sim.History) (*book, error) {
	b := &book{writes: map[uint64]*sim.Event{}, byOp: map[string]*sim.Event{}, inBalance: map[string]bool{}}
	var last, opening *sim.Event
	told := map[string]bool{}
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.LedgerOpened:
			if opening != nil {
				return nil, fmt.Errorf("events %d and %d both open the account", opening.Seq, e.Seq)
			}
			opening, b.opened = e, e.Version
		case sim.LedgerWrite:
			if twin := b.writes[e.Version]; twin != nil {
				return nil, fmt.Errorf("events %d and %d both made version %d", twin.Seq, e.Seq, e.Version)
			}
			b.writes[e.Version], b.byOp[e.Op], last = e, e, e
		case sim.Wrote:
			if !told[e.Op] {
				told[e.Op] = true
				b.acknowledged = append(b.acknowledged, e.Op)
			}
		}
	}
	if opening == nil {
		return nil, fmt.Errorf("nothing tells how the account was opened")
	}
	for _, op := range b.acknowledged {
		if b.byOp[op] == nil {
			return nil, fmt.Errorf("%s was acknowledged, but the ledger has no such write", operation(op))
		}
	}
	return b, b.walkBack(last)
}

// walkBack follows the lineage of the final balance to the opening of the account.
func (b *book) walkBack(last *sim.Event) error {
	for w := last; w != nil; {
		b.lineage = append(b.lineage, w)
		b.inBalance[w.Op] = true
		if w.Base == b.opened {
			return nil
		}
		before := b.writes[w.Base]
		if before == nil || w.Base >= w.Version {
			return fmt.Errorf("event %d made version %d from version %d, which did not exist", w.Seq, w.Version, w.Base)
		}
		w = before
	}
	return nil
}

// lossOf tells how an operation fell out of the balance: the write of the lineage that
// jumped over it, and the read that this write was computed from.
func (b *book) lossOf(h *sim.History, op string) Finding {
	lost := b.byOp[op]
	over := b.lineage[0]
	for _, w := range b.lineage {
		if w.Version < lost.Version {
			break
		}
		over = w
	}
	read := readBehind(h, over)
	seen := fmt.Sprintf("version %d of the balance", over.Base)
	if read != nil {
		seen = fmt.Sprintf("the balance that it had read at %s", clock(read.At))
	}
	whose := writer(lost)
	if lost.Client == over.Client {
		whose = "it"
	}
	words := tell(h)
	return violated(LostUpdate, "%s wrote %s at %s, computed from %s, over the %s that %s had written%s at %s",
		writer(over), words.wrote(over), clock(over.At), seen, strconv.FormatInt(lost.Balance, 10), whose, words.forWhich(lost), clock(lost.At)).
		shownBy(read, lost, over)
}

// readBehind finds the read whose version a write was computed from: the ledger's record
// of it, else the client's.
func readBehind(h *sim.History, write *sim.Event) *sim.Event {
	var served, seen *sim.Event
	for i := range h.Events {
		e := &h.Events[i]
		if e == write {
			break
		}
		if e.Op != write.Op || e.Version != write.Base {
			continue
		}
		switch e.Kind {
		case sim.LedgerRead:
			served = e
		case sim.Read:
			seen = e
		}
	}
	if served != nil {
		return served
	}
	return seen
}
