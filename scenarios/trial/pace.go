package trial

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// leastShare bounds what every trial relies on, whatever its script and lock: a step of a lock that
// takes longer than TTL/leastShare may come too late for something.
const leastShare = 10

// pace returns the shortest time that a live trial relies on, out of
//
//   - a tenth of the lease,
//   - the timeouts of the lock and its servers,
//   - the times between two steps of the script that follow the same event, or between the event
//     itself and a step,
//   - the times by which a length in the script misses a whole number of leases: a client that
//     works for 0.95ttl must be done before its lease is over.
//
// A machine that is late by more than half of that may cause something that the script does not
// ask for.
func (t Trial) pace(c setup) *sim.Pace {
	p := &sim.Pace{Margin: t.TTL / leastShare, Of: "a tenth of the lease"}
	consider := func(d time.Duration, what string) {
		if d > 0 && d < p.Margin {
			p.Margin, p.Of = d, what
		}
	}
	if wait, option := c.settings.ShortestWait(); option != "" {
		consider(wait, option)
	}
	if b, ok := t.Backend.Backend.(backends.Impatient); ok {
		consider(b.Patience(c.settings))
	}
	for i, s := range c.steps {
		if s.When.Kind != "" {
			consider(s.When.After, "the time from an event to a step")
		}
		for _, earlier := range c.steps[:i] {
			if sameTrigger(s.When, earlier.When) {
				consider((s.When.After - earlier.When.After).Abs(), "the time between two steps")
			}
		}
		for _, d := range []time.Duration{s.When.After, s.Every, s.Do.For, s.Do.By, s.Do.Step.Abs()} {
			consider(t.missed(d), "the margin between a length in a step and the nearest whole lease")
		}
	}
	works := []script.Workload{t.Scenario.Workload}
	for _, o := range t.Scenario.Own {
		works = append(works, o.In(t.Scenario.Workload))
	}
	for _, w := range works {
		for i, span := range []sim.Span{w.Think, w.Every, w.Wait} {
			if i == 0 && w.ThinkAtLeast != nil {
				continue // nothing depends on the length of drawn work
			}
			consider(t.missed(span.In(t.TTL)), "the margin between the work and the nearest whole lease")
		}
	}
	p.Of = fmt.Sprintf("%s (%v)", p.Of, p.Margin)
	return p
}

// sameTrigger reports whether two steps wait for the same event.
func sameTrigger(a, b sim.Trigger) bool {
	return a.Kind == b.Kind && a.Host == b.Host && a.Nth == b.Nth
}

// missed returns by how much a length misses the nearest whole number of leases, one or more. It
// returns 0 for an exact multiple, and for less than half a lease, which is not meant to come near
// one.
func (t Trial) missed(d time.Duration) time.Duration {
	if d < t.TTL/2 {
		return 0
	}
	over := d % t.TTL
	return min(over, t.TTL-over)
}
