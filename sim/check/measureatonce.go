package check

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// overlapTime is 0 where nobody held the lock beside another; where nobody ever acquired it,
// there is nothing to measure.
func overlapTime(h *sim.History) []float64 {
	all, err := beliefs(h, untilTold)
	if err != nil || len(all) == 0 {
		return nil
	}
	times, _ := atOnce(all)
	return []float64{lasted(times).Seconds()}
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
func workOverlapTime(h *sim.History) []float64 {
	w, err := workOf(h)
	if err != nil || len(w.sure) == 0 {
		return nil
	}
	sure, _ := atOnce(w.sure)
	if w.unclear != nil {
		if most, _ := atOnce(w.most); lasted(most) != lasted(sure) {
			return nil
		}
	}
	return []float64{lasted(sure).Seconds()}
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
