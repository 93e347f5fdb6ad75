package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// grantsAtOnce counts grants as the servers give them, whether or not their clients ever read
// the answer. For Redlock, these are requests that a majority has voted for. A grant counts
// until its client asks again or gives up (it has discarded the answer or taken it for a
// refusal), releases the grant, is told that it is lost, or reaches the deadline that it
// computed. If requests do not say which grant they ask for, nothing is measured.
func grantsAtOnce(t *trace.Trace) []float64 {
	h := t.History
	asked := map[string]sim.HostID{}  // who asked for a grant
	latest := map[sim.HostID]string{} // what a client asked for last
	open := map[sim.HostID]bool{}     // clients that have a grant; only ever looked up and counted
	most := 0
	for _, e := range h.Events {
		switch e.Kind {
		case sim.AcquireSent:
			if e.Grant == "" {
				return nil
			}
			delete(open, e.Host)
			asked[e.Grant], latest[e.Host] = e.Host, e.Grant
		case sim.Acquire, sim.NotAcquired:
			delete(open, e.Host)
			delete(latest, e.Host)
		case sim.Granted:
			if who, known := asked[e.Grant]; known && latest[who] == e.Grant {
				open[who] = true
			}
		case sim.Release, sim.Lost, sim.Deadline:
			if who, known := asked[e.Grant]; known && latest[who] == e.Grant {
				delete(open, who)
				delete(latest, who)
			}
		}
		most = max(most, len(open))
	}
	if most == 0 {
		return nil
	}
	return []float64{float64(most)}
}

// duplicateShare counts effects as duplicateEffect does, and returns the share that was applied
// more than once.
func duplicateShare(t *trace.Trace) []float64 {
	h := t.History
	times := map[string]int{}
	again := 0
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != sim.LedgerWrite {
			continue
		}
		id := effectOf(e)
		if id == "" {
			return nil
		}
		if times[id]++; times[id] == 2 {
			again++
		}
	}
	return share(again, len(times))
}
