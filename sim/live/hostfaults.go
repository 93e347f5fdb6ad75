//go:build linux

package live

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// applyHost does a fault to a host's processes or their clocks.
func (w *World) applyHost(f sim.Fault) (effect, error) {
	a := w.lab.Agent(f.Host)
	if a == nil {
		return effect{}, fmt.Errorf("there is no host %s in this trial", f.Host)
	}
	switch {
	case f.Kind == sim.Crash:
		return w.crashFault(a)
	case f.Kind == sim.Suspend:
		return w.suspendFault(a)
	case f.Kind == sim.Pause:
		return pauseFault(a)
	case f.Clock == sim.MonotonicClock:
		return w.monotonicFault(a, f.Step)
	}
	return wallFault(a, f.Step)
}

// pauseFault ends with a crash of the host: the processes that were stopped are gone.
func pauseFault(a *Agent) (effect, error) {
	if err := a.Pause(); err != nil {
		return effect{}, err
	}
	return stopped(a, a.Resume), nil
}

// suspendFault is a pause in which the monotonic clock stands still.
func (w *World) suspendFault(a *Agent) (effect, error) {
	at, err := a.Suspend()
	if err != nil {
		return effect{}, err
	}
	if at != 0 {
		w.clock(a.id).SetRate(at-w.zero, 0)
	}
	return stopped(a, func() error {
		at, err := a.Wake()
		if at != 0 {
			w.clock(a.id).SetRate(at-w.zero, sim.TrueRate)
		}
		return errors.Join(err, a.clocksShifted())
	}), nil
}

// stopped is the effect of having stopped a host, that resume ends.
func stopped(a *Agent, resume func() error) effect {
	life := a.lifeNow()
	return effect{
		probe: func() error {
			if a.lifeNow() != life {
				return fmt.Errorf("host %s has crashed since", a.id)
			}
			return a.Paused()
		},
		undo: func() error {
			if a.lifeNow() != life {
				return nil
			}
			return resume()
		},
	}
}

// crashFault cuts the host off before it kills its processes: a machine that is switched
// off tells nobody that its connections are gone.
func (w *World) crashFault(a *Agent) (effect, error) {
	cut, err := w.cutOff(a.id)
	if err != nil {
		return effect{}, err
	}
	since := a.suspendedSince()
	if err := a.Crash(); err != nil {
		return effect{}, errors.Join(err, cut.undo())
	}
	if since != 0 { // the crash has ended a suspension
		w.clock(a.id).SetRate(w.now(), sim.TrueRate)
	}
	return effect{
		probe: a.Crashed,
		undo: func() error {
			procs, err := a.Restart()
			return errors.Join(err, w.join(procs), cut.undo())
		},
	}, nil
}

// cutOff cuts all links of a host.
func (w *World) cutOff(host sim.HostID) (effect, error) {
	var links []*link
	for _, other := range w.lab.hosts() {
		if other == host {
			continue
		}
		for _, named := range []sim.Link{{From: host, To: other}, {From: other, To: host}} {
			l, err := w.lab.link(named)
			if err != nil {
				return effect{}, err
			}
			links = append(links, l)
		}
	}
	return w.lab.network.partition(links), nil
}

// wallFault steps the wall clock of a host, and back at its end.
func wallFault(a *Agent, step time.Duration) (effect, error) {
	if err := a.inhabited(); err != nil {
		return effect{}, err
	}
	if err := a.StepWall(step); err != nil {
		return effect{}, err
	}
	return effect{
		probe: a.provenClocks,
		undo: func() error {
			if err := a.StepWall(-step); err != nil {
				return err
			}
			return a.provenClocks()
		},
	}, nil
}

// monotonicFault steps the monotonic clock of a host for good.
func (w *World) monotonicFault(a *Agent, step time.Duration) (effect, error) {
	if err := a.inhabited(); err != nil {
		return effect{}, err
	}
	at, err := a.StepMonotonic(step)
	if err != nil {
		return effect{}, err
	}
	w.clock(a.id).Step(at-w.zero, step)
	return effect{
		probe: a.provenClocks,
		undo:  func() error { return errBackwards },
	}, nil
}

// clock gives the record of a host's monotonic clock. The caller holds mu.
func (w *World) clock(host sim.HostID) *sim.Clock {
	if w.clocks[host] == nil {
		w.clocks[host] = &sim.Clock{}
	}
	return w.clocks[host]
}

// Clock gives what the host's monotonic clock showed, over true time, as sim.Finish wants
// it; nil: true time, as no fault has touched it. Call it after Run.
func (w *World) Clock(host sim.HostID) *sim.Clock {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clocks[host]
}
