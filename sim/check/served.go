package check

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// attempt is one time that a client asked for the lock.
type attempt struct {
	client sim.HostID
	phase  string
	began  *sim.Event
	ended  *sim.Event    // acquired or not-acquired; nil: it still waited when the history ended
	died   bool          // its client crashed before it was over
	waited time.Duration // true time, without that in which the client itself was stopped
}

func (a *attempt) served() bool { return a.ended != nil && a.ended.Kind == sim.Acquired }

// The phases of a trial. A trial without a fault has only calm.
const (
	calm   = "without any fault"
	before = "before the fault"
	during = "during it"
	after  = "after it"
)

// attempts finds them all, in the order in which they began.
func attempts(h *sim.History) []*attempt {
	type key struct {
		client sim.HostID
		op     string
	}
	runs := faultRuns(h)
	phase := phases(runs)
	var all []*attempt
	open := map[key]*attempt{}
	for i := range h.Events {
		e := &h.Events[i]
		k := key{e.Host, e.Op}
		switch e.Kind {
		case sim.Acquire:
			a := &attempt{client: e.Host, began: e, phase: phase(e)}
			all, open[k] = append(all, a), a
		case sim.Acquired, sim.NotAcquired:
			if a := open[k]; a != nil {
				a.ended = e
				delete(open, k)
			}
		}
	}
	stops := stopsOf(runs)
	for _, a := range all {
		a.measure(h, stops[a.client])
	}
	return all
}

// stops are the times at which a host stood still, in the order in which they began, and when
// it last crashed.
type stops struct {
	runs   []*faultRun
	latest []time.Duration // by when this one and all before it were over
	crash  int64           // the event of the last crash; 0: there was none
}

func stopsOf(runs []*faultRun) map[sim.HostID]*stops {
	all := map[sim.HostID]*stops{}
	for _, r := range runs {
		if r.applied == nil {
			continue
		}
		s := all[r.host]
		if s == nil {
			s = &stops{}
			all[r.host] = s
		}
		switch kind := sim.LaneKind(r.lane); {
		case kind == sim.Crash:
			s.crash = max(s.crash, r.applied.Seq)
		case kind.StopsHost():
			latest := time.Duration(math.MaxInt64)
			if r.undone != nil {
				latest = r.undone.At
			}
			if n := len(s.latest); n > 0 {
				latest = max(latest, s.latest[n-1])
			}
			s.runs, s.latest = append(s.runs, r), append(s.latest, latest)
		}
	}
	return all
}

// phases gives the function that tells in which phase of the trial an event came: before
// the first fault, after all of them were undone, or in between.
func phases(runs []*faultRun) func(*sim.Event) string {
	first, last := int64(math.MaxInt64), int64(0)
	for _, r := range runs {
		if r.applied != nil {
			first = min(first, r.applied.Seq)
		}
		if r.undone == nil {
			last = math.MaxInt64
		} else {
			last = max(last, r.undone.Seq)
		}
	}
	return func(e *sim.Event) string {
		switch {
		case len(runs) == 0:
			return calm
		case e.Seq < first:
			return before
		case e.Seq > last:
			return after
		}
		return during
	}
}

// measure finds how long an attempt lasted, and whether its client died of a fault of its
// host meanwhile. Some stops of the host may overlap: no time is taken off twice.
func (a *attempt) measure(h *sim.History, s *stops) {
	from, to := a.began.At, h.Events[len(h.Events)-1].At
	if a.ended != nil {
		to = a.ended.At
	}
	a.waited = to - from
	if s == nil {
		return
	}
	a.died = a.ended == nil && s.crash > a.began.Seq
	first, _ := slices.BinarySearch(s.latest, from)
	counted := from // up to here, time in which the client was stopped has been taken off
	for _, r := range s.runs[first:] {
		if counted >= to || r.applied.At > to {
			break
		}
		until := to
		if r.undone != nil {
			until = min(to, r.undone.At)
		}
		a.waited -= max(0, until-max(counted, r.applied.At))
		counted = max(counted, until)
	}
	a.waited = max(0, a.waited)
}

// figures says how many attempts were served and how long they took, phase by phase, and
// for few clients also client by client.
func figures(all []*attempt) string {
	var parts []string
	for _, phase := range []string{calm, before, during, after} {
		if n := tallyOf(all, func(a *attempt) bool { return a.phase == phase }); n.asked > 0 {
			parts = append(parts, phase+" "+n.String())
		}
	}
	text := strings.Join(parts, ", ")
	var clients []sim.HostID
	for _, a := range all {
		if !slices.Contains(clients, a.client) {
			clients = append(clients, a.client)
		}
		if len(clients) > fewClients {
			return text
		}
	}
	slices.Sort(clients)
	parts = nil
	for _, c := range clients {
		n := tallyOf(all, func(a *attempt) bool { return a.client == c })
		parts = append(parts, fmt.Sprintf("%s %s", c, n))
	}
	return text + "; " + strings.Join(parts, ", ")
}

// fewClients is how many clients are named one by one.
const fewClients = 4

// tally is the service that some attempts got.
type tally struct {
	asked, served int
	longest       time.Duration // wait, whether it was served or not
}

func tallyOf(all []*attempt, counts func(*attempt) bool) (n tally) {
	for _, a := range all {
		if !counts(a) || a.died {
			continue
		}
		n.asked++
		if a.served() {
			n.served++
		}
		n.longest = max(n.longest, a.waited)
	}
	return n
}

func (n tally) String() string {
	return fmt.Sprintf("%d of %d in at most %s", n.served, n.asked, clock(n.longest))
}
