package diagram

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// repeats finds messages of clients that repeat an earlier one: a message that is lost like the one
// before it, and one sent at the same moment as another like it, by a host that catches up.
func (p picker) repeats() []bool {
	type sent struct {
		way  sim.Link
		what string
		at   time.Duration
	}
	again := make([]bool, len(p.history.Messages))
	lost := map[sim.Link]string{} // the last loss, if nothing has got through since
	said := map[sent]bool{}
	for i, m := range p.history.Messages {
		way := sim.Link{From: m.From, To: m.To}
		if m.What == "" || !p.clients[m.From] && !p.clients[m.To] {
			continue
		}
		key := sent{way, m.What, m.Sent}
		again[i] = said[key]
		said[key] = true
		if m.Fate == sim.Arrived {
			delete(lost, way)
			continue
		}
		again[i] = again[i] || lost[way] == m.What
		lost[way] = m.What
	}
	return again
}

// exchange is a client's request and its answer, as indices of messages.
type exchange struct{ request, answer int }

// routine finds the messages that say nothing new: attempts to get a lock that is held, all but the
// first and the last in a row, and renewals that succeeded. An answer is assigned to the first
// unanswered request to its sender, and "OK" to a renewal.
func (p picker) routine() []bool {
	messages := p.history.Messages
	dull := make([]bool, len(messages))
	open := map[sim.Link][]int{}        // requests without an answer
	before := map[sim.Link][]exchange{} // the last two
	mark := func(x exchange) { dull[x.request], dull[x.answer] = true, true }
	same := func(a, b exchange) bool {
		return messages[a.request].What == messages[b.request].What && messages[a.answer].What == messages[b.answer].What
	}
	for i, m := range messages {
		way := sim.Link{From: m.From, To: m.To}
		if p.clients[m.From] {
			open[way] = append(open[way], i)
			continue
		}
		way = sim.Link{From: m.To, To: m.From}
		if !p.clients[m.To] || len(open[way]) == 0 {
			continue
		}
		first := 0
		if m.What == "OK" { // it is no answer to a watch that waits
			first = max(0, slices.IndexFunc(open[way], func(r int) bool { return renewal(messages[r].What) }))
		}
		x := exchange{open[way][first], i}
		open[way] = slices.Delete(open[way], first, first+1)
		if m.What == "OK" && renewal(messages[x.request].What) {
			mark(x)
			continue
		}
		last := append(before[way], x)
		if len(last) == 3 {
			if same(last[0], last[1]) && same(last[1], last[2]) {
				mark(last[1])
			}
			last = last[1:]
		}
		before[way] = last
	}
	return dull
}

// renewal reports whether these words describe a request to renew a lease.
func renewal(what string) bool { return what == "keep-alive" || what == "PEXPIRE if mine" }
