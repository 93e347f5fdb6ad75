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
	stops := map[sim.HostID][]*faultRun{}
	for _, r := range runs {
		if r.applied != nil {
			stops[r.host] = append(stops[r.host], r)
		}
	}
	for _, a := range all {
		a.measure(h, stops[a.client])
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
// host meanwhile. The stops are in the order in which they began. Some may overlap: no time
// is taken off twice.
func (a *attempt) measure(h *sim.History, stops []*faultRun) {
	from, to := a.began.At, h.Events[len(h.Events)-1].At
	if a.ended != nil {
		to = a.ended.At
	}
	a.waited = to - from
	counted := from // up to here, time in which the client was stopped has been taken off
	for _, r := range stops {
		until := to
		if r.undone != nil {
			until = min(to, r.undone.At)
		}
		switch kind := sim.LaneKind(r.lane); {
		case kind == sim.Crash:
			a.died = a.died || a.ended == nil && r.applied.Seq > a.began.Seq
		case kind.StopsHost():
			a.waited -= max(0, until-max(counted, r.applied.At))
			counted = max(counted, until)
		}
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
