package timeline

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// readAdditions marks in the clients' lanes what became of the elements that they added: a dot for
// each that was acknowledged, hollow if the set lacks it in the end, and a cross for each that was
// not. If nobody could read the set, none counts as lost. There are many, so of several in a row
// with the same outcome only the first has words.
func readAdditions(t *trace.Trace, clients []lane) {
	h := t.History
	said := make([]string, len(clients))
	for _, e := range h.Events {
		i := clientIndex(h, e.Host)
		if i < 0 {
			continue
		}
		m := mark{at: e.At, seq: e.Seq, client: i}
		switch {
		case e.Kind == sim.Added && t.Set.Read != nil && !t.Set.Has(e.Op):
			m.style, m.label = openDot, "acknowledged, and lost"
		case e.Kind == sim.Added:
			m.style = smallDot
		case e.Kind == sim.AddRefused:
			m.style, m.label = cross, "refused"
		case e.Kind == sim.AddUnknown:
			m.style, m.label = cross, "not acknowledged"
		default:
			continue
		}
		if m.label == said[i] {
			m.label = ""
		} else {
			said[i] = m.label
		}
		clients[i].marks = append(clients[i].marks, m)
	}
}
