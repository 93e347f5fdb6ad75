package outcome

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// Values are all the values that a trial gave for one measure.
type Values struct {
	Measure check.Measure `json:"measure"`
	Values  []float64     `json:"values"`
}

// maxKeptValues bounds how many values of one measure the row of a trial keeps. If there are more,
// none are kept, because the row would be too long.
const maxKeptValues = 20_000

// keepValues keeps the values of a measure that are judged together with those of other trials.
func (r *Result) keepValues(t *trace.Trace, m check.Measure) {
	if slices.ContainsFunc(r.Values, func(v Values) bool { return v.Measure == m }) {
		return
	}
	if all := check.Values(t, m); 0 < len(all) && len(all) <= maxKeptValues {
		r.Values = append(r.Values, Values{m, all})
	}
}

// values returns what was kept of a measure; complete reports whether that is all there was.
func (r *Result) values(m check.Measure) (all []float64, complete bool) {
	for _, v := range r.Values {
		if v.Measure == m {
			all = v.Values
		}
	}
	measured, _ := r.Measured(m)
	return all, len(all) == measured.Count
}

// Figure is a statistic of all values of a cell, and the range in which it is expected to lie. All
// values of a measure count alike, whichever trial they are from.
type Figure struct {
	bound.Range
	Because string
	Count   int     // how many values there are
	Value   float64 // the statistic; 0 if there are no values
	Outcome Outcome // AsExpected, Undecided, NotAsExpected
	Why     string  // if Undecided: what is missing

	all  []float64
	lost int // trials whose values were not kept
}

// Add adds a trial whose preconditions were met.
func (f *Figure) Add(r *Result) {
	all, complete := r.values(f.Measure)
	f.all = append(f.all, all...)
	if !complete {
		f.lost++
	}
}

// Settle judges what has been added so far.
func (f *Figure) Settle(ttl time.Duration) {
	f.Count, f.Value, f.Why, f.Outcome = len(f.all), 0, "", AsExpected
	if f.Count > 0 {
		f.Value = f.Of.Compute(f.all)
	}
	switch {
	case f.lost > 0:
		f.Outcome, f.Why = Undecided, fmt.Sprintf("values are missing in %d of the trials: such a trial measured more than %d of them, or an older locklab ran it", f.lost, maxKeptValues)
	case f.Count < f.Of.Needs():
		f.Outcome, f.Why = Undecided, fmt.Sprintf("it takes %d values to decide, but the trials have only %d: run more seeds", f.Of.Needs(), f.Count)
	case !f.Contains(check.Measured{Least: f.Value, Most: f.Value}, ttl):
		f.Outcome = NotAsExpected
	}
}

// Found formats the statistic, in the unit of the bound, and the number of values.
func (f Figure) Found(ttl time.Duration) string {
	switch {
	case f.Count == 0:
		return "nothing was measured"
	case f.Count == 1:
		return f.shown(ttl) + " (1 value)"
	}
	return fmt.Sprintf("%s (%d values)", f.shown(ttl), f.Count)
}

func (f Figure) shown(ttl time.Duration) string {
	m := check.Measured{Measure: f.Measure, Count: f.Count, Least: f.Value, Most: f.Value}
	if f.Outcome == NotAsExpected {
		return f.ShowMiss(m, ttl)
	}
	return f.Range.Show(m, ttl)
}

// figures lists the figures that are expected of the cell's values together and that its world
// measures.
func (c CardCell) figures() (out []Figure) {
	for _, r := range c.Ranges {
		if r.Of != bound.EveryValue && r.Measure.In(c.World) {
			out = append(out, Figure{Range: r.resolved(), Because: r.Because})
		}
	}
	return out
}
