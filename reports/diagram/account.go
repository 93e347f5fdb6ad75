package diagram

import (
	"fmt"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// account holds remarks about events that concern the account, by their numbers.
type account struct {
	balances map[int64]trace.Balanced // after writes
	seen     map[int64]string         // what the account's guard goes by from then on
	looks    map[int64]bool           // at a lease, with something in between before the write
}

// readAccount follows the balance, what the guard goes by, and which clients checked their lease
// long before they wrote.
func readAccount(h *sim.History) account {
	r := account{balances: map[int64]trace.Balanced{}, seen: map[int64]string{}, looks: map[int64]bool{}}
	for _, b := range trace.Balances(h) {
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

// takes describes how a write or charge changed the balance, what the right balance would be if
// that is wrong, and what the guard has learned from it.
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
