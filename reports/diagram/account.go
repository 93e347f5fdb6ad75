package diagram

import (
	"fmt"

	"github.com/locklab/locklab/reports/beliefs"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// account is what is to be said of events that have to do with the account, by their numbers.
type account struct {
	balances map[int64]check.Balanced // after writes
	seen     map[int64]string         // what the account's guard goes by from then on
	looks    map[int64]bool           // at a lease, with something in between before the write
}

// readAccount follows the balance, what the guard goes by, and who looked at its lease long
// before it wrote.
func readAccount(h *sim.History) account {
	r := account{balances: map[int64]check.Balanced{}, seen: map[int64]string{}, looks: map[int64]bool{}}
	for _, b := range check.Balances(h) {
		r.balances[b.Seq] = b
	}
	for _, m := range beliefs.Remembered(h) {
		r.seen[m.Seq] = m.Says
	}
	looked := map[string]sim.Event{} // by operation
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Check:
			looked[e.Op] = e
			r.looks[e.Seq] = true
		case sim.Write:
			if look, did := looked[e.Op]; did && e.At-look.At <= beside {
				delete(r.looks, look.Seq)
			}
		}
	}
	return r
}

// takes says what a write or charge has made of the balance, what would be right if that is
// not, and what the guard has learned from it.
func (r account) takes(e sim.Event) string {
	text := fmt.Sprintf("takes %d", e.Balance)
	if e.Job != "" {
		text = fmt.Sprintf("charged, %d left", e.Balance)
	}
	text = words.WouldBeRight(text, r.balances[e.Seq])
	if seen := r.seen[e.Seq]; seen != "" {
		text += ", " + seen
	}
	return text
}

// refuses says why the guard refused something.
func refuses(e sim.Event) string {
	if e.Note == "" {
		return "refuses"
	}
	return "refuses: " + words.Refused(&e)
}
