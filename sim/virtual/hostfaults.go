package virtual

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

var (
	errDown     = errors.New("the host is down")
	errSinceUp  = errors.New("the host runs")
	errNoBoot   = errors.New("nothing is known of how to start this host again")
	errNotStill = errors.New("its monotonic clock goes on")
)

// hostEffects are what this world does to a host, by the kind of fault.
var hostEffects = map[sim.FaultKind]func(*Host, sim.Fault) (effect, error){
	sim.Pause:      unlessDown((*Host).pauseFault),
	sim.Suspend:    unlessDown((*Host).suspendFault),
	sim.Crash:      always((*Host).crashFault),
	sim.StallDisk:  always((*Host).diskFault),
	sim.ClockFault: (*Host).clockFault,
}

// always does what can be done to every host, and is the same each time.
func always(do func(*Host) effect) func(*Host, sim.Fault) (effect, error) {
	return func(h *Host, _ sim.Fault) (effect, error) { return do(h), nil }
}

// unlessDown does what cannot be done to a host that is switched off.
func unlessDown(do func(*Host) effect) func(*Host, sim.Fault) (effect, error) {
	return func(h *Host, _ sim.Fault) (effect, error) {
		if h.down {
			return effect{}, errDown
		}
		return do(h), nil
	}
}

// pauseFault is proven by what a pause is: the host lets nothing happen. That nothing did
// happen in between is for the checker faults-happened to see in the history. A crash
// ends it: the processes that were stopped are gone.
func (h *Host) pauseFault() effect {
	life := h.life
	h.pause()
	return effect{
		probe: func() error {
			if h.life != life {
				return fmt.Errorf("%s has crashed since", h.id)
			}
			if h.paused == 0 {
				return fmt.Errorf("%s is not paused", h.id)
			}
			return nil
		},
		undo: func() error {
			if h.life == life {
				h.resume()
			}
			return nil
		},
	}
}

// suspendFault is a pause in which the monotonic clock stands still.
func (h *Host) suspendFault() effect {
	pause := h.pauseFault()
	h.mono.stopped++
	h.rateChanged(&h.mono)
	return effect{
		probe: func() error {
			if h.mono.At(h.world.now+time.Second) != h.Now() {
				return errNotStill
			}
			return pause.probe()
		},
		undo: func() error {
			h.mono.stopped--
			h.rateChanged(&h.mono)
			return pause.undo()
		},
	}
}

// diskFault is proven by a sync: it does not get done. A host that crashes meanwhile finds
// its disk as it left it.
func (h *Host) diskFault() effect {
	h.disk.stall()
	done := false
	h.disk.Sync(func() { done = true })
	return effect{
		probe: func() error {
			if done {
				return fmt.Errorf("the disk of %s syncs what it is given", h.id)
			}
			return nil
		},
		undo: func() error {
			h.disk.goOn(h)
			return nil
		},
	}
}

// crashFault: a host that is down already stays down for both crashes.
func (h *Host) crashFault() effect {
	h.crashes++
	h.Crash()
	return effect{
		probe: func() error {
			if !h.down {
				return errSinceUp
			}
			return nil
		},
		undo: func() error {
			if h.crashes--; h.crashes > 0 {
				return nil
			}
			if h.boot == nil {
				return errNoBoot
			}
			h.Restart()
			return nil
		},
	}
}

// clockFault steps one of the host's clocks, or changes its rate.
func (h *Host) clockFault(f sim.Fault) (effect, error) {
	c, err := h.clock(f.Clock)
	switch {
	case err != nil:
		return effect{}, err
	case f.Rate != 0:
		return h.rateFault(c, f.Rate), nil
	}
	return h.stepFault(c, f.Step), nil
}

// stepFault keeps a twin of the clock that is not stepped but goes along with everything
// else that is done to the clock, and is proven by the difference of the two.
func (h *Host) stepFault(c *hostClock, d time.Duration) effect {
	now := h.world.now
	twin := c.Clone()
	twin.Step(now, 0) // both break here, so that both round alike
	h.stepClock(c, d)
	c.twins = append(c.twins, twin)
	return effect{
		probe: func() error {
			if apart := c.At(h.world.now) - twin.At(h.world.now); apart != d {
				return fmt.Errorf("the clock of %s is off by %v, expected %v", h.id, apart, d)
			}
			return nil
		},
		undo: func() error {
			c.twins = slices.DeleteFunc(c.twins, func(t *sim.Clock) bool { return t == twin })
			h.stepClock(c, -d)
			return nil
		},
	}
}

// rateFault is proven by how far the clock gets in a second. The rates of several faults
// multiply.
func (h *Host) rateFault(c *hostClock, rate int64) effect {
	c.factors = append(c.factors, rate)
	h.rateChanged(c)
	return effect{
		probe: func() error {
			now := h.world.now
			got, want := c.At(now+time.Second)-c.At(now), time.Duration(c.rate())
			if apart := got - want; apart < -1 || apart > 1 || !slices.Contains(c.factors, rate) { // both ends are rounded
				return fmt.Errorf("the clock of %s goes on by %v in a second, expected %v", h.id, got, want)
			}
			return nil
		},
		undo: func() error {
			i := slices.Index(c.factors, rate)
			c.factors = slices.Delete(c.factors, i, i+1)
			h.rateChanged(c)
			return nil
		},
	}
}
