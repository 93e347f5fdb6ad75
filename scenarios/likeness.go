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
	Allowed       time.Duration // by how much the two may differ
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

func leastOf(m check.Measured) float64  { return m.Least }
func medianOf(m check.Measured) float64 { return m.P50 }
func mostOf(m check.Measured) float64   { return m.Most }

// liken holds what was measured live against what was measured virtually, under one lease.
// What neither has measured is left out.
func liken(virtual, live *Sample, ttl time.Duration) (out []Compared) {
	for _, m := range LikeMeasures() {
		if len(virtual.of(m))+len(live.of(m)) == 0 {
			continue
		}
		c := Compared{Measure: m, Virtual: virtual.sum(m), Live: live.sum(m), Allowed: ttl/allowedPart + live.Slack}
		c.decide(virtual, live)
		out = append(out, c)
	}
	return out
}

// decide looks at three figures of each trial: the least, the median and the most that was
// measured in it. First it asks whether it was measured as often.
func (c *Compared) decide(virtual, live *Sample) {
	if virtual.Trials == 0 || live.Trials == 0 || chanceAhead(virtual.Trials, live.Trials, virtual.Trials*live.Trials) >= unlikeChance {
		c.Likeness, c.Why = TooFew, fmt.Sprintf("%d virtual and %d live trials", virtual.Trials, live.Trials)
		return
	}
	if differ(virtual.figures(c.Measure, whether), live.figures(c.Measure, whether), 0) != 0 {
		c.Likeness, c.Why = Unlike, fmt.Sprintf("measured in %d of %d virtual and %d of %d live trials",
			c.Virtual.Trials, c.Virtual.Of, c.Live.Trials, c.Live.Of)
		return
	}
	for _, look := range []struct {
		figure func(check.Measured) float64
		name   string
	}{{medianOf, "the median"}, {leastOf, "the least"}, {mostOf, "the most"}} {
		v, l := virtual.figures(c.Measure, look.figure), live.figures(c.Measure, look.figure)
		direction := differ(v, l, c.Allowed.Seconds())
		if direction == 0 {
			continue
		}
		how := "longer"
		if direction < 0 {
			how = "shorter"
		}
		c.Likeness, c.Why = Unlike, fmt.Sprintf("%s of a trial is %s live by more than the %s that are allowed for", look.name, how, inMilliseconds(c.Allowed))
		return
	}
}

// whether is a figure that is the same of all trials in which something was measured.
func whether(check.Measured) float64 { return 0 }

// differ tells whether the second sample is larger (1) or smaller (-1) than the first by more
// than is allowed for and chance explains; 0: neither.
func differ(a, b []float64, allowed float64) int {
	m, n := len(a), len(b)
	switch {
	case chanceAhead(m, n, runsAhead(shifted(a, allowed), b)) < unlikeChance:
		return 1
	case chanceAhead(n, m, runsAhead(b, shifted(a, -allowed))) < unlikeChance:
		return -1
	}
	return 0
}

func inMilliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}
