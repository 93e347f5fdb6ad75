package virtual

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// hostClock is a clock of a host, together with the faults that change its rate.
type hostClock struct {
	sim.Clock
	base    int64        // rate without faults, billionths of true time
	factors []int64      // of the faults in effect, in billionths
	stopped int          // number of suspensions in effect
	twins   []*sim.Clock // see stepFault
}

// rate returns the current rate, in billionths of true time.
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

// fastest limits what several faults together can make of a clock: a million times its rate.
const fastest = 1_000_000 * sim.TrueRate

// faster returns rate × factor, both in billionths.
func faster(rate, factor int64) int64 {
	hi, lo := bits.Mul64(uint64(rate), uint64(factor))
	if hi >= uint64(sim.TrueRate) {
		return fastest
	}
	product, _ := bits.Div64(hi, lo, uint64(sim.TrueRate))
	return int64(min(product, uint64(fastest)))
}

// setRate puts a changed rate into effect.
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

// clock returns one of the host's clocks.
func (h *Host) clock(name sim.ClockName) (*hostClock, error) {
	switch name {
	case sim.MonotonicClock:
		return &h.mono, nil
	case sim.WallClock:
		return &h.wall, nil
	}
	return nil, fmt.Errorf("a host has no clock %q", string(name))
}

// StepMonotonic moves the monotonic clock by d. Whatever waits on that clock wakes when the
// clock, at its current rate, shows the awaited time.
func (h *Host) StepMonotonic(d time.Duration) { h.stepClock(&h.mono, d) }

// SetMonotonicRate makes the monotonic clock run at rate billionths of true time, multiplied by
// the factors of faults. A rate of 0 stops it, as on a suspended machine.
func (h *Host) SetMonotonicRate(rate int64) {
	h.mono.base = rate
	h.rateChanged(&h.mono)
}

// StepWall moves the wall clock by d. Of everything that waits, this affects only AtWall; the
// rest uses the monotonic clock.
func (h *Host) StepWall(d time.Duration) { h.stepClock(&h.wall, d) }

// SetWallRate makes the wall clock run at rate billionths of true time, multiplied by the
// factors of faults.
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

// rearm moves everything that waits on one of the host's clocks to its new true time. Things
// that remain due at the same instant keep their order.
func (h *Host) rearm(c *hostClock) {
	var mine []entry
	for e := range h.world.upcoming() {
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
