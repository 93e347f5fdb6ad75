package check

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// grantsUnasked finds grants that were given before their client had ever asked for the lock.
// No more can be asked: a request that got no answer may be carried out much later, when its
// client has got the lock by another one and given it back.
func grantsUnasked(h *sim.History) (out []Disorder) {
	asked := map[sim.HostID]time.Duration{} // when each client asked first
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.Acquire {
			if _, before := asked[e.Host]; !before {
				asked[e.Host] = e.At
			}
		}
	}
	for _, g := range grantsOf(h).inOrder {
		if at, asks := asked[g.client]; asks && g.granted.At < at {
			out = append(out, Disorder{Effect: serviceGrants, Cause: "its client's asking for the lock", At: g.granted.At, CauseAt: at, Event: g.granted})
		}
	}
	return out
}

// lossesWithoutFault finds messages that were lost before any fault that loses messages had
// been applied, or after the last one had been undone. A host that is switched on again has
// its cable back a little later than the stamp says. Only the live world stamps what its own
// switch loses; in the virtual world a message is also lost to who has hung up.
func lossesWithoutFault(h *sim.History) (out []Disorder) {
	if h.Header.World != sim.LiveWorld {
		return nil
	}
	runs := faultRuns(h)
	for i := range h.Messages {
		m := &h.Messages[i]
		if m.Lost == 0 {
			continue
		}
		next, lost := sim.Forever, false
		for _, r := range runs {
			if r.applied == nil || !loses(sim.LaneKind(r.lane)) {
				continue
			}
			if r.applied.At > m.Lost {
				next = min(next, r.applied.At)
				continue
			}
			lost = lost || r.undone == nil || m.Lost <= r.undone.At || sim.LaneKind(r.lane) == sim.Crash
		}
		if !lost {
			out = append(out, Disorder{Effect: "its loss", Cause: "a fault that loses messages", At: m.Lost, CauseAt: next, Message: m.Number})
		}
	}
	return out
}

// loses tells whether faults of this kind lose messages.
func loses(k sim.FaultKind) bool {
	switch k {
	case sim.Partition, sim.Drop, sim.Crash:
		return true
	case sim.Pause, sim.Suspend, sim.ClockFault, sim.Delay, sim.Hold:
		return false
	}
	panic("no judge knows what the fault " + string(k) + " loses")
}
