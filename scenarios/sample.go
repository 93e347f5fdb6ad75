package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// maxSampled is of how many trials of a cell single values are kept, so that the size of a
// summary does not grow with their number.
const maxSampled = 50

// Sample is what was measured in the first trials of a cell whose preconditions held, trial by
// trial. Values of one trial depend on each other, trials do not: so a trial counts once.
type Sample struct {
	Trials int       // that it is of
	Values []Sampled // of LikeMeasures, those that were measured
}

// Sampled are those of one measure, one a trial in which something was measured.
type Sampled struct {
	Measure check.Measure
	Trials  []Value
}

// Value is what was measured in a trial, and by how much its machine may have made it longer or
// shorter.
type Value struct {
	check.Measured
	Slack time.Duration
}

// LikeMeasures are the lengths of time in which a library is held against the profile that
// stands for it.
func LikeMeasures() []check.Measure {
	return []check.Measure{check.NextGrant, check.Notice, check.Wait, check.AskAgain, check.RenewEvery, check.ReleaseTime, check.DoneMinusNextGrant}
}

// add takes in a trial whose preconditions held.
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

// of gives what was measured of a measure.
func (s *Sample) of(m check.Measure) []Value {
	for _, v := range s.Values {
		if v.Measure == m {
			return v.Trials
		}
	}
	return nil
}

// figures gives one figure of each trial, from the lowest to the highest. Where nothing was
// measured, it has taken for ever.
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
