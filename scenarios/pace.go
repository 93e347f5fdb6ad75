package scenarios

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// leastShare is the share of the lease that every trial relies on, whatever its script and
// its lock: how long one step of a lock may take before it comes too late for something.
const leastShare = 10

// pace says what a live trial relies on: the shortest of
//
//   - a tenth of the lease,
//   - the times for which the lock or its servers wait for something,
//   - the times between two steps of the script that follow the same event, or the event
//     itself and a step,
//   - the times by which a length in the script misses a whole number of leases: a client that
//     works for 0.95ttl is to be done before its lease is over.
//
// A machine that is late by more than half of that may bring about what the script has not
// asked for.
func (t Trial) pace(c cast) *sim.Pace {
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
			consider(t.missed(d), "the time by which a length in a step misses whole leases")
		}
	}
	works := []Workload{t.Scenario.Workload}
	for _, o := range t.Scenario.Own {
		works = append(works, o.in(t.Scenario.Workload))
	}
	for _, w := range works {
		for i, span := range []sim.Span{w.Think, w.Every, w.Wait} {
			if i == 0 && w.ThinkAtLeast != nil {
				continue // it is drawn: nothing hangs on how long it is
			}
			consider(t.missed(span.In(t.TTL)), "the time by which the work misses whole leases")
		}
	}
	p.Of = fmt.Sprintf("%s (%v)", p.Of, p.Margin)
	return p
}

// sameTrigger tells whether two steps wait for the same.
func sameTrigger(a, b sim.Trigger) bool {
	return a.Kind == b.Kind && a.Host == b.Host && a.Nth == b.Nth
}

// missed is by how much a length misses the nearest whole number of leases, one or more; 0: by
// nothing, or it is not meant to last that long.
func (t Trial) missed(d time.Duration) time.Duration {
	if d < t.TTL/2 {
		return 0
	}
	over := d % t.TTL
	return min(over, t.TTL-over)
}
