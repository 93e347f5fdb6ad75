package sweep

import (
	"context"
	"fmt"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Run runs sweeps in the virtual world on several workers. It hands each point to report as
// soon as its last trial is judged, sweep by sweep, line by line, value by value, so the order does
// not depend on the number of workers. Of each sweep, it has the points of that part of the run. It
// stops at the first error, of a trial or of report, or when ctx is cancelled; what was reported
// before stays reported.
func Run(ctx context.Context, sweeps []*Sweep, seeds outcome.Seeds, part trial.Shard, workers int, report func(Point) error) error {
	points := 0
	for _, s := range sweeps {
		points += s.Total()
	}
	if err := seeds.Fit(0, points); err != nil {
		return err
	}
	var trials trial.List
	var places []sweepPlace
	for _, s := range sweeps {
		k := 0
		for _, line := range s.lines {
			for i := range s.Parameter.Values {
				if k++; !part.Has(k - 1) {
					continue
				}
				series, err := line.trials(i, seeds)
				if err != nil {
					return fmt.Errorf("sweep %s, %s: %w", s.Name, line.Name, err)
				}
				trials = append(trials, series)
				places = append(places, sweepPlace{s, line.Line, s.Parameter.Values[i]})
			}
		}
	}
	simulate := func(ctx context.Context, t trial.Trial) (*sim.History, error) { return t.Simulate(ctx) }
	each := int(seeds.Count())
	done := 0
	var point Point
	return trial.RunAll(ctx, trials.All(), workers, simulate, func(j trial.Judged) error {
		if j.Index != done {
			return nil // behind a trial that was cut off, so its point may not be whole
		}
		at := places[done/each]
		if done%each == 0 {
			point = Point{Sweep: at.sweep.Name, Line: at.line.Name, X: at.x}
		}
		point.add(j.Result, at.sweep.Property)
		if done++; done%each > 0 {
			return nil
		}
		point.judge(at.sweep.Parameter, at.line.Derived)
		return report(point)
	})
}

// sweepPlace says which sweep, line and value a point belongs to.
type sweepPlace struct {
	sweep *Sweep
	line  Line
	x     float64
}

// Fits returns an error if the sweep has too many trials with these seeds.
func (s *Sweep) Fits(seeds outcome.Seeds) error { return seeds.Fit(0, s.Total()) }

// trials lists the trials of a line at the value with this index.
func (l scriptedLine) trials(value int, seeds outcome.Seeds) (trial.Series, error) {
	one := l.scripts[value]
	spec, err := one.Spec(services.Registry(), l.Backend)
	return trial.Series{Seeds: seeds, Trial: trial.Trial{
		Scenario: one, Backend: spec, Guard: ledger.Guard(l.Guard), Discipline: one.Workload.Disciplines[0], World: sim.VirtualWorld, Seed: seeds.First, TTL: one.TTL,
	}}, err
}

// add counts a trial.
func (p *Point) add(r outcome.Result, property check.Property) {
	p.Trials++
	verdict := r.Finding(property).Verdict
	if r.Outcome == outcome.Undecided { // a precondition failed
		verdict = check.Undecided
	}
	switch verdict {
	case check.Undecided:
		p.Undecided++
	case check.Violated:
		p.Violated++
	case check.Holds: // the trials neither undecided nor violated
	}
}
