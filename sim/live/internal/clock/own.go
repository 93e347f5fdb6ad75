//go:build linux

package clock

import "time"

// Own relates a process's own monotonic clock, of which Go shows only differences, to the
// machine's. It holds readings of both from one moment, when they were known to be Shift apart.
type Own struct {
	Shift time.Duration

	own           time.Time
	before, after time.Duration // the machine's clock just before and after own was read
}

// ReadOwn reads this process's own clock and the machine's.
func ReadOwn() Own {
	o := Own{before: Now(), own: time.Now()}
	o.after = Now()
	return o
}

// Monotonic returns what this process's monotonic clock showed at the given moment.
func (o Own) Monotonic(at time.Time) time.Duration { return o.before + o.Shift + at.Sub(o.own) }

// Compare reads this process's clocks, and the machine's just before and after. ask is the number
// of the question that it answers.
func (o Own) Compare(ask int) *Reading {
	before, wallBefore := Now(), Wall()
	now := time.Now()
	after, wallAfter := Now(), Wall()
	wall := time.Duration(now.UnixNano())
	mono := o.Monotonic(now)
	return &Reading{
		Ask:       ask,
		Wall:      Bounds{wall - wallAfter, wall - wallBefore},
		Monotonic: Bounds{mono - after, mono + (o.after - o.before) - before},
	}
}

// Reading is the result of comparing a process's own clocks, as any code in it sees them, with
// the machine's: bounds of the shift of each.
type Reading struct {
	Ask       int    `json:"ask"` // number of the question
	Wall      Bounds `json:"wall"`
	Monotonic Bounds `json:"monotonic"`
}

// Bounds are the minimum and the maximum of something that was measured.
type Bounds [2]time.Duration

// Include reports whether a value lies within the bounds.
func (b Bounds) Include(d time.Duration) bool { return b[0] <= d && d <= b[1] }
