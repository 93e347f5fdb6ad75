package check

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// lostUpdate is violated if a withdrawal that was acknowledged to its client is missing from the
// final balance (see trace.Book). Withdrawals whose outcome the client never learned do not
// count either way. If clients add elements to a set, judgeSet judges that instead.
func lostUpdate(t *trace.Trace) Finding {
	if t.Set != nil {
		return judgeSet(t.Set)
	}
	book := t.Book
	if book.Broken != nil {
		return undecided(LostUpdate, "the ledger's record is incomplete: %v", book.Broken)
	}
	acknowledged, lost := 0, 0
	var first Finding
	for _, op := range book.Acknowledged {
		acknowledged++
		if book.InBalance[op] {
			continue
		}
		if lost++; lost == 1 {
			first = lossOf(t, op)
		}
	}
	switch {
	case lost > 0:
		first.Why += fmt.Sprintf(": %d of %s %s lost", lost, count(acknowledged, "acknowledged withdrawal"), are(lost))
		return first
	case acknowledged == 0:
		return undecided(LostUpdate, "no withdrawal was acknowledged, so none could be lost")
	}
	return holds(LostUpdate, "%s, all of them in the final balance", count(acknowledged, "acknowledged withdrawal"))
}

// lossOf says how an operation fell out of the balance: which write of the lineage jumped over
// it, and which read that write was computed from.
func lossOf(t *trace.Trace, op string) Finding {
	h, b := t.History, t.Book
	lost := b.ByOp[op]
	over := b.Lineage[0]
	for _, w := range b.Lineage {
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
	return violated(LostUpdate, "%s wrote %s at %s, computed from %s, overwriting the %s that %s had written%s at %s",
		writer(over), words.wrote(over), clock(over.At), seen, strconv.FormatInt(lost.Balance, 10), whose, words.forWhich(lost), clock(lost.At)).
		shownBy(read, lost, over)
}

// readBehind returns the read whose version a write was computed from: the ledger's record of
// it, or else the client's.
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
