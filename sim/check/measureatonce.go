package check

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// overlapTime is 0 if no two clients held the lock at once. If nobody ever acquired it, there is
// nothing to measure.
func overlapTime(t *trace.Trace) []float64 { return overlapOf(t, trace.Lasted) }

func overlapLongest(t *trace.Trace) []float64 { return overlapOf(t, trace.Longest) }

func overlapOf(t *trace.Trace, long func([]trace.Stretch) time.Duration) []float64 {
	all, err := t.HeldUntilTold()
	if err != nil || len(all) == 0 {
		return nil
	}
	times, _ := trace.AtOnce(all)
	return []float64{long(times).Seconds()}
}

func holdersAtOnce(t *trace.Trace) []float64 {
	all, err := t.HeldUntilTold()
	if err != nil || len(all) == 0 {
		return nil
	}
	_, most := trace.AtOnce(all)
	return []float64{float64(max(1, most))} // a client that held it for no time at all held it, too
}

// workOverlapTime is as exact as the account's stamps. It measures nothing if it is not known
// whose work a write was and that makes a difference.
func workOverlapTime(t *trace.Trace) []float64 { return workOverlapOf(t, trace.Lasted) }

func workOverlapLongest(t *trace.Trace) []float64 { return workOverlapOf(t, trace.Longest) }

func workOverlapOf(t *trace.Trace, long func([]trace.Stretch) time.Duration) []float64 {
	w, err := t.Work()
	if err != nil || len(w.Sure) == 0 {
		return nil
	}
	sure, _ := trace.AtOnce(w.Sure)
	if w.Unclear != nil {
		if most, _ := trace.AtOnce(w.Most); long(most) != long(sure) {
			return nil
		}
	}
	return []float64{long(sure).Seconds()}
}

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

// doneMinusNextGrant follows each lock to the next time that a client was told it holds the
// lock.
func doneMinusNextGrant(t *trace.Trace) (out []float64) {
	h := t.History
	told := map[trace.Acquisition]time.Duration{} // of holders that had not asked to release it
	asked := map[trace.Acquisition]bool{}
	for _, e := range h.Events {
		key := trace.AcquisitionOf(&e)
		switch e.Kind {
		case sim.Release:
			asked[key] = true
		case sim.Lost:
			if _, twice := told[key]; !twice && !asked[key] {
				told[key] = e.At
			}
		}
	}
	var before *sim.Event
	for i := range h.Events {
		next := &h.Events[i]
		if next.Kind != sim.Acquired {
			continue
		}
		if before != nil && before.Host != next.Host {
			if at, was := told[trace.AcquisitionOf(before)]; was {
				out = append(out, (at - next.At).Seconds())
			}
		}
		before = next
	}
	return out
}

func releaseTimes(t *trace.Trace) (out []float64) {
	h := t.History
	asked := map[trace.Acquisition]time.Duration{}
	for _, e := range h.Events {
		key := trace.AcquisitionOf(&e)
		switch e.Kind {
		case sim.Release:
			asked[key] = e.At
		case sim.Released, sim.NotReleased:
			if at, waits := asked[key]; waits {
				out = append(out, (e.At - at).Seconds())
				delete(asked, key)
			}
		}
	}
	return out
}
