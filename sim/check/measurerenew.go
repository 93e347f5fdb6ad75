package check

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// renewsEvery looks from where the client is: what it is told of (Renewed), or its library alone
// is (KeptAlive). The service sees the same renewals a little earlier, but a pause of the client
// between that and its hearing of it would make two lengths of it. Only where no client of the
// trial hears of any, the service's word is taken (Extended). A client that holds the lock
// anew begins anew.
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
