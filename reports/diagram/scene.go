package diagram

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// nobody is the client index of what belongs to no client.
const nobody = -1

// scene is what a diagram shows, as plain data: times are true time.
type scene struct {
	title, subtitle string
	verdict         string
	violated        bool
	notes           []string
	from, to        time.Duration // the part of the trial that is shown
	columns         []column      // from left to right
	arrows          []arrow       // in the order in which they were sent
	dots            []dot         // in the order of time
	bars            []bar
	stops           []stop
	cuts            []cut
	omitted         []time.Duration // when the messages that are not drawn were sent, ascending
}

type columnKind int8

const (
	clientColumn columnKind = iota
	serverColumn
	accountColumn
)

// column is a host.
type column struct {
	host   sim.HostID
	kind   columnKind
	client int // index in the header, or nobody
}

// arrow is a message.
type arrow struct {
	sim.Message
	from, to int // columns
	client   int // whose colour it has
	label    string
}

// dot is an event.
type dot struct {
	at     time.Duration
	column int
	client int
	label  string
	guilty bool   // part of a violation's evidence
	saying string // what the violation is, at the event that completes it
}

type barStyle int8

const (
	held    barStyle = iota // the client believes it holds the lock
	overrun                 // it still does, past its own deadline
	granted                 // the server thinks the client holds it
)

// bar is a belief of a host, on its column.
type bar struct {
	column   int
	from, to time.Duration
	style    barStyle
	client   int
	grant    string

	began, ended int64 // event numbers; ended is the greatest number there is if nothing ended it
}

// stop is a period in which a host did nothing.
type stop struct {
	column   int
	from, to time.Duration
	label    string
}

// cut is the beginning or end of a fault that is not a stop, at the affected columns.
type cut struct {
	at      time.Duration
	columns []int
	label   string
	begins  bool
}

// newScene selects what to show of a history.
func newScene(h *sim.History, findings []check.Finding, title string) *scene {
	s := &scene{}
	s.title, s.subtitle = words.Heading(h.Header, title)
	s.verdict, s.violated = words.Verdict(h, findings)
	picked := pick(h, findings)
	s.frame(h, picked)
	s.cast(h, picked)
	s.readMessages(h, picked)
	t := trace.Read(h)
	s.readEvents(t, findings)
	s.readFaults(t)
	s.note(h, picked)
	return s
}

// frame sets the period from the first message drawn to the last.
func (s *scene) frame(h *sim.History, picked []sim.Message) {
	if len(picked) == 0 {
		s.to = h.Events[len(h.Events)-1].At
	} else {
		s.from = picked[0].Sent
	}
	for _, m := range picked {
		s.to = max(s.to, m.Sent, m.Lost, m.Arrived)
	}
	if s.from < 10*time.Millisecond {
		s.from = 0
	}
	shown := map[int64]bool{}
	for _, m := range picked {
		shown[m.Number] = true
	}
	for _, m := range h.Messages {
		if !shown[m.Number] && m.Fate != sim.Unrecorded {
			s.omitted = append(s.omitted, m.Sent)
		}
	}
}

// cast gives a column to every host that takes part in what is drawn.
func (s *scene) cast(h *sim.History, picked []sim.Message) {
	takesPart := map[sim.HostID]bool{}
	for _, m := range picked {
		takesPart[m.From], takesPart[m.To] = true, true
	}
	for _, e := range h.Events {
		if e.At >= s.from && e.At <= s.to && (e.Kind == sim.FaultApplied || e.Kind == sim.FaultUndone) && !h.IsClient(e.Host) {
			takesPart[e.Host] = true
		}
	}
	for i, id := range h.Header.Clients {
		if takesPart[id] {
			s.columns = append(s.columns, column{id, clientColumn, i})
		}
	}
	for _, id := range h.Header.Servers {
		if takesPart[id] {
			s.columns = append(s.columns, column{id, serverColumn, nobody})
		}
	}
	if h.Header.Ledger != "" && takesPart[h.Header.Ledger] { // a partition affects no host in particular
		s.columns = append(s.columns, column{h.Header.Ledger, accountColumn, nobody})
	}
	for _, m := range picked { // a host that is missing from the header
		for _, id := range []sim.HostID{m.From, m.To} {
			if s.columnOf(id) < 0 {
				s.columns = append(s.columns, column{id, serverColumn, nobody})
			}
		}
	}
}

// columnOf returns the column of a host, -1 if it has none.
func (s *scene) columnOf(id sim.HostID) int {
	return slices.IndexFunc(s.columns, func(c column) bool { return c.host == id })
}

func (s *scene) readMessages(h *sim.History, picked []sim.Message) {
	for _, m := range picked {
		a := arrow{Message: m, from: s.columnOf(m.From), to: s.columnOf(m.To), label: m.What}
		a.client = max(s.columns[a.from].client, s.columns[a.to].client)
		if took := m.Arrived - m.Sent; m.Fate == sim.Arrived && took > late {
			a.label = withWords(a.label, words.Seconds(took)+" late")
		}
		s.arrows = append(s.arrows, a)
	}
}

func withWords(label, more string) string {
	if label == "" {
		return more
	}
	return label + " · " + more
}

// ofOthers counts what clients without a column sent in the period that is drawn.
func (s *scene) ofOthers(h *sim.History) int {
	n := 0
	for _, m := range h.Messages {
		if h.IsClient(m.From) && s.columnOf(m.From) < 0 && m.Fate != sim.Unrecorded && m.Sent >= s.from && m.Sent <= s.to {
			n++
		}
	}
	return n
}

// note says what was left out.
func (s *scene) note(h *sim.History, picked []sim.Message) {
	all := 0
	for _, m := range h.Messages {
		if m.Fate == sim.Unrecorded {
			s.notes = append(s.notes, fmt.Sprintf("Messages were recorded up to %s only: there were too many.", words.Seconds(m.Sent)))
			continue
		}
		all++
	}
	drawn := 0
	for _, c := range s.columns {
		if c.kind == clientColumn {
			drawn++
		}
	}
	if others := len(h.Header.Clients) - drawn; others > 0 {
		s.notes = append(s.notes, fmt.Sprintf("%d of %s are drawn; the others sent %s meanwhile.",
			drawn, words.Many(len(h.Header.Clients), "client"), words.Many(s.ofOthers(h), "message")))
	}
	last := h.Events[len(h.Events)-1].At
	if all == len(picked) {
		s.notes = append(s.notes, fmt.Sprintf("All %s, %s.", words.Many(all, "message"), words.Part(s.from, s.to, last)))
		return
	}
	s.notes = append(s.notes, fmt.Sprintf("%d of %s, %s: signs of life, attempts that repeat themselves and talk between servers are left out first.",
		len(picked), words.Many(all, "message"), words.Part(s.from, s.to, last)))
}
