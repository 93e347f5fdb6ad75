package timeline

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"gonum.org/v1/plot/vg"
)

// mistake is a period in which a client was wrong about the lock or about the account.
type mistake struct {
	interval
	about beliefs.Subject
}

// known is a period in which a client relied on what it had read at the account.
type known struct{ interval }

// addBeliefs shows in each client's lane what it relied on at the account, and flags the moments at
// which its beliefs became wrong.
func (s *scene) addBeliefs(h *sim.History, findings []check.Finding, clients []lane) {
	all := beliefs.Of(h)
	for i, p := range all.Parties {
		if p.Role != beliefs.Client || i >= len(clients) {
			continue
		}
		for _, b := range p.Account {
			if b.State != beliefs.Knows {
				continue
			}
			l := &clients[i]
			if n := len(l.knows); n > 0 && l.knows[n-1].to == b.From && !begins(h, b) {
				l.knows[n-1].to = b.To
				continue
			}
			l.knows = append(l.knows, known{interval{b.From, b.To}})
		}
	}
	named := s.worthSaying(h, findings, all.Mistakes)
	read := map[string]int64{}
	for _, e := range h.Events {
		if e.Kind == sim.Read {
			read[e.Op] = e.Balance
		}
	}
	for i, m := range all.Mistakes {
		c := clientIndex(h, m.Client)
		if c == nobody || m.State != beliefs.Counts && m.To-m.From < (s.to-s.from)/600 {
			continue // over before it could be seen
		}
		l := &clients[c]
		if m.State != beliefs.Counts {
			l.mistakes = append(l.mistakes, mistake{interval{m.From, m.To}, m.About})
		}
		f := mark{at: m.From, seq: m.Seq, style: turned, client: c, about: m.About, gone: m.State == beliefs.Counts}
		if named[i] {
			f.label = flagLabel(h, m, read[m.Op])
		}
		l.marks = append(l.marks, f)
	}
	for i := range clients {
		sortMarks(clients[i].marks)
	}
}

// begins reports whether a belief about the account began with a new read.
func begins(h *sim.History, b beliefs.Belief) bool { return h.Events[b.Seq-1].Kind == sim.Read }

// worthSaying selects the mistakes that are described in words: one of each kind and client,
// preferably one that contributed to what went wrong. The others only have flags.
func (s *scene) worthSaying(h *sim.History, findings []check.Finding, all []beliefs.Mistake) map[int]bool {
	ops, grants := map[string]bool{}, map[string]bool{}
	for _, f := range findings {
		if f.Verdict != check.Violated {
			continue
		}
		for _, e := range evidenceOf(f, h) {
			if e.Op != "" {
				ops[e.Op] = true
			}
			if e.Grant != "" {
				grants[e.Grant] = true
			}
		}
	}
	type kind struct {
		client sim.HostID
		about  beliefs.Subject
		gone   bool
	}
	chosen := map[kind]int{}
	counts := map[kind]bool{} // the chosen one contributed to it
	for i, m := range all {
		k := kind{m.Client, m.About, m.State == beliefs.Counts}
		to := m.Op != "" && ops[m.Op] || m.Grant != "" && grants[m.Grant]
		if _, some := chosen[k]; !some || to && !counts[k] {
			chosen[k], counts[k] = i, to
		}
	}
	out := map[int]bool{}
	for _, i := range chosen {
		out[i] = true
	}
	return out
}

// flagLabel says from when on a belief is wrong, and why. read is the balance that it relies on.
func flagLabel(h *sim.History, m beliefs.Mistake, read int64) string {
	first := h.Events[m.Seq-1]
	fromTheStart := first.Host == m.Client && (first.Kind == sim.Acquired || first.Kind == sim.Read)
	switch {
	case m.State == beliefs.Counts && first.Job != "":
		return fmt.Sprintf("%s: %s", first.Job, m.Because)
	case m.State == beliefs.Counts:
		return "its withdrawal is gone: " + withoutVersions(m.Because)
	case m.About == beliefs.TheAccount && first.Job != "":
		return fmt.Sprintf("%s is not open any more from here: %s", first.Job, m.Because)
	case m.About == beliefs.TheAccount && fromTheStart:
		return fmt.Sprintf("the %d it read is old already: %s", read, withoutVersions(m.Because))
	case m.About == beliefs.TheAccount:
		return fmt.Sprintf("the %d it read is old from here: %s", read, withoutVersions(m.Because))
	case fromTheStart:
		return "wrong from the start: " + m.Because
	}
	return "wrong from here: " + m.Because
}

// withoutVersions leaves out what the account's lane shows beside the balance.
func withoutVersions(because string) string {
	text, _, _ := strings.Cut(because, ", computed")
	text, _, _ = strings.Cut(text, " (v")
	return text
}

// The strip under a client's bar shows what it read at the account.
const (
	stripHeight = vg.Length(6)
	stripGap    = vg.Length(2.5)
)

// drawBeliefs draws what a client relied on at the account, and which of its beliefs were wrong.
func (p *sheet) drawBeliefs(on canvas.Paper, r row, l lane) {
	top := r.bottom + stripGap
	for _, k := range l.knows {
		x0 := p.x(k.from)
		x1 := max(p.x(k.to), x0+1.2)
		on.Rect(x0, top, x1, top+stripHeight, canvas.Recalled(canvas.ClientColour(l.client)))
	}
	for _, m := range l.mistakes {
		x0 := p.x(m.from)
		x1 := max(p.x(m.to), x0+1.2)
		if m.about == beliefs.TheAccount {
			on.Hatch(x0, top, x1, top+stripHeight, canvas.Violation)
			continue
		}
		wrongEdge(on, x0, x1, r.bar, r.bottom)
	}
}

// wrongEdge marks part of a bar as wrong.
func wrongEdge(on canvas.Paper, x0, x1, top, bottom vg.Length) {
	on.Rect(x0, top-1.5, x1, top+1.5, canvas.Violation)
	on.Rect(x0, bottom-1.5, x1, bottom+1.5, canvas.Violation)
}

// drawFlag marks the moment at which a belief becomes wrong: a wedge that points at it.
func drawFlag(on canvas.Paper, r row, x vg.Length, m mark) {
	y, foot := flagTop(r, m), r.bottom
	if m.about == beliefs.TheAccount && !m.gone {
		foot = r.bottom + stripGap + stripHeight
	}
	on.Pen(1.6, canvas.Violation)
	on.Line(x, y, x, foot)
	wedge(on, x, y)
}

// flagTop returns the position of a flag's wedge.
func flagTop(r row, m mark) vg.Length {
	switch {
	case m.gone:
		return (r.bar + r.bottom) / 2
	case m.about == beliefs.TheAccount:
		return r.bottom + stripGap
	}
	return r.bar
}

// wedge draws a wedge that points down at a place.
func wedge(on canvas.Paper, x, y vg.Length) {
	var path vg.Path
	path.Move(on.At(x, y+3.5))
	path.Line(on.At(x-5.5, y-5.5))
	path.Line(on.At(x+5.5, y-5.5))
	path.Close()
	on.Pen(2, canvas.Ground)
	on.Stroke(path)
	on.SetColor(canvas.Violation)
	on.Fill(path)
}
