package virtual

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// effect is a fault that is in effect: how to look whether it is, and how to end it.
type effect struct {
	fault sim.Fault
	probe func() error
	undo  func() error
}

// Can says which faults this world does: all that have an effect in one of its tables.
func (w *World) Can(k sim.FaultKind) error {
	if hostEffects[k] == nil && linkEffects[k] == nil {
		return fmt.Errorf("the virtual world has no fault %q", string(k))
	}
	return nil
}

// Apply does a fault to a running trial. Faults nest: what two of them do to one host or
// link ends when both have been undone.
func (w *World) Apply(f sim.Fault) error {
	if err := w.Can(f.Kind); err != nil {
		return err
	}
	e, err := w.bring(f)
	if err != nil {
		return err
	}
	e.fault = f
	w.effects = append(w.effects, e)
	return nil
}

// bring brings the effect of a fault about, which this world has.
func (w *World) bring(f sim.Fault) (effect, error) {
	if onHost := hostEffects[f.Kind]; onHost != nil {
		return onHost(w.Host(f.Host), f)
	}
	named, err := f.Links()
	if err != nil {
		return effect{}, err
	}
	return linkEffects[f.Kind](w, named, f)
}

// Undo ends a fault.
func (w *World) Undo(f sim.Fault) error {
	i := w.effect(f)
	if i < 0 {
		return fmt.Errorf("%s is not in effect", f.Lane())
	}
	e := w.effects[i]
	w.effects = slices.Delete(w.effects, i, i+1)
	return e.undo()
}

// Probe looks at the host, the clock or the link itself whether a fault is in effect.
func (w *World) Probe(f sim.Fault) error {
	i := w.effect(f)
	if i < 0 {
		return fmt.Errorf("%s is not in effect", f.Lane())
	}
	return w.effects[i].probe()
}

// effect finds a fault that is in effect; -1: it is not.
func (w *World) effect(f sim.Fault) int {
	return slices.IndexFunc(w.effects, func(e effect) bool {
		return e.fault.Firing == f.Firing && e.fault.Kind == f.Kind && e.fault.Host == f.Host
	})
}

// After calls f once d of true time has passed.
func (w *World) After(d time.Duration, f func()) {
	w.schedule(&timer{place: nowhere, run: f}, sim.AddCapped(w.now, d))
}

// RecordFault puts an event of the world itself into the history.
func (w *World) RecordFault(e sim.Event) { w.record(e) }

// Hosts lists all hosts, in the order in which they were added.
func (w *World) Hosts() []sim.HostID {
	var ids []sim.HostID
	for _, h := range w.hosts {
		ids = append(ids, h.id)
	}
	return ids
}

// SetRoles says who plays which part in the lock service: who is asked when a fault is
// done to the leader, master, majority or minority, and returns none when nobody is that.
func (w *World) SetRoles(who func(role string) []sim.HostID) { w.roles = who }

// Role asks the lock service who plays a part at this moment.
func (w *World) Role(role sim.Role) []sim.HostID {
	if w.roles == nil {
		return nil
	}
	return w.roles(string(role))
}

// Draw gives the next number of the stream that faults draw from.
func (w *World) Draw() uint64 { return w.chance.Uint64() }
