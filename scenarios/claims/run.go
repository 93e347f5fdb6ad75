package claims

import (
	"context"
	"slices"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// Weigh runs the trials that the claims need in the virtual world. It returns what they say
// about each claim, in the order of the sources.
func Weigh(ctx context.Context, sources []Source, seeds outcome.Seeds, workers int) ([]Result, Run, error) {
	run := Run{World: sim.VirtualWorld}
	trials, err := Trials(sources, trial.Selection{World: sim.VirtualWorld, Seeds: seeds})
	if err != nil {
		return nil, run, err
	}
	simulate := func(ctx context.Context, t trial.Trial) (*sim.History, error) { return t.Simulate(ctx) }
	trials, run.Missing = trial.Available(trials)
	err = trial.RunAll(ctx, slices.Values(trials), workers, simulate, func(j trial.Judged) error {
		run.Add(j)
		return nil
	})
	if err != nil {
		return nil, run, err
	}
	return Judge(sources, run), run, nil
}

// Add adds one trial, without its history.
func (r *Run) Add(j trial.Judged) {
	j.History = nil
	r.Judged = append(r.Judged, j)
}
