package outcome

import (
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// maxSampled is the maximum number of trials per cell whose single values are kept. It keeps the
// size of a summary independent of the number of trials.
const maxSampled = 50

// Sample holds what was measured in the first trials of a cell whose preconditions held, trial by
// trial. Values within a trial depend on each other, trials do not, so each trial counts once.
type Sample struct {
	Trials int       // how many trials were sampled
	Values []Sampled // those of LikeMeasures that were measured
}

// Sampled holds the values of one measure, one per trial in which something was measured.
type Sampled struct {
	Measure check.Measure
	Trials  []Value
}

// Value is what was measured in one trial, and by how much the machine may have lengthened or
// shortened it.
type Value struct {
	check.Measured
	Slack time.Duration
}

// LikeMeasures returns the durations by which a library is compared with the profile that stands
// for it.
func LikeMeasures() []check.Measure {
	return []check.Measure{check.NextGrant, check.Notice, check.Wait, check.AskAgain, check.RenewEvery, check.ReleaseTime, check.DoneMinusNextGrant}
}

// add samples a trial whose preconditions held, unless there are maxSampled trials already.
func (s *Sample) add(r *Result) {
	if s.Trials >= maxSampled {
		return
	}
	s.Trials++
	for _, m := range LikeMeasures() {
		got, measured := r.Measured(m)
		if !measured {
			continue
		}
		i := slices.IndexFunc(s.Values, func(v Sampled) bool { return v.Measure == m })
		if i < 0 {
			i = len(s.Values)
			s.Values = append(s.Values, Sampled{Measure: m})
		}
		s.Values[i].Trials = append(s.Values[i].Trials, Value{got.Full(), r.Slack})
	}
}

// of returns what was measured for m, or nil if nothing was.
func (s *Sample) of(m check.Measure) []Value {
	for _, v := range s.Values {
		if v.Measure == m {
			return v.Trials
		}
	}
	return nil
}

// figures returns one figure per trial, in ascending order. A trial in which nothing was measured
// counts as infinite: it took forever.
func (s *Sample) figures(m check.Measure, figure func(Value) float64) []float64 {
	var out []float64
	for _, each := range s.of(m) {
		out = append(out, figure(each))
	}
	slices.Sort(out)
	for len(out) < s.Trials {
		out = append(out, math.Inf(1))
	}
	return out
}
