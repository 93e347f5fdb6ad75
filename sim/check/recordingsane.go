package check

import (
	"github.com/locklab/locklab/sim/audit"
	"github.com/locklab/locklab/sim/trace"
)

// recordingSane is a precondition: the history is complete and can have happened. It is never
// Violated: a history that contradicts itself says nothing about the lock.
func recordingSane(t *trace.Trace) Finding {
	if e, err := audit.Contradiction(t); err != nil {
		return undecided(RecordingSane, "%v", err).shownBy(e)
	}
	return holds(RecordingSane, "%s, complete and consistent", count(len(t.History.Events), "event"))
}
