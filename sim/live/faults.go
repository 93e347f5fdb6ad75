//go:build linux

package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
)

// faultInEffect is a fault with how to look whether it is in effect, and how to end it.
type faultInEffect struct {
	fault sim.Fault
	effect
}

// Can says why the live world cannot do faults of this kind; nil: it can.
func (w *World) Can(kind sim.FaultKind) error { return Can(kind) }

// Can says why this machine cannot do any fault of this kind to real processes; nil: it
// can. CanDo says it of one fault.
func Can(kind sim.FaultKind) error {
	switch kind {
	case sim.ClockFault, sim.Suspend:
		return ClockPatch()
	case sim.StallDisk:
		return DiskStall()
	case sim.Pause, sim.Crash, sim.Partition, sim.Delay, sim.Hold, sim.Drop:
		return nil
	}
	return errNoFault(kind)
}

// errNoFault refuses a fault that the live world does not know how to do.
func errNoFault(k sim.FaultKind) error {
	return fmt.Errorf("the live world has no fault %q", string(k))
}

// CanDo says why a fault, which may name roles, cannot be done to real processes on this
// machine; nil: it can.
func CanDo(f sim.Fault) error {
	switch f.Kind {
	case sim.Drop:
		if f.Probability < rarestLoss {
			return fmt.Errorf("a loss of %g of the packets is too rare for the live world to prove it: use %g or more", f.Probability, rarestLoss)
		}
	case sim.ClockFault:
		if err := canTurn(f); err != nil {
			return err
		}
	case sim.Pause, sim.Suspend, sim.Crash, sim.StallDisk, sim.Partition, sim.Delay, sim.Hold: // all alike
	}
	return Can(f.Kind)
}

// canTurn says why a fault of a clock cannot be done to real processes; nil: it can.
func canTurn(f sim.Fault) error {
	switch {
	case f.Rate != 0:
		return errors.New("the live world cannot change how fast the clock of a real process runs, only step it")
	case f.Clock == sim.MonotonicClock && f.Step < 0:
		return fmt.Errorf("the live world cannot do the fault %s: %w", f.Lane(), errBackwards)
	case f.Clock == sim.MonotonicClock && f.For > 0:
		return fmt.Errorf("the live world cannot undo the fault %s: %w", f.Lane(), errBackwards)
	}
	return nil
}

// Await calls f when the fault can be applied: at once, but for Hold when a message is on
// its way.
func (w *World) Await(fault sim.Fault, f func()) {
	if fault.Kind.OnLinks() {
		w.awaitLinks(fault, f)
		return
	}
	f()
}

// Apply does the fault and returns once it is in effect. Faults nest: what two of them do
// to one host or link ends when both have been undone.
func (w *World) Apply(f sim.Fault) error {
	if err := CanDo(f); err != nil {
		return err
	}
	apply := w.applyHost
	if f.Kind.OnLinks() {
		apply = w.applyLinks
	}
	e, err := apply(f)
	if err != nil {
		return err
	}
	w.effects = append(w.effects, faultInEffect{f, e})
	w.applied = w.since(e.at)
	w.carriedOut(e.at, f.Lane()+" came")
	return nil
}

// Undo ends the fault.
func (w *World) Undo(f sim.Fault) error {
	i := w.inEffect(f)
	if i < 0 {
		return fmt.Errorf("%s is not in effect", f.Lane())
	}
	e := w.effects[i]
	w.effects = slices.Delete(w.effects, i, i+1)
	w.carriedOut(machineClock(), "the end of "+f.Lane()+" came")
	at, err := e.undo()
	w.undone = w.since(at)
	return err
}

// Probe looks at the host's processes, their clocks or the link itself whether the fault
// is in effect.
func (w *World) Probe(f sim.Fault) error {
	i := w.inEffect(f)
	if i < 0 {
		return fmt.Errorf("%s is not in effect", f.Lane())
	}
	defer func() { w.due = max(w.due, machineClock()) }() // what comes next waits for the proof
	return w.effects[i].probe()
}

// inEffect finds a fault that is in effect; -1: it is not.
func (w *World) inEffect(f sim.Fault) int {
	return slices.IndexFunc(w.effects, func(e faultInEffect) bool {
		return e.fault.Firing == f.Firing && e.fault.Kind == f.Kind && e.fault.Host == f.Host
	})
}

// Heal puts the lab back after Run, so that it can be used again: it ends what the trial's
// processes have left under way, and then undoes every fault that is still in effect, the last
// one first. It fails if something may be left, as of a process that has not ended: then the
// lab should not be used again.
func (w *World) Heal() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		return errors.New("heal the trial: it is not over")
	}
	failed := []error{w.lab.endLeftovers()} // a cut that is healed would let them through
	for len(w.effects) > 0 {
		f := w.effects[len(w.effects)-1].fault
		if err := w.Undo(f); err != nil {
			failed = append(failed, fmt.Errorf("undo %s after the trial: %w", f.Lane(), err))
		}
	}
	w.lab.network.flush()
	return errors.Join(failed...)
}
