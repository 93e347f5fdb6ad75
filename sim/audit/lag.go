package audit

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// auditLag checks that no stamp of a live observer is more than a lease late. An observer that
// late has slept through a lease.
func auditLag(t *trace.Trace) (*sim.Event, error) {
	most := t.History.Header.TTL
	if worst := t.Latest; worst.By > most {
		return worst.Seen, fmt.Errorf("event %d (%s) is stamped %v later than event %d (%s), by which time %s knew of it; at most %v is acceptable: was the machine too slow?",
			worst.Seen.Seq, worst.Seen.Kind, worst.By, worst.Told.Seq, worst.Told.Kind, worst.Told.Host, most)
	}
	return nil, nil
}
