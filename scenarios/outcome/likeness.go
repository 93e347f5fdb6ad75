package outcome

import (
	"fmt"
	"math"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Likeness says whether a measure comes out the same with a library and with the profile that
// stands for it.
type Likeness int8

// The likenesses, from best to worst.
const (
	Alike  Likeness = iota
	TooFew          // too few trials to tell
	Unlike          // differs by more than the allowance
)

var likenessNames = [...]string{"alike", "too few", "UNLIKE"}

func (l Likeness) String() string {
	if l < 0 || int(l) >= len(likenessNames) {
		return fmt.Sprintf("Likeness(%d)", int8(l))
	}
	return likenessNames[l]
}

// A measure is Unlike if the observed difference would arise by chance with a probability below
// unlikeChance, given that the two sides differ by no more than the allowance. The allowance is a
// share of the lease, for what the models leave out, plus the slack of the live trials, for what
// the machine adds.
const (
	unlikeChance = 1e-4
	allowedPart  = 20 // the allowance is the lease divided by this
)

// Compared is one measure of a library, run live, and of the profile that stands for it, run in
// the virtual world.
type Compared struct {
	Measure       check.Measure
	Virtual, Live Figures
	Allowed       time.Duration    // how far the two may differ, not counting what the machine adds
	Slack         [2]time.Duration // what the machine may add: the smallest and the largest over the live trials
	Likeness      Likeness
	Why           string // how the two differ; for TooFew, what is missing
}

// Figures summarizes a sample.
type Figures struct {
	Of     int     // number of trials
	Trials int     // how many of them measured anything; if none, the rest is 0
	Median float64 // median of the trials' medians
	Least  float64
	Most   float64
}

func (s *Sample) sum(m check.Measure) Figures {
	all := s.of(m)
	f := Figures{Of: s.Trials, Trials: len(all)}
	if len(all) == 0 {
		return f
	}
	f.Median = s.figures(m, medianOf)[(len(all)-1)/2]
	f.Least, f.Most = math.Inf(1), math.Inf(-1)
	for _, each := range all {
		f.Least, f.Most = min(f.Least, each.Least), max(f.Most, each.Most)
	}
	return f
}

func leastOf(v Value) float64  { return v.Least }
func medianOf(v Value) float64 { return v.P50 }
func mostOf(v Value) float64   { return v.Most }

// liken compares the live measurements with the virtual ones, under one lease. It leaves out
// measures that neither side measured.
func liken(virtual, live *Sample, ttl time.Duration) (out []Compared) {
	for _, m := range LikeMeasures() {
		if len(virtual.of(m))+len(live.of(m)) == 0 {
			continue
		}
		c := Compared{Measure: m, Virtual: virtual.sum(m), Live: live.sum(m), Allowed: ttl / allowedPart, Slack: live.slack(m)}
		c.decide(virtual, live)
		out = append(out, c)
	}
	return out
}

// slack returns the smallest and the largest of the trials' slacks, which are what the machine may
// have added.
func (s *Sample) slack(m check.Measure) (bounds [2]time.Duration) {
	for i, v := range s.of(m) {
		if i == 0 {
			bounds = [2]time.Duration{v.Slack, v.Slack}
		}
		bounds[0], bounds[1] = min(bounds[0], v.Slack), max(bounds[1], v.Slack)
	}
	return bounds
}

// decide sets Likeness and Why. It first checks whether both sides measured something equally
// often, then compares three figures of each trial: its median, its least and its most.
func (c *Compared) decide(virtual, live *Sample) {
	if tooFew(virtual.Trials, live.Trials) {
		c.Likeness, c.Why = TooFew, fmt.Sprintf("%d virtual and %d live trials", virtual.Trials, live.Trials)
		return
	}
	whether := func(Value) float64 { return 0 }
	if v, l := virtual.figures(c.Measure, whether), live.figures(c.Measure, whether); larger(v, l) || larger(l, v) {
		c.Likeness, c.Why = Unlike, fmt.Sprintf("measured in %d of %d virtual and %d of %d live trials",
			c.Virtual.Trials, c.Virtual.Of, c.Live.Trials, c.Live.Of)
		return
	}
	for _, look := range []struct {
		figure func(Value) float64
		name   string
	}{{medianOf, "the median"}, {leastOf, "the least"}, {mostOf, "the most"}} {
		// sure moves each live value by its slack in the direction that makes a difference smaller,
		// so that what remains is not the machine's doing.
		sure := func(s *Sample, sign float64) []float64 {
			return s.figures(c.Measure, func(v Value) float64 { return look.figure(v) + sign*v.Slack.Seconds() })
		}
		allowed, how := c.Allowed.Seconds(), ""
		switch {
		case larger(shifted(virtual.figures(c.Measure, look.figure), allowed), sure(live, -1)):
			how = "longer"
		case larger(sure(live, 1), shifted(virtual.figures(c.Measure, look.figure), -allowed)):
			how = "shorter"
		default:
			continue
		}
		c.Likeness, c.Why = Unlike, fmt.Sprintf("%s of a trial is %s in the live world than chance, the machine and an allowance of %s can explain", look.name, how, inMilliseconds(c.Allowed))
		if c.Virtual.Trials < c.Virtual.Of || c.Live.Trials < c.Live.Of {
			c.Why += fmt.Sprintf("; measured in %d of %d virtual and %d of %d live trials; the others count as infinite",
				c.Virtual.Trials, c.Virtual.Of, c.Live.Trials, c.Live.Of)
		}
		return
	}
}

// larger reports whether the values of b are larger than those of a by more than chance explains.
// Both must be sorted.
func larger(a, b []float64) bool {
	return chanceAhead(len(a), len(b), runsAhead(a, b)) < unlikeChance
}

// tooFew reports whether this many virtual and live trials cannot show a difference, because chance
// alone could put all values of one side below all values of the other.
func tooFew(virtual, live int) bool {
	return virtual == 0 || live == 0 || chanceAhead(virtual, live, virtual*live) >= unlikeChance
}

func inMilliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}
