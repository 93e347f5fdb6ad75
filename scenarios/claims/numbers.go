package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Number is a published number about locks, or one that follows from a formula, together with how
// it is measured. Exactly one of Test, Sweep and Cannot is given.
type Number struct {
	Claim     string // the claim it belongs to: "E4"
	Of        string // what is counted
	Published string // the value, in words; empty if the number follows from a formula
	Derived   string // the formula, worked out
	Source    string // where it was published, or what it is derived from

	Test  Test // has one Find or one Range
	Take  Take // which of the values in Range's measure count
	Sweep *sweep.Sweep
	Line  string  // a line of Sweep
	Turns float64 // where the property turns on that line, in the parameter's unit

	Cannot string // why it is not measured
	Unmet  string // why the measured value lies elsewhere; empty if it should not
}

// Take says which of the measured values have to lie in the range.
type Take string

// The takes: every value, or one figure over all values of all trials.
const (
	TakeEvery Take = "every" // every value
	TakeMean  Take = "mean"  // the mean of all values of all trials
	TakeLeast Take = "least"
	TakeMost  Take = "most"
)

// Takes lists all takes.
func Takes() []Take { return []Take{TakeEvery, TakeMean, TakeLeast, TakeMost} }

// NumberVerdict says whether a number was met.
type NumberVerdict int8

// The verdicts on a number. NumberElsewhere means that the number was not met and that the file
// says why.
const (
	NumberMet NumberVerdict = iota
	NumberElsewhere
	NumberNotMeasured
	NumberUndecided
	NumberOtherwise // differs from what the file states
)

var numberVerdictNames = [...]string{"met", "not met", "not measured", "undecided", "NOT AS STATED"}

func (v NumberVerdict) String() string {
	if v < 0 || int(v) >= len(numberVerdictNames) {
		return fmt.Sprintf("NumberVerdict(%d)", int8(v))
	}
	return numberVerdictNames[v]
}

// NumberResult is a number with its measurement.
type NumberResult struct {
	Number   Number
	Verdict  NumberVerdict
	Measured string // in words; empty if nothing was measured
	Trials   int
	Contrary *outcome.Result // a trial that came out differently; nil if none did or if no single trial decides
}

// leastNumberSeeds is the smallest number of seeds for numbers: means and extremes over fewer
// trials say little.
const leastNumberSeeds = 20

// MeasureNumbers runs the trials and sweeps that the numbers need, in the virtual world, and judges
// each number. It is an error to choose fewer than leastNumberSeeds seeds or more trials than
// maxTrials.
func MeasureNumbers(ctx context.Context, numbers []Number, seeds outcome.Seeds, workers int) ([]NumberResult, error) {
	if seeds.Count() < leastNumberSeeds {
		return nil, fmt.Errorf("numbers need at least %d seeds: means and extremes of fewer say little", leastNumberSeeds)
	}
	var trials []trial.Trial
	var of []int // the index in numbers that each trial belongs to
	var sweeps []*sweep.Sweep
	for i, n := range numbers {
		if n.Sweep != nil && !slices.Contains(sweeps, n.Sweep) {
			sweeps = append(sweeps, n.Sweep)
		}
		if n.Test.Scenario == nil {
			continue
		}
		more, err := trial.Selection{
			Backends: n.Test.Backends, Guards: n.Test.Guards, Disciplines: n.Test.Disciplines, World: sim.VirtualWorld, Seeds: seeds, TTL: n.Test.TTL,
		}.Trials([]*script.Scenario{n.Test.Scenario})
		if err != nil {
			return nil, fmt.Errorf("trials of the number %s: %w", n.Of, err)
		}
		trials = append(trials, more...)
		for range more {
			of = append(of, i)
		}
	}
	if len(trials) > maxTrials {
		return nil, fmt.Errorf("that would be %d trials, expected at most %d: choose fewer seeds", len(trials), maxTrials)
	}
	found := make([][]outcome.Result, len(numbers))
	done := 0
	simulate := func(ctx context.Context, t trial.Trial) (*sim.History, error) { return t.Simulate(ctx) }
	err := trial.RunAll(ctx, slices.Values(trials), workers, simulate, func(j trial.Judged) error {
		found[of[done]] = append(found[of[done]], j.Result)
		done++
		return nil
	})
	if err != nil {
		return nil, err
	}
	var points []sweep.Point
	err = sweep.Run(ctx, sweeps, seeds, trial.Shard{}, workers, func(p sweep.Point) error {
		points = append(points, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]NumberResult, len(numbers))
	for i, n := range numbers {
		out[i] = n.judge(found[i], points)
	}
	return out, nil
}

// judge decides whether a number was met by its trials or by the points of its line.
func (n Number) judge(found []outcome.Result, points []sweep.Point) NumberResult {
	r := NumberResult{Number: n, Verdict: NumberNotMeasured}
	met, decided := false, false
	switch {
	case n.Cannot != "":
		return r
	case n.Sweep != nil:
		met, decided = r.turning(points)
	case len(n.Test.Find) > 0:
		met, decided = r.counted(found)
	default:
		met, decided = r.taken(found)
	}
	switch {
	case !decided:
		r.Verdict = NumberUndecided
	case met && n.Unmet == "":
		r.Verdict = NumberMet
	case !met && n.Unmet != "":
		r.Verdict = NumberElsewhere
	default:
		r.Verdict = NumberOtherwise
	}
	return r
}

// counted counts the trials in which the property came out as stated. The number is met if all did.
func (r *NumberResult) counted(found []outcome.Result) (met, decided bool) {
	want, n := r.Number.Test.Find[0], 0
	decided = len(found) > 0
	for _, one := range found {
		if verdict := one.Sound(want.Property); verdict == want.Verdict {
			n++
		} else if verdict == check.Undecided {
			decided = false
		} else if r.Contrary == nil {
			r.Contrary = &one
		}
	}
	r.Trials = len(found)
	r.Measured = fmt.Sprintf("%s %s in %d of %d", want.Property, want.Verdict, n, len(found))
	return n == len(found), decided
}

// taken combines the measurements of all trials. It leaves the number undecided if a trial measured
// nothing or is not valid.
func (r *NumberResult) taken(found []outcome.Result) (met, decided bool) {
	want := r.Number.Test.Ranges[0]
	var all check.Measured
	sum := 0.0
	for _, one := range found {
		m, measured := one.Measured(want.Measure)
		if !measured || !one.Valid() {
			return false, false
		}
		m = m.Full()
		if all.Count == 0 {
			all = check.Measured{Measure: m.Measure, Least: m.Least, Most: m.Most}
		}
		all.Count += m.Count
		all.Least, all.Most = min(all.Least, m.Least), max(all.Most, m.Most)
		sum += m.Mean * float64(m.Count)
	}
	if all.Count == 0 {
		return false, false
	}
	r.Trials = len(found)
	switch mean := sum / float64(all.Count); r.Number.Take {
	case TakeMean:
		all.Least, all.Most = mean, mean
	case TakeLeast:
		all.Most = all.Least
	case TakeMost:
		all.Least = all.Most
	case TakeEvery:
	}
	r.Measured = want.Show(all, found[0].TTL)
	return want.Contains(all, found[0].TTL), true
}

// turning finds the two values of the parameter between which the property of a sweep's line turns.
// Up to the first value and from the second on, all trials agree.
func (r *NumberResult) turning(points []sweep.Point) (met, decided bool) {
	line := pointsOf(points, r.Number.Sweep.Name, r.Number.Line)
	if len(line) == 0 {
		return false, false
	}
	first, last := 0, len(line)-1
	alike := func(a, b sweep.Point) bool {
		return a.Violated == b.Violated && (a.Violated == 0 || a.Violated == a.Trials)
	}
	for first+1 < len(line) && alike(line[first], line[first+1]) {
		first++
	}
	for last > 0 && alike(line[last], line[last-1]) {
		last--
	}
	asDerived := true
	for _, p := range line {
		r.Trials += p.Trials
		if p.Undecided > 0 || p.Outcome == outcome.Undecided {
			return false, false
		}
		asDerived = asDerived && p.Outcome == outcome.AsExpected
	}
	unit := r.Number.Sweep.Parameter.Unit.String()
	if first >= last {
		r.Measured = "never turns"
		return false, true
	}
	from, to := line[first].X, line[last].X
	r.Measured = strings.TrimSpace(fmt.Sprintf("between %v and %v %s", from, to, unit))
	return asDerived && from <= r.Number.Turns && r.Number.Turns <= to, true
}

// pointsOf lists the points of one line of a sweep.
func pointsOf(points []sweep.Point, name, line string) (out []sweep.Point) {
	for _, p := range points {
		if p.Line == line && p.Sweep == name {
			out = append(out, p)
		}
	}
	return out
}
