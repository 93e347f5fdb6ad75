package sim

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAClockThatNothingHappenedToShowsTrueTime(t *testing.T) {
	var c Clock
	if got := c.At(3 * time.Second); got != 3*time.Second {
		t.Errorf("at 3s it shows %v", got)
	}
	if got := c.When(2*time.Second, 5*time.Second); got != 5*time.Second {
		t.Errorf("it shows 5s at %v", got)
	}
	if got := c.When(7*time.Second, 5*time.Second); got != 7*time.Second {
		t.Errorf("from 7s on, it first shows 5s or more at %v", got)
	}
	if got := c.When(0, Forever); got != Forever {
		t.Errorf("it shows Forever at %v", got)
	}
}

func TestStepsAndRatesMoveAClock(t *testing.T) {
	const s = time.Second
	for _, each := range []struct {
		name  string
		build func(*Clock)
		at    time.Duration // after the last break
		shows time.Duration
	}{
		{"a step forward", func(c *Clock) { c.Step(10*s, 30*s) }, 12 * s, 42 * s},
		{"a step back", func(c *Clock) { c.Step(10*s, -4*s) }, 12 * s, 8 * s},
		{"two steps", func(c *Clock) { c.Step(10*s, 5*s); c.Step(20*s, 1*s) }, 30 * s, 36 * s},
		{"twice as fast", func(c *Clock) { c.SetRate(10*s, 2*TrueRate) }, 15 * s, 20 * s},
		{"half as fast", func(c *Clock) { c.SetRate(10*s, TrueRate/2) }, 20 * s, 15 * s},
		{"stopped", func(c *Clock) { c.SetRate(10*s, 0) }, 99 * s, 10 * s},
		{"stopped and set going", func(c *Clock) { c.SetRate(10*s, 0); c.SetRate(15*s, TrueRate) }, 20 * s, 15 * s},
		{"a step of a fast clock keeps its rate", func(c *Clock) { c.SetRate(0, 2*TrueRate); c.Step(10*s, 1*s) }, 11 * s, 23 * s},
	} {
		t.Run(each.name, func(t *testing.T) {
			var c Clock
			each.build(&c)
			if got := c.At(each.at); got != each.shows {
				t.Errorf("at %v it shows %v, want %v", each.at, got, each.shows)
			}
		})
	}
}

func TestWhenAClockReachesAReading(t *testing.T) {
	const s = time.Second
	var c Clock
	c.Step(10*s, 30*s)          // 10s → 40s
	c.SetRate(20*s, 0)          // 20s → 50s, stands
	c.Step(25*s, -20*s)         // 25s → 30s, stands
	c.SetRate(30*s, 2*TrueRate) // from 30s on, twice as fast
	for _, each := range []struct {
		name              string
		from, shows, want time.Duration
	}{
		{"before the step", 0, 5 * s, 5 * s},
		{"within the step forward", 0, 25 * s, 10 * s},
		{"after the step", 0, 45 * s, 15 * s},
		{"asked for later than that", 17 * s, 45 * s, 17 * s},
		{"the reading it stops at", 0, 50 * s, 20 * s},
		{"almost for ever, on a fast clock", 0, Forever - 1, Forever/2 + 15*s},
		{"not while it stands", 0, 60 * s, 45 * s},
		{"after the step back, what it had shown before", 26 * s, 45 * s, 37*s + s/2},
		{"never in our time", 0, Forever, Forever},
	} {
		t.Run(each.name, func(t *testing.T) {
			if got := c.When(each.from, each.shows); got != each.want {
				t.Errorf("from %v on, it shows %v at %v, want %v", each.from, each.shows, got, each.want)
			}
		})
	}
	var stopped Clock
	stopped.SetRate(10*s, 0)
	if got := stopped.When(0, 11*s); got != Forever {
		t.Errorf("a clock stopped at 10s shows 11s at %v", got)
	}
}

// Whatever was done to a clock, When finds a moment at which the clock shows the reading, and a
// nanosecond earlier, unless that is before from, it did not.
func TestWhenAndAtAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Clock
		at := time.Duration(0)
		for range rapid.IntRange(0, 4).Draw(t, "breaks") {
			at += time.Duration(rapid.Int64Range(0, 1e10).Draw(t, "later"))
			if rapid.Bool().Draw(t, "step") {
				c.Step(at, time.Duration(rapid.Int64Range(-1e10, 1e10).Draw(t, "by")))
			} else {
				c.SetRate(at, rapid.Int64Range(0, 3*TrueRate).Draw(t, "rate"))
			}
		}
		from := at + time.Duration(rapid.Int64Range(0, 1e10).Draw(t, "from"))
		d := c.At(from) + time.Duration(rapid.Int64Range(-1e10, 1e11).Draw(t, "ahead"))
		when := c.When(from, d)
		if when == Forever {
			// At 20 billionths of true time, two minutes take 190 years; slower clocks may not
			// get there before Forever, which is 292 years away.
			if n := len(c.breaks); n == 0 || c.breaks[n-1].rate > 20 {
				t.Fatalf("a clock that runs never shows %v", d)
			}
			return
		}
		if when < from {
			t.Fatalf("When(%v, …) is %v, before that", from, when)
		}
		if c.At(when) < d {
			t.Errorf("at %v it shows %v, not yet %v", when, c.At(when), d)
		}
		if when > from && c.At(when-1) >= d {
			t.Errorf("a nanosecond before %v it already shows %v", when, c.At(when-1))
		}
	})
}
