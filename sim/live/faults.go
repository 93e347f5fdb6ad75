//go:build linux

package live

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
)

// effect is a fault that is in effect: how to look whether it is, and how to end it.
//
// Moments are on the machine's clock, and those that the history shows: before the first
// nothing has come of the fault, from it on the fault is wholly in effect, and after the
// second no more.
type effect struct {
	At    time.Duration
	Probe func() error
	Undo  func() (at time.Duration, err error)
}

// faultInEffect is a fault with how to look whether it is in effect, and how to end it.
type faultInEffect struct {
	fault sim.Fault
	effect
}

// limits are what an effect cannot do.
type limits struct {
	machine func() error          // why this machine cannot do any such fault; nil: every machine can
	each    func(sim.Fault) error // why this fault cannot be done on any machine; nil: all alike
}

// limitsOf gives the limits of a kind of fault; false: this world has no such effect.
func limitsOf(k sim.FaultKind) (limits, bool) {
	if onHost, is := hostEffects[k]; is {
		return onHost.limits, true
	}
	onLinks, is := linkEffects[k]
	return onLinks.limits, is
}

// Can says why the live world cannot do faults of this kind; nil: it can.
func (w *World) Can(kind sim.FaultKind) error { return Can(kind) }

// Can says why this machine cannot do any fault of this kind to real processes; nil: it
// can. CanDo says it of one fault.
func Can(kind sim.FaultKind) error {
	switch l, is := limitsOf(kind); {
	case !is:
		return fmt.Errorf("the live world has no fault %q", string(kind))
	case l.machine != nil:
		return l.machine()
	}
	return nil
}

// CanDo says why a fault, which may name duties, cannot be done to real processes on this
// machine; nil: it can.
func CanDo(f sim.Fault) error {
	if l, _ := limitsOf(f.Kind); l.each != nil {
		if err := l.each(f); err != nil {
			return err
		}
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

// Await calls f when the fault can be applied: at once, or when a message is on its way.
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
	e, err := w.bring(f)
	if err != nil {
		return err
	}
	w.effects = append(w.effects, faultInEffect{f, e})
	w.applied = w.since(e.At)
	w.carriedOut(e.At, f.Lane()+" came")
	return nil
}

// bring brings the effect of a fault about, which this world has.
func (w *World) bring(f sim.Fault) (effect, error) {
	if onHost, is := hostEffects[f.Kind]; is {
		a := w.lab.Agent(f.Host)
		if a == nil {
			return effect{}, fmt.Errorf("there is no host %s in this trial", f.Host)
		}
		return onHost.bring(w, a, f)
	}
	links, err := w.links(f)
	if err != nil {
		return effect{}, err
	}
	return linkEffects[f.Kind].bring(w, links, f)
}

// Undo ends the fault.
func (w *World) Undo(f sim.Fault) error {
	i := w.inEffect(f)
	if i < 0 {
		return fmt.Errorf("%s is not in effect", f.Lane())
	}
	e := w.effects[i]
	w.effects = slices.Delete(w.effects, i, i+1)
	w.carriedOut(clock.Now(), "the end of "+f.Lane()+" came")
	at, err := e.Undo()
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
	defer func() { w.due = max(w.due, clock.Now()) }() // what comes next waits for the proof
	return w.effects[i].Probe()
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
	w.lab.network.Flush()
	return errors.Join(failed...)
}
