package check

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// renewsEvery takes the client's view: what the client is told (Renewed), or what only its
// library is told (KeptAlive). The service sees the same renewals a little earlier. But if the
// client paused between a renewal and hearing of it, counting both would turn one interval into
// two. The service's word (Extended) counts only if no client of the trial hears of any renewal.
// A client that acquires the lock anew starts afresh.
func renewsEvery(t *trace.Trace) (out []float64) {
	h := t.History
	heard := countKinds(h, sim.Renewed)+countKinds(h, sim.KeptAlive) > 0
	before := map[string]time.Duration{} // by grant
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Renewed, sim.KeptAlive:
			if !heard {
				continue
			}
		case sim.Extended:
			if heard {
				continue
			}
		default:
			continue
		}
		if at, again := before[e.Grant]; again {
			out = append(out, (e.At - at).Seconds())
		}
		before[e.Grant] = e.At
	}
	return out
}
