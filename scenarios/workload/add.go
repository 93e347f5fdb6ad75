package workload

import (
	"errors"

	"github.com/locklab/locklab/sim"
)

// Clients that add elements to a set follow Jepsen's tests of Redis (2013): each adds elements of
// its own and notes which were acknowledged. When all faults are over, the set is read to see which
// of these it holds. The set is the service's, and no client takes a lock.

// add works for a while, then adds one element and records the answer.
func (t *Teller) add(op string) {
	work, drawn := t.plan.WorkOn(op)
	t.host.Sleep(work)
	t.host.Record(sim.Event{Kind: sim.Add, Op: op, Note: drawn})
	err := t.set.Add(op)
	switch {
	case err == nil:
		t.host.Record(sim.Event{Kind: sim.Added, Op: op})
	case errors.Is(err, sim.ErrUnknown):
		t.host.Record(sim.Event{Kind: sim.AddUnknown, Op: op, Note: err.Error()})
	default:
		t.host.Record(sim.Event{Kind: sim.AddRefused, Op: op, Note: err.Error()})
	}
}
