package virtual

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// hostClock is a clock of a host, and what faults do to the rate at which it runs.
type hostClock struct {
	sim.Clock
	base    int64        // rate without faults, billionths of true time
	factors []int64      // what the faults in effect make of it, billionths each
	stopped int          // how many suspensions are in effect
	twins   []*sim.Clock // see stepFault
}

// rate is the present rate, in billionths of true time.
func (c *hostClock) rate() int64 {
	if c.stopped > 0 {
		return 0
	}
	rate := c.base
	for _, f := range c.factors {
		rate = faster(rate, f)
	}
	return rate
}

// fastest bounds what several faults together can make of a clock: a million times.
const fastest = 1_000_000 * sim.TrueRate

// faster is rate × factor, both in billionths.
func faster(rate, factor int64) int64 {
	hi, lo := bits.Mul64(uint64(rate), uint64(factor))
	if hi >= uint64(sim.TrueRate) {
		return fastest
	}
	product, _ := bits.Div64(hi, lo, uint64(sim.TrueRate))
	return int64(min(product, uint64(fastest)))
}

// setRate brings a change of the rate into effect.
func (c *hostClock) setRate(now time.Duration) {
	c.SetRate(now, c.rate())
	for _, twin := range c.twins {
		twin.SetRate(now, c.rate())
	}
}

func (c *hostClock) step(now, d time.Duration) {
	c.Step(now, d)
	for _, twin := range c.twins {
		twin.Step(now, d)
	}
}

// clock gives one of the host's clocks.
func (h *Host) clock(name sim.ClockName) (*hostClock, error) {
	switch name {
	case sim.MonotonicClock:
		return &h.mono, nil
	case sim.WallClock:
		return &h.wall, nil
	}
	return nil, fmt.Errorf("a host has no clock %q", string(name))
}

// StepMonotonic moves the monotonic clock by d. Whoever waits on that clock wakes when
// the clock, as it then runs, shows the time waited for.
func (h *Host) StepMonotonic(d time.Duration) { h.stepClock(&h.mono, d) }

// SetMonotonicRate makes the monotonic clock run at rate billionths of true time, times
// what faults make of it; 0 stops it, as a suspended machine does.
func (h *Host) SetMonotonicRate(rate int64) {
	h.mono.base = rate
	h.rateChanged(&h.mono)
}

// StepWall moves the wall clock by d. Of what waits only AtWall is moved: all else counts on
// the monotonic clock.
func (h *Host) StepWall(d time.Duration) { h.stepClock(&h.wall, d) }

// SetWallRate makes the wall clock run at rate billionths of true time, times what faults
// make of it.
func (h *Host) SetWallRate(rate int64) {
	h.wall.base = rate
	h.rateChanged(&h.wall)
}

func (h *Host) stepClock(c *hostClock, d time.Duration) {
	c.step(h.world.now, d)
	h.rearm(c)
}

func (h *Host) rateChanged(c *hostClock) {
	c.setRate(h.world.now)
	h.rearm(c)
}

// rearm moves all that waits on one of the host's clocks to its new true time, and keeps
// the order of what stays at one instant.
func (h *Host) rearm(c *hostClock) {
	var mine []entry
	for _, e := range h.world.queue.entries {
		if e.timer.host == h && e.timer.clock == c {
			mine = append(mine, e)
		}
	}
	slices.SortFunc(mine, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	for _, t := range h.stalled {
		if t.clock == c {
			mine = append(mine, entry{timer: t})
		}
	}
	for _, e := range mine {
		h.world.scheduleOn(c, e.timer, e.timer.due)
	}
}
