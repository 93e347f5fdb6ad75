package check

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// attempt is one attempt by a client to get the lock.
type attempt struct {
	*trace.Attempt
	phase  string
	waited time.Duration // true time, not counting time in which the client itself was stopped
}

// The phases of a trial. A trial without a fault has only calm.
const (
	calm   = "without any fault"
	before = "before the fault"
	during = "during it"
	after  = "after it"
)

// attempts returns all attempts, in the order in which they began.
func attempts(t *trace.Trace) (all []*attempt) {
	phase, stops := phases(t.Faults), stopsOf(t.Faults)
	for _, each := range t.Attempts {
		a := &attempt{Attempt: each, phase: phase(each.Began)}
		a.measure(t.End(), stops[a.Client])
		all = append(all, a)
	}
	return all
}

// stops lists when a host stood still, in the order in which the stops began.
type stops struct {
	runs   []*trace.FaultRun
	latest []time.Duration // when this one and all before it were over
}

func stopsOf(runs []*trace.FaultRun) map[sim.HostID]*stops {
	all := map[sim.HostID]*stops{}
	for _, r := range runs {
		if r.Applied == nil || r.Kind.SwitchesOff() || !r.Kind.StopsHost() {
			continue
		}
		s := all[r.Host]
		if s == nil {
			s = &stops{}
			all[r.Host] = s
		}
		latest := r.Until()
		if n := len(s.latest); n > 0 {
			latest = max(latest, s.latest[n-1])
		}
		s.runs, s.latest = append(s.runs, r), append(s.latest, latest)
	}
	return all
}

// phases returns a function that says in which phase of the trial an event came: before the
// first fault, after all of them were undone, or in between.
func phases(runs []*trace.FaultRun) func(*sim.Event) string {
	first, last := int64(math.MaxInt64), int64(0)
	for _, r := range runs {
		if r.Applied != nil {
			first = min(first, r.Applied.Seq)
		}
		if r.Undone == nil {
			last = math.MaxInt64
		} else {
			last = max(last, r.Undone.Seq)
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

// measure computes how long an attempt lasted, whether or not its client died meanwhile. Stops
// of the host may overlap, but no time is subtracted twice.
func (a *attempt) measure(end *sim.Event, s *stops) {
	from, to := a.Began.At, end.At
	if a.Ended != nil {
		to = a.Ended.At
	}
	a.waited = to - from
	if s == nil {
		return
	}
	first, _ := slices.BinarySearch(s.latest, from)
	counted := from // up to here, the time in which the client was stopped has been subtracted
	for _, r := range s.runs[first:] {
		if counted >= to || r.Applied.At > to {
			break
		}
		until := to
		if r.Undone != nil {
			until = min(to, r.Undone.At)
		}
		a.waited -= max(0, until-max(counted, r.Applied.At))
		counted = max(counted, until)
	}
	a.waited = max(0, a.waited)
}

// figures says how many attempts were served and how long they took, phase by phase and, if
// there are few clients, client by client.
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
		if !slices.Contains(clients, a.Client) {
			clients = append(clients, a.Client)
		}
		if len(clients) > fewClients {
			return text
		}
	}
	slices.Sort(clients)
	parts = nil
	for _, c := range clients {
		n := tallyOf(all, func(a *attempt) bool { return a.Client == c })
		parts = append(parts, fmt.Sprintf("%s %s", c, n))
	}
	return text + "; " + strings.Join(parts, ", ")
}

// fewClients is the largest number of clients that are named one by one.
const fewClients = 4

// tally sums up how some attempts were served.
type tally struct {
	asked, served int
	longest       time.Duration // wait, served or not
}

func tallyOf(all []*attempt, counts func(*attempt) bool) (n tally) {
	for _, a := range all {
		if !counts(a) || a.Died != nil {
			continue
		}
		n.asked++
		if a.Served() {
			n.served++
		}
		n.longest = max(n.longest, a.waited)
	}
	return n
}

func (n tally) String() string {
	return fmt.Sprintf("%d of %d in at most %s", n.served, n.asked, clock(n.longest))
}
