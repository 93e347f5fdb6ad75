package diagram

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// reader follows the events of a history for what hosts believe.
type reader struct {
	*scene
	history *sim.History
	trace   *trace.Trace
	accused map[int64]bool
	saying  map[int64]string // what the violation is, at the event that completes it
	account
}

// readEvents turns the events that matter into dots, and beliefs into bars.
func (s *scene) readEvents(t *trace.Trace, findings []check.Finding) {
	h := t.History
	r := &reader{scene: s, history: h, trace: t, accused: map[int64]bool{}, saying: map[int64]string{}}
	r.account = readAccount(h)
	r.accuse(findings)
	for _, e := range h.Events {
		column := s.columnOf(e.Host)
		if column < 0 {
			continue
		}
		if label := r.label(e); (label != "" || r.accused[e.Seq]) && e.At >= s.from && e.At <= s.to {
			r.dot(e, column, label)
		}
	}
	r.believe()
	s.clipBars()
	s.thinOut()
}

// maxDots is how many events one picture can hold. If there are more, only those are drawn that a
// violation is based on or that have a message beside them.
const maxDots = 60

// beside is the greatest distance in time between an event and a message that belongs to it.
const beside = 10 * time.Millisecond

// thinOut drops events that are far from the messages drawn, and the beliefs that begin or end with
// them.
func (s *scene) thinOut() {
	if len(s.dots) <= maxDots {
		return
	}
	near := func(column int, at time.Duration) bool {
		return slices.ContainsFunc(s.arrows, func(a arrow) bool {
			return a.from == column && (a.Sent-at).Abs() <= beside || a.to == column && (a.Arrived-at).Abs() <= beside
		})
	}
	s.dots = slices.DeleteFunc(s.dots, func(d dot) bool { return !d.guilty && !near(d.column, d.at) })
	s.bars = slices.DeleteFunc(s.bars, func(b bar) bool { return !near(b.column, b.from) && !near(b.column, b.to) })
}

func or(a, b sim.HostID) sim.HostID {
	if a != "" {
		return a
	}
	return b
}

// accuse marks the evidence of violations, and describes them at its last event. If the account or
// the service has seen a violation, what clients believe and do adds nothing.
func (r *reader) accuse(findings []check.Finding) {
	first, found := words.Gravest(findings)
	if !found {
		return
	}
	for _, f := range findings {
		mark := f.Property.Row().Mark
		beliefs := mark.TwoAtOnce()
		if f.Verdict != check.Violated || mark == check.WhileWaiting || beliefs && f.Property != first.Property {
			continue
		}
		for _, seq := range f.Evidence {
			r.accused[seq] = true
		}
		if len(f.Evidence) == 0 || f.Property != first.Property {
			continue
		}
		at := slices.Max(f.Evidence)
		if words.AddsOnly(r.history) { // where it begins: the set is read long after
			at = slices.Min(f.Evidence)
		}
		if beliefs { // it begins when the second client is told that it has the lock
			at = lastOf(r.history, f.Evidence, sim.Acquired, at)
		}
		r.saying[at] = words.ViolationIn(r.history, f.Property)
	}
}

// lastOf returns the last event of this kind among the evidence.
func lastOf(h *sim.History, evidence []int64, kind sim.Kind, otherwise int64) int64 {
	best := int64(0)
	for _, seq := range evidence {
		if e, ok := eventOf(h, seq); ok && e.Kind == kind {
			best = max(best, seq)
		}
	}
	if best == 0 {
		return otherwise
	}
	return best
}

func (r *reader) dot(e sim.Event, column int, label string) {
	d := dot{at: e.At, column: column, client: r.whose(e), label: label, guilty: r.accused[e.Seq]}
	d.saying = r.saying[e.Seq]
	for i := len(r.dots) - 1; i >= 0 && r.dots[i].at == d.at; i-- {
		if before := &r.dots[i]; before.column == column {
			before.join(d)
			return
		}
	}
	r.dots = append(r.dots, d)
}

// join adds another event of the same host and moment. What follows for the lock as a whole
// replaces what one node did. A client that stops as soon as it is told releases the lock at once,
// so that is not mentioned.
func (d *dot) join(o dot) {
	d.guilty = d.guilty || o.guilty
	d.saying = max(d.saying, o.saying)
	switch {
	case d.label == lockLost && o.label == stops:
		d.label, d.client = d.label+", stops", o.client
	case strings.HasPrefix(d.label, lockLost) && o.label == releases:
	case o.label == "":
	case d.label == "" || strings.HasPrefix(d.label, "vote"):
		d.label, d.client = o.label, o.client
	case !strings.HasPrefix(o.label, "vote"):
		d.label, d.client = d.label+", "+o.label, o.client
	}
}

// whose returns the client that an event is about.
func (r *reader) whose(e sim.Event) int {
	if i := slices.Index(r.history.Header.Clients, or(e.Client, e.Host)); i >= 0 {
		return i
	}
	return slices.Index(r.history.Header.Clients, r.trace.Owner(e.Grant))
}

// Labels that are joined in their own way.
const (
	lockLost = "told: lock lost"
	stops    = "stops before it writes"
	releases = "releases"
)

// label describes an event in a few words; "" if the messages say it, or it does not matter.
func (r *reader) label(e sim.Event) string {
	switch e.Kind {
	case sim.Acquired:
		return "has the lock"
	case sim.NotAcquired:
		return "gives up"
	case sim.Lost:
		return lockLost
	case sim.Deadline:
		return "own deadline"
	case sim.Release:
		return releases
	case sim.NotReleased:
		return "told: not released"
	case sim.Check:
		if r.looks[e.Seq] {
			return "looks: the lease is good"
		}
	case sim.Abandon:
		return stops
	case sim.Ignored:
		return "works on all the same"
	case sim.WriteUnknown, sim.ReadUnknown:
		return "no answer"
	case sim.AddRefused:
		return "told: refused"
	case sim.AddUnknown:
		return "not acknowledged"
	case sim.SetRead:
		return "the set: " + e.Note
	case sim.Granted:
		return "granted to " + r.nameOf(e.Grant)
	case sim.Expired:
		return "lease expired"
	case sim.Forgotten:
		return "lock forgotten"
	case sim.Freed:
		return "freed"
	case sim.NodeGranted:
		return "vote: " + r.nameOf(e.Grant)
	case sim.NodeEnded:
		return "vote ended"
	case sim.LedgerRead:
		return r.seen[e.Seq]
	case sim.LedgerWrite:
		return r.takes(e)
	case sim.LedgerReadRefused, sim.LedgerWriteRefused:
		return refuses(e)
	case sim.LedgerMarked:
		return "job marked"
	}
	return ""
}

func (r *reader) nameOf(grant string) string {
	if owner := r.trace.Owner(grant); r.history.IsClient(owner) {
		return string(owner)
	}
	return "nobody known"
}

// believe draws who thinks that a client holds the lock: the client, and each server that has the
// grant or has given it its vote.
func (r *reader) believe() {
	for _, b := range r.trace.Beliefs {
		for _, p := range b.Pieces {
			style := overrun
			if p.Valid {
				style = held
			}
			r.bar(b.Client, b.Client, b.Grant, style, p.Began, p.Ended)
		}
	}
	for _, g := range r.trace.Holdings {
		if !r.history.IsClient(g.Server) {
			r.bar(g.Server, r.trace.Owner(g.Grant), g.Grant, granted, g.Began, g.Ended)
		}
	}
	slices.SortStableFunc(r.bars, func(a, b bar) int { return cmp.Or(cmp.Compare(a.ended, b.ended), cmp.Compare(a.began, b.began)) })
}

// bar draws a host's belief; without an end it lasts to the end of what is shown.
func (r *reader) bar(host, client sim.HostID, grant string, style barStyle, began, ended *sim.Event) {
	b := bar{
		column: r.columnOf(host), from: began.At, to: max(r.to, began.At), style: style, grant: grant,
		client: slices.Index(r.history.Header.Clients, client), began: began.Seq, ended: math.MaxInt64,
	}
	if ended != nil {
		b.to, b.ended = ended.At, ended.Seq
	}
	if b.column >= 0 {
		r.bars = append(r.bars, b)
	}
}

// clipBars clips bars to what is shown.
func (s *scene) clipBars() {
	s.bars = slices.DeleteFunc(s.bars, func(b bar) bool { return b.to < s.from || b.from > s.to })
	for i := range s.bars {
		s.bars[i].from, s.bars[i].to = max(s.bars[i].from, s.from), min(s.bars[i].to, s.to)
	}
}
