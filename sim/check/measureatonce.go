package check

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// overlapTime is 0 where nobody held the lock beside another; where nobody ever acquired it,
// there is nothing to measure.
func overlapTime(h *sim.History) []float64 { return overlapOf(h, lasted) }

func overlapLongest(h *sim.History) []float64 { return overlapOf(h, longest) }

func overlapOf(h *sim.History, long func([]Stretch) time.Duration) []float64 {
	all, err := beliefs(h, untilTold)
	if err != nil || len(all) == 0 {
		return nil
	}
	times, _ := atOnce(all)
	return []float64{long(times).Seconds()}
}

func holdersAtOnce(h *sim.History) []float64 {
	all, err := beliefs(h, untilTold)
	if err != nil || len(all) == 0 {
		return nil
	}
	_, most := atOnce(all)
	return []float64{float64(max(1, most))} // who held it for no time at all held it too
}

// workOverlapTime is as exact as the account's stamps. Where it is not known whose work a
// write was, and that matters, nothing is measured.
func workOverlapTime(h *sim.History) []float64 { return workOverlapOf(h, lasted) }

func workOverlapLongest(h *sim.History) []float64 { return workOverlapOf(h, longest) }

func workOverlapOf(h *sim.History, long func([]Stretch) time.Duration) []float64 {
	w, err := workOf(h)
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

// doneMinusNextGrant follows each lock to the next time that anybody was told to hold it.
func doneMinusNextGrant(h *sim.History) (out []float64) {
	told := map[acquisition]time.Duration{} // of holders that had not asked to release it
	asked := map[acquisition]bool{}
	for _, e := range h.Events {
		key := acquisition{e.Host, e.Grant}
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
			if at, was := told[acquisition{before.Host, before.Grant}]; was {
				out = append(out, (at - next.At).Seconds())
			}
		}
		before = next
	}
	return out
}

func releaseTimes(h *sim.History) (out []float64) {
	asked := map[acquisition]time.Duration{}
	for _, e := range h.Events {
		key := acquisition{e.Host, e.Grant}
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
