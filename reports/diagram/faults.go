package diagram

import (
	"cmp"
	"slices"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// readFaults makes stops of faults that keep a host from doing anything, and marks of the
// others, where they begin and where they end.
func (s *scene) readFaults(t *trace.Trace) {
	for _, r := range t.Faults {
		switch {
		case r.Applied == nil:
		case r.Kind.StopsHost():
			s.addStop(r)
		default:
			s.addCut(r, r.Applied)
			if r.Undone != nil {
				s.addCut(r, r.Undone)
			}
		}
	}
	slices.SortStableFunc(s.stops, func(a, b stop) int { return cmp.Compare(a.to, b.to) })
	slices.SortStableFunc(s.cuts, func(a, b cut) int { return cmp.Compare(a.at, b.at) })
}

func (s *scene) addStop(r *trace.FaultRun) {
	from, to := r.Applied.At, max(s.to, r.Applied.At)
	if r.Undone != nil {
		to = r.Undone.At
	}
	column := s.columnOf(r.Host)
	if column < 0 || to < s.from || from > s.to {
		return
	}
	label := r.Kind.Row().Stopped
	if to < s.to {
		label += " " + words.Seconds(to-from)
	}
	s.stops = append(s.stops, stop{column, max(from, s.from), min(to, s.to), label})
}

// addCut marks the begin or end of a fault on links or clocks. A fault on a host is marked
// there, a fault on links at the hosts at their ends.
func (s *scene) addCut(r *trace.FaultRun, e *sim.Event) {
	if e.At < s.from || e.At > s.to {
		return
	}
	c := cut{at: e.At, begins: e == r.Applied}
	for i, col := range s.columns {
		if slices.Contains(r.Hosts(), col.host) {
			c.columns = append(c.columns, i)
		}
	}
	if len(c.columns) == 0 {
		return
	}
	c.label = r.Lane()
	const enough = 60 // a role may stand for very many hosts
	if c.begins && e.Note != "" && len(e.Note) < enough && r.Kind.OnLinks() {
		c.label += " (" + e.Note + ")"
	}
	if !c.begins {
		c.label = "end of " + c.label
	}
	s.cuts = append(s.cuts, c)
}
