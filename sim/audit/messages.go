package audit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// exchanged records what an event says about messages: those between a client and the account,
// and those between a client and any server.
func (a *causes) exchanged(t *trace.Trace, e *sim.Event) {
	if !a.client[e.Host] {
		if _, _, arrived, is := requestTo(e.Kind); is && !a.inside {
			all := a.at(asker{client: e.Client})
			all[arrived].effectOf(e)
			all[accountAnswers].cause(e.At)
		}
		if owner := t.Owner(e.Grant); e.Kind == sim.Granted && a.client[owner] {
			a.at(asker{client: owner})[serviceAsked].effectOf(e)
		}
		return
	}
	all := a.at(asker{client: e.Host})
	if e.Kind == sim.Acquired {
		if len(a.server) > 0 {
			all[serviceAnswered].effectOf(e)
		}
		all[readSent].cause(e.At)
	}
	if a.inside {
		return
	}
	switch e.Kind {
	case sim.Write:
		all[writeSent].cause(e.At)
	case sim.Wrote:
		all[accountAnswered].effectOf(e)
		all[markSent].cause(e.At)
	case sim.Read, sim.ReadRefused, sim.WriteRefused, sim.Marked:
		all[accountAnswered].effectOf(e)
	}
}

// message records a message between a client and the account or a server.
func (a *causes) message(m *sim.Message) {
	arrives := func(s *stamps) {
		if m.Fate == sim.Arrived {
			s.cause(m.Arrived)
		}
	}
	switch {
	case a.client[m.From] && m.To == a.ledger:
		if sent, arrived, is := requestOfWords(m.What); is {
			all := a.at(asker{client: m.From})
			all[sent].effectBy(m)
			arrives(&all[arrived])
		}
	case m.From == a.ledger && a.client[m.To]:
		all := a.at(asker{client: m.To})
		all[accountAnswers].effectBy(m)
		arrives(&all[accountAnswered])
	case a.client[m.From] && a.server[m.To]:
		arrives(&a.at(asker{client: m.From})[serviceAsked])
	case a.server[m.From] && a.client[m.To]:
		arrives(&a.at(asker{client: m.To})[serviceAnswered])
	}
}

// requestOfWords recognizes a request to the account by the words of its message.
func requestOfWords(what string) (sent, arrived follows, is bool) {
	verb, _, _ := strings.Cut(what, " ")
	switch strings.TrimSuffix(verb, ",") {
	case "read":
		return readSent, readArrived, true
	case "write", "charge":
		return writeSent, writeArrived, true
	case "mark":
		return markSent, markArrived, true
	}
	return 0, 0, false
}

// wholeTraffic reports whether all messages were recorded.
func wholeTraffic(h *sim.History) bool {
	n := len(h.Messages)
	return n > 0 && h.Messages[n-1].Fate != sim.Unrecorded
}

// ownDisorders compares the stamps of one message with each other. A message may be lost, sent
// again, and then arrive.
func ownDisorders(m *sim.Message) (out []Disorder) {
	before := Disorder{Effect: "its sending", At: m.Sent}
	for _, d := range []Disorder{
		{Effect: "its loss", At: m.Lost},
		{Effect: "its retransmission", At: m.Again},
		{Effect: "its arrival", At: m.Arrived},
	} {
		if d.At == 0 {
			continue
		}
		if d.At < before.At {
			d.Cause, d.CauseAt, d.Message = before.Effect, before.At, m.Number
			out = append(out, d)
		}
		before = d
	}
	return out
}

// lossesWithoutFault finds messages that were lost although no fault that loses messages was in
// effect: before the first one had been applied, between two of them, or after the last one had
// been undone. A crash counts as in effect until the end, because a host that is switched on
// again gets its cable back a little later than the stamp says. Only the live world stamps what
// its own switch loses; in the virtual world a message to a host that has hung up is lost, too.
func lossesWithoutFault(t *trace.Trace) (out []Disorder) {
	h := t.History
	if h.Header.World != sim.LiveWorld {
		return nil
	}
	spans := losingSpans(t)
	for i := range h.Messages {
		m := &h.Messages[i]
		if m.Lost == 0 {
			continue
		}
		later, _ := slices.BinarySearchFunc(spans, m.Lost, func(s trace.Stretch, at time.Duration) int { return cmp.Compare(s.From, at+1) })
		if later > 0 && m.Lost <= spans[later-1].To {
			continue
		}
		next := sim.Forever
		if later < len(spans) {
			next = spans[later].From
		}
		out = append(out, Disorder{Effect: "its loss", Cause: "a fault that loses messages", At: m.Lost, CauseAt: next, Message: m.Number})
	}
	return out
}

// losingSpans returns when faults that lose messages were in effect, in the order in which they
// began. A span ends no earlier than any span before it.
func losingSpans(t *trace.Trace) (spans []trace.Stretch) {
	for _, r := range t.Faults {
		if r.Applied == nil || !r.Kind.Row().LosesMessages {
			continue
		}
		s := trace.Stretch{From: r.Applied.At, To: sim.Forever}
		if r.Undone != nil && !r.Kind.SwitchesOff() {
			s.To = r.Undone.At
		}
		if n := len(spans); n > 0 {
			s.To = max(s.To, spans[n-1].To)
		}
		spans = append(spans, s)
	}
	return spans
}
