package scenarios

import (
	"fmt"
	"math"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Likeness says whether a measure comes out alike with a library and with the profile that
// stands for it.
type Likeness int8

// The likenesses, from best to worst.
const (
	Alike  Likeness = iota
	TooFew          // there are too few trials to tell
	Unlike          // it differs by more than is allowed for
)

var likenessNames = [...]string{"alike", "too few", "UNLIKE"}

func (l Likeness) String() string {
	if l < 0 || int(l) >= len(likenessNames) {
		return fmt.Sprintf("Likeness(%d)", int8(l))
	}
	return likenessNames[l]
}

// A measure is unlike if what was seen would come about by chance in less than one of
// unlikeChance runs although the two differ by no more than is allowed for: a share of the
// lease, for what models leave out, and the slack of the live trials, for what the machine adds.
const (
	unlikeChance = 1e-4
	allowedPart  = 20 // of the lease, one part of so many
)

// Compared is one measure with a library, live, and with the profile that stands for it,
// virtually.
type Compared struct {
	Measure       check.Measure
	Virtual, Live Figures
	Allowed       time.Duration    // by how much the two may differ, beside what the machine may add
	Slack         [2]time.Duration // what it may add: in the trial with the least, and in that with the most
	Likeness      Likeness
	Why           string // what it differs in; of TooFew, what is missing
}

// Figures are what a sample comes to.
type Figures struct {
	Of     int     // trials
	Trials int     // of these, in which something was measured; if none, the rest is 0
	Median float64 // of the medians of the trials
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

// liken holds what was measured live against what was measured virtually, under one lease.
// What neither has measured is left out.
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

// slack is what the machine may have added in the trial with the least and in that with the most.
func (s *Sample) slack(m check.Measure) (bounds [2]time.Duration) {
	for i, v := range s.of(m) {
		if i == 0 {
			bounds = [2]time.Duration{v.Slack, v.Slack}
		}
		bounds[0], bounds[1] = min(bounds[0], v.Slack), max(bounds[1], v.Slack)
	}
	return bounds
}

// decide looks at three figures of each trial: the least, the median and the most that was
// measured in it. First it asks whether it was measured as often.
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
		// What is sure: a length that is longer by what is allowed, or shorter.
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
		c.Likeness, c.Why = Unlike, fmt.Sprintf("%s of a trial is %s live than chance, the machine and %s explain", look.name, how, inMilliseconds(c.Allowed))
		if c.Virtual.Trials < c.Virtual.Of || c.Live.Trials < c.Live.Of {
			c.Why += fmt.Sprintf("; measured in %d of %d virtual and %d of %d live trials, and taken for endless in the others",
				c.Virtual.Trials, c.Virtual.Of, c.Live.Trials, c.Live.Of)
		}
		return
	}
}

// larger tells whether the values of b are larger than those of a by more than chance explains.
// Both are sorted.
func larger(a, b []float64) bool {
	return chanceAhead(len(a), len(b), runsAhead(a, b)) < unlikeChance
}

// tooFew tells whether so many virtual and live trials cannot show a difference: that all
// values of the one are below all of the other would be no wonder.
func tooFew(virtual, live int) bool {
	return virtual == 0 || live == 0 || chanceAhead(virtual, live, virtual*live) >= unlikeChance
}

func inMilliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}
