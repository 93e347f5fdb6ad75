//go:build linux

package live

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/network"
	"github.com/locklab/locklab/sim/live/vdso"
)

// hostEffect is what this world does to a host's processes or their clocks.
type hostEffect struct {
	limits
	bring func(*World, *Agent, sim.Fault) (effect, error)
}

// hostEffects are what this world does to a host, by the kind of fault.
var hostEffects = map[sim.FaultKind]hostEffect{
	sim.Pause:      {bring: toAgent(pauseFault)},
	sim.Suspend:    {bring: (*World).suspendFault, limits: limits{machine: vdso.Patchable}},
	sim.Crash:      {bring: (*World).crashFault},
	sim.StallDisk:  {bring: toAgent(diskFault), limits: limits{machine: confine.DiskStall}},
	sim.ClockFault: {bring: (*World).clockFault, limits: limits{machine: vdso.Patchable, each: canTurn}},
}

// toAgent does what concerns nobody but the host's agent, and is the same each time.
func toAgent(do func(*Agent) (effect, error)) func(*World, *Agent, sim.Fault) (effect, error) {
	return func(_ *World, a *Agent, _ sim.Fault) (effect, error) { return do(a) }
}

// pauseFault ends with a crash of the host: the processes that were stopped are gone.
func pauseFault(a *Agent) (effect, error) {
	if err := a.Pause(); err != nil {
		return effect{}, err
	}
	return stopped(a, clock.Now(), func() (time.Duration, error) {
		at := clock.Now() // it still stands still
		return at, a.Resume()
	}), nil
}

// suspendFault is a pause in which the monotonic clock stands still.
func (w *World) suspendFault(a *Agent, _ sim.Fault) (effect, error) {
	at, err := a.Suspend()
	if err != nil {
		return effect{}, err
	}
	if at != 0 {
		w.clock(a.id).SetRate(w.since(at), 0)
	}
	return stopped(a, cmp.Or(at, clock.Now()), func() (time.Duration, error) {
		until := clock.Now()
		at, err := a.Wake()
		if at != 0 {
			w.clock(a.id).SetRate(w.since(at), sim.TrueRate)
		}
		_, shifted := a.clocksShifted()
		return cmp.Or(at, until), errors.Join(err, shifted)
	}), nil
}

// stopped is the effect of having stopped a host, that resume ends.
func stopped(a *Agent, at time.Duration, resume func() (time.Duration, error)) effect {
	life := a.lifeNow()
	return effect{
		At: at,
		Probe: func() error {
			if a.lifeNow() != life {
				return fmt.Errorf("host %s has crashed since", a.id)
			}
			return a.Paused()
		},
		Undo: func() (time.Duration, error) {
			if a.lifeNow() != life {
				return clock.Now(), nil
			}
			return resume()
		},
	}
}

// crashFault cuts the host off before it kills its processes: a machine that is switched
// off tells nobody that its connections are gone, and sends nothing again. What has left it
// is not in its power any more. It happens at the moment of the cut: the processes stand
// still by then, and do nothing again.
func (w *World) crashFault(a *Agent, _ sim.Fault) (effect, error) {
	from, to, err := w.linksOf(a.id)
	if err != nil {
		return effect{}, err
	}
	all := slices.Concat(from, to)
	var at time.Duration
	since := a.suspendedSince()
	err = a.crash(func() error {
		if err := w.lab.network.Settle(from); err != nil {
			return err
		}
		at = w.lab.network.SwitchOff(a.id, all)
		return nil
	})
	if err != nil {
		if at != 0 {
			w.lab.network.SwitchOn(a.id, all)
		}
		return effect{}, err
	}
	if since != 0 { // the crash has ended a suspension
		w.clock(a.id).SetRate(w.now(), sim.TrueRate)
	}
	return effect{
		At:    at,
		Probe: a.Crashed,
		Undo: func() (time.Duration, error) {
			until := clock.Now() // nothing runs on it yet
			err := errors.Join(a.dropConnections(), w.lab.network.Settle(from))
			procs, failed := a.Restart()
			err = errors.Join(err, failed, w.join(procs))
			w.lab.network.SwitchOn(a.id, all)
			w.switchedOn(a.id, until)
			return until, err
		},
	}, nil
}

// linksOf gives the links from a host and those to it, in the same order of the others.
func (w *World) linksOf(host sim.HostID) (from, to []*network.Link, err error) {
	for _, other := range w.lab.hosts() {
		if other == host {
			continue
		}
		out, err1 := w.lab.link(sim.Link{From: host, To: other})
		in, err2 := w.lab.link(sim.Link{From: other, To: host})
		if err := errors.Join(err1, err2); err != nil {
			return nil, nil, err
		}
		from, to = append(from, out), append(to, in)
	}
	return from, to, nil
}

// diskFault stalls the disk of a host.
func diskFault(a *Agent) (effect, error) {
	s, err := a.disk.Stall()
	if err != nil {
		return effect{}, err
	}
	return effect{At: s.At, Probe: s.Probe, Undo: s.Undo}, nil
}

// clockFault steps one of the host's clocks.
func (w *World) clockFault(a *Agent, f sim.Fault) (effect, error) {
	switch f.Clock {
	case sim.MonotonicClock:
		return w.monotonicFault(a, f.Step)
	case sim.WallClock:
		return wallFault(a, f.Step)
	}
	return effect{}, fmt.Errorf("a host has no clock %q", string(f.Clock))
}

// wallFault steps the wall clock of a host, and back at its end.
func wallFault(a *Agent, step time.Duration) (effect, error) {
	if err := a.inhabited(); err != nil {
		return effect{}, err
	}
	at, err := a.StepWall(step)
	if err != nil {
		return effect{}, err
	}
	return effect{
		At:    at,
		Probe: a.seenClocks(),
		Undo: func() (time.Duration, error) {
			until, err := a.StepWall(-step)
			if err != nil {
				return 0, err
			}
			_, err = a.provenClocks()
			return until, err
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
	w.clock(a.id).Step(w.since(at), step)
	return effect{
		At:    at,
		Probe: a.seenClocks(),
		Undo:  func() (time.Duration, error) { return 0, errBackwards },
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
