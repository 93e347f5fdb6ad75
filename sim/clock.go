package sim

import (
	"slices"
	"time"
)

// TrueRate is the rate, in billionths, of a clock that keeps true time.
const TrueRate int64 = billion

// Clock maps true time to the reading of one clock of a host. The map is a line that may be
// broken by steps and changes of rate. Clock keeps every break, so that a history can be judged
// by the clock the client itself was reading. The zero Clock shows true time.
type Clock struct {
	breaks []clockBreak // ascending in true time
}

// clockBreak starts a straight piece: at true time `at` the clock showed `shows`, and from there
// it runs at `rate` billionths of true time.
type clockBreak struct {
	at, shows time.Duration
	rate      int64
}

func (c *Clock) last() clockBreak {
	if len(c.breaks) == 0 {
		return clockBreak{rate: TrueRate}
	}
	return c.breaks[len(c.breaks)-1]
}

func (b clockBreak) shown(at time.Duration) time.Duration {
	gone := at - b.at
	if b.rate != TrueRate {
		gone = scale(gone, b.rate)
	}
	return AddCapped(b.shows, gone)
}

// At returns the reading at a true time no earlier than the clock's last break.
func (c *Clock) At(at time.Duration) time.Duration { return c.last().shown(at) }

// Clone returns an independent copy.
func (c *Clock) Clone() *Clock { return &Clock{breaks: slices.Clone(c.breaks)} }

// Step moves the clock by d, forward or back, at the given true time.
func (c *Clock) Step(at, d time.Duration) {
	b := c.last()
	c.breaks = append(c.breaks, clockBreak{at: at, shows: b.shown(at) + d, rate: b.rate})
}

// SetRate makes the clock run at rate billionths of true time from the given true time on. A
// rate of 0 stops the clock.
func (c *Clock) SetRate(at time.Duration, rate int64) {
	c.breaks = append(c.breaks, clockBreak{at: at, shows: c.last().shown(at), rate: rate})
}

// When returns the first true time, not before from, at which the clock shows d or more. It
// returns Forever if the clock never gets there on its present course. Only the piece that
// contains from and later pieces are considered.
func (c *Clock) When(from, d time.Duration) time.Duration {
	if len(c.breaks) == 0 {
		return max(from, d)
	}
	first := clockBreak{rate: TrueRate}
	for i := -1; i < len(c.breaks); i++ {
		b := first
		if i >= 0 {
			b = c.breaks[i]
		}
		end := Forever
		if i+1 < len(c.breaks) {
			end = c.breaks[i+1].at
		}
		if end <= from && end != Forever {
			continue
		}
		if at := max(from, b.when(d)); at < end {
			return at
		}
	}
	return Forever
}

// when returns the first true time at which this piece, if it never ended, would show d.
func (b clockBreak) when(d time.Duration) time.Duration {
	ahead := d - b.shows
	switch {
	case d <= b.shows:
		return b.at
	case b.rate == 0 || d == Forever || ahead < 0: // ahead overflowed: more than 292 years
		return Forever
	case b.rate == TrueRate:
		return AddCapped(b.at, ahead)
	}
	at := AddCapped(b.at, mulDiv(ahead, billion, b.rate))
	for at != Forever && b.shown(at) < d { // the division rounded down
		at++
	}
	return at
}

// AddCapped adds a wait to a point in time. The sum is capped at Forever, so an endless wait
// never ends. A negative wait counts as zero.
func AddCapped(at, wait time.Duration) time.Duration {
	wait = max(wait, 0)
	if at > Forever-wait { // at may be negative, after a clock was set back
		return Forever
	}
	return at + wait
}
