package check

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// overlapTime is 0 if no two clients held the lock at once. If nobody ever acquired it, there is
// nothing to measure.
func overlapTime(t *trace.Trace) []float64 { return overlapOf(t, lasted) }

func overlapLongest(t *trace.Trace) []float64 { return overlapOf(t, longest) }

func overlapOf(t *trace.Trace, long func([]Stretch) time.Duration) []float64 {
	all, err := beliefs(t, untilTold)
	if err != nil || len(all) == 0 {
		return nil
	}
	times, _ := atOnce(all)
	return []float64{long(times).Seconds()}
}

func holdersAtOnce(t *trace.Trace) []float64 {
	all, err := beliefs(t, untilTold)
	if err != nil || len(all) == 0 {
		return nil
	}
	_, most := atOnce(all)
	return []float64{float64(max(1, most))} // a client that held it for no time at all held it, too
}

// workOverlapTime is as exact as the account's stamps. It measures nothing if it is not known
// whose work a write was and that makes a difference.
func workOverlapTime(t *trace.Trace) []float64 { return workOverlapOf(t, lasted) }

func workOverlapLongest(t *trace.Trace) []float64 { return workOverlapOf(t, longest) }

func workOverlapOf(t *trace.Trace, long func([]Stretch) time.Duration) []float64 {
	w, err := workOf(t)
	if err != nil || len(w.sure) == 0 {
		return nil
	}
	sure, _ := atOnce(w.sure)
	if w.unclear != nil {
		if most, _ := atOnce(w.most); long(most) != long(sure) {
			return nil
		}
	}
	return []float64{long(sure).Seconds()}
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
