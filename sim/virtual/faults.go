package virtual

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// Can says which faults this world does.
func (w *World) Can(k sim.FaultKind) error {
	if k != sim.Pause {
		return fmt.Errorf("the virtual world has no fault %q", k)
	}
	return nil
}

// Apply does a fault to a running trial.
func (w *World) Apply(f sim.Fault) error {
	if err := w.Can(f.Kind); err != nil {
		return err
	}
	w.Host(f.Host).pause()
	return nil
}

// Undo ends a fault.
func (w *World) Undo(f sim.Fault) error {
	w.Host(f.Host).resume()
	return nil
}

// Probe proves a pause by what a pause is: the host lets nothing happen. That nothing did
// happen in between is for the checker faults-happened to see in the history.
func (w *World) Probe(f sim.Fault) error {
	if w.Host(f.Host).paused == 0 {
		return fmt.Errorf("%s is not paused", f.Host)
	}
	return nil
}

// After calls f once d of true time has passed.
func (w *World) After(d time.Duration, f func()) {
	w.schedule(&timer{place: nowhere, run: f}, addCapped(w.now, d))
}

// RecordFault puts an event of the world itself into the history.
func (w *World) RecordFault(e sim.Event) { w.record(e) }
