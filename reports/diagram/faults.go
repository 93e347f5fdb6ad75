package diagram

import (
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
)

// readFaults makes stops of faults that keep a host from doing anything, and marks of the
// others, where they begin and where they end.
func (s *scene) readFaults(h *sim.History) {
	type key struct {
		firing int64
		host   sim.HostID
	}
	open := map[key]sim.Event{}
	var order []key
	end := func(k key, at time.Duration) {
		if e, ok := open[k]; ok {
			s.addStop(e, at)
			delete(open, k)
		}
	}
	for _, e := range h.Events {
		k := key{e.Firing, e.Host}
		stops := sim.LaneKind(e.Fault).StopsHost()
		switch {
		case e.Kind == sim.FaultApplied && stops:
			open[k] = e
			order = append(order, k)
		case e.Kind == sim.FaultUndone && stops:
			end(k, e.At)
		case e.Kind == sim.FaultApplied:
			s.addCut(h, e, true)
		case e.Kind == sim.FaultUndone:
			s.addCut(h, e, false)
		}
	}
	for _, k := range order {
		end(k, max(s.to, open[k].At))
	}
}

// stopped says what the host is that a fault was done to.
var stopped = map[sim.FaultKind]string{sim.Pause: "paused", sim.Suspend: "suspended", sim.Crash: "down"}

func (s *scene) addStop(e sim.Event, to time.Duration) {
	column := s.columnOf(e.Host)
	if column < 0 || to < s.from || e.At > s.to {
		return
	}
	label := stopped[sim.LaneKind(e.Fault)]
	if to < s.to {
		label += " " + words.Seconds(to-e.At)
	}
	s.stops = append(s.stops, stop{column, max(e.At, s.from), min(to, s.to), label})
}

// addCut marks the begin or end of a fault on links or clocks. A fault on a host is marked
// there, a fault on links at the hosts that its name lists.
func (s *scene) addCut(h *sim.History, e sim.Event, begins bool) {
	if e.At < s.from || e.At > s.to {
		return
	}
	c := cut{at: e.At, begins: begins}
	if e.Host != "" {
		if i := s.columnOf(e.Host); i >= 0 {
			c.columns = append(c.columns, i)
		}
	} else {
		for i, col := range s.columns {
			if names(e.Fault+" "+e.Note, col.host) {
				c.columns = append(c.columns, i)
			}
		}
	}
	if len(c.columns) == 0 {
		return
	}
	c.label = e.Fault
	const enough = 60 // a role may stand for very many hosts
	if begins && e.Note != "" && len(e.Note) < enough && sim.LaneKind(e.Fault).OnLinks() {
		c.label += " (" + e.Note + ")"
	}
	if !begins {
		c.label = "end of " + c.label
	}
	s.cuts = append(s.cuts, c)
}

// names tells whether a fault's name or note lists a host.
func names(text string, host sim.HostID) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,|:;↔→", r) }), string(host))
}
