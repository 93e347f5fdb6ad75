package sim

import (
	"slices"
	"time"
)

// TrueRate is the rate of a clock that runs as fast as true time, in billionths.
const TrueRate int64 = billion

// Clock maps true time to what one clock of a host shows, as a line that may be broken
// by steps and changes of rate. It remembers every break, so a history can be judged on
// the clock that the client itself was looking at. The zero Clock shows true time.
type Clock struct {
	breaks []clockBreak // ascending in true time
}

// clockBreak begins a straight piece: at true time `at` the clock showed `shows`, and
// from there it ran at `rate` billionths of true time.
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

// At is what the clock shows at a point of true time that is not before its last break.
func (c *Clock) At(at time.Duration) time.Duration { return c.last().shown(at) }

// Clone makes a copy that goes its own way.
func (c *Clock) Clone() *Clock { return &Clock{breaks: slices.Clone(c.breaks)} }

// Step moves the clock by d (forward or back) at the true time at.
func (c *Clock) Step(at, d time.Duration) {
	b := c.last()
	c.breaks = append(c.breaks, clockBreak{at: at, shows: b.shown(at) + d, rate: b.rate})
}

// SetRate makes the clock run at rate billionths of true time from the true time at on;
// 0 stops it.
func (c *Clock) SetRate(at time.Duration, rate int64) {
	c.breaks = append(c.breaks, clockBreak{at: at, shows: c.last().shown(at), rate: rate})
}

// When is the first true time, not before from, at which the clock shows d or more;
// Forever if its present course never gets there. It looks only at the piece that from
// lies in and those after it.
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

// when is the first true time at which this piece, if it went on for ever, shows d.
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

// AddCapped adds a wait to a point of time. Waiting for ever ends never: the sum is capped
// at Forever. A negative wait is none.
func AddCapped(at, wait time.Duration) time.Duration {
	wait = max(wait, 0)
	if at > Forever-wait { // at may be negative: a clock that was set back
		return Forever
	}
	return at + wait
}
