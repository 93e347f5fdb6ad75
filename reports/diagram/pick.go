package diagram

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// maxMessages is how many arrows one picture can hold and still be read.
const maxMessages = 50

// maxClients is how many clients are drawn: those who have a part in the violation first.
const maxClients = 5

// picker chooses the messages that are drawn.
type picker struct {
	history  *sim.History
	findings []check.Finding
	clients  map[sim.HostID]bool // true: drawn
}

// rank says how much a message matters; the lowest first.
type rank int8

const (
	evident rank = iota // brought about what a finding of violation rests on
	telling             // between a client and a server, or the account
	inner               // between servers, about who leads and what clients have asked for
	idle                // all else: signs of life, what servers agree on, what repeats itself
)

// late is how long a message takes that is worth a look for that alone.
const late = 50 * time.Millisecond

// pick gives the messages to draw, in the order in which they were sent.
func pick(h *sim.History, findings []check.Finding) []sim.Message {
	p := picker{history: h, findings: findings, clients: map[sim.HostID]bool{}}
	focus, calm := focusOf(h, findings)
	drawn := maxClients
	if calm {
		drawn = 2 // the one whose turn it is, and the next
	}
	for i, id := range p.protagonists() {
		p.clients[id] = i < drawn
	}
	ranks := p.ranks()
	var order []int // from the one that matters most
	for i, m := range h.Messages {
		if ranks[i] < idle && m.Fate != sim.Unrecorded {
			order = append(order, i)
		}
	}
	away := func(i int) time.Duration { return focus.away(end(h.Messages[i])) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(ranks[a], ranks[b]), cmp.Compare(away(a), away(b)))
	})
	order = order[:min(len(order), maxMessages)]
	slices.Sort(order)
	picked := make([]sim.Message, len(order))
	for i, at := range order {
		picked[i] = h.Messages[at]
	}
	return picked
}

// protagonists lists all clients from the one that matters most: those whose doings a finding
// of violation rests on, then those that got the lock, then the others.
func (p picker) protagonists() []sim.HostID {
	var all []sim.HostID
	add := func(id sim.HostID) {
		if p.history.IsClient(id) && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if f, found := words.Gravest(p.findings); found {
		for _, seq := range f.Evidence {
			if e, ok := eventOf(p.history, seq); ok {
				add(e.Host)
				add(e.Client)
			}
		}
	}
	for _, e := range p.history.Events {
		if e.Kind == sim.Acquired {
			add(e.Host)
		}
	}
	for _, id := range p.history.Header.Clients {
		add(id)
	}
	return all
}

// end is the last that is known of a message.
func end(m sim.Message) time.Duration { return max(m.Sent, m.Lost, m.Again, m.Arrived) }

// stretch is a piece of time.
type stretch struct{ from, to time.Duration }

// away is how far a moment is from it.
func (s stretch) away(at time.Duration) time.Duration { return max(s.from-at, at-s.to, 0) }

// focusOf is the time that the picture is around: when the guard saved the account; when the
// gravest violation was complete; without one, when the first fault began; in a trial that is calm, the first
// time that a client got the lock, did its work and gave the lock back.
func focusOf(h *sim.History, findings []check.Finding) (focus stretch, calm bool) {
	if e, saved := words.Rescue(h, findings); saved {
		return stretch{e.At, e.At}, false
	}
	if f, found := words.Gravest(findings); found && len(f.Evidence) > 0 {
		at := time.Duration(0)
		for _, seq := range f.Evidence {
			if e, ok := eventOf(h, seq); ok {
				at = max(at, e.At)
			}
		}
		return stretch{at, at}, false
	}
	for _, e := range h.Events {
		if e.Kind == sim.FaultApplied {
			return stretch{e.At, e.At}, false
		}
	}
	return firstTurn(h), true
}

// firstTurn is the time from the request that got the lock first until its client was done
// with it.
func firstTurn(h *sim.History) stretch {
	sent := map[string]time.Duration{} // when an acquisition was asked for
	turn, grant := stretch{}, ""
	for _, e := range h.Events {
		switch {
		case e.Kind == sim.AcquireSent:
			sent[e.Grant] = e.At
		case e.Kind == sim.Acquired && grant == "":
			grant = e.Grant
			turn = stretch{e.At, e.At}
			if at, known := sent[grant]; known {
				turn.from = at
			}
		case grant != "" && e.Grant == grant && (e.Kind == sim.Release || e.Kind == sim.Released):
			turn.to = e.At
		}
	}
	return turn
}

// eventOf gives the event with this number; events are numbered from 1.
func eventOf(h *sim.History, seq int64) (sim.Event, bool) {
	if seq < 1 || seq > int64(len(h.Events)) {
		return sim.Event{}, false
	}
	return h.Events[seq-1], true
}

// moment is a place in space and time.
type moment struct {
	host sim.HostID
	at   time.Duration
}

func (p picker) ranks() []rank {
	guilty := map[moment]bool{}
	for _, f := range p.findings {
		if f.Verdict != check.Violated {
			continue
		}
		for _, seq := range f.Evidence {
			if e, ok := eventOf(p.history, seq); ok {
				guilty[moment{e.Host, e.At}] = true
			}
		}
	}
	ranks := make([]rank, len(p.history.Messages))
	dull, again := p.routine(), p.repeats()
	for i, m := range p.history.Messages {
		hindered := m.Lost != 0 || m.Fate != sim.Arrived || m.Arrived-m.Sent > late
		ofClient := p.clients[m.From] || p.clients[m.To]
		switch {
		case again[i]:
			ranks[i] = idle
		case !ofClient && (p.history.IsClient(m.From) || p.history.IsClient(m.To)):
			ranks[i] = idle
		case ofClient && !dull[i] && (guilty[moment{m.To, m.Arrived}] || guilty[moment{m.From, m.Sent}]):
			ranks[i] = evident
		case ofClient && hindered && !m.SignOfLife():
			ranks[i] = telling
		case m.SignOfLife() || dull[i] || !ofClient && !decisive(m.What):
			ranks[i] = idle
		case ofClient:
			ranks[i] = telling
		default:
			ranks[i] = inner
		}
	}
	return ranks
}

// decisive tells whether servers say something to each other that a reader wants to see: who
// leads, and what becomes of what a client has asked for.
func decisive(what string) bool {
	if strings.HasSuffix(what, ": keep-alive") || strings.HasSuffix(what, ": OK") {
		return false // a renewal
	}
	for _, begin := range []string{"vote for me", "vote:", "vote?", "my vote", "no vote", "REPLICAOF", "replicate", "full sync", "forward", "pass on", "pass back", "append: new term"} {
		if strings.HasPrefix(what, begin) {
			return true
		}
	}
	return false
}
