package scenarios

import (
	"context"

	"github.com/locklab/locklab/sim"
)

// WeighClaims runs the trials that the claims need in the virtual world. It returns what they say
// about each claim, in the order of the sources.
func WeighClaims(ctx context.Context, sources []ClaimSource, seeds Seeds, workers int) ([]ClaimResult, ClaimTrialsRun, error) {
	run := ClaimTrialsRun{World: sim.VirtualWorld}
	trials, err := ClaimTrials(sources, Selection{World: sim.VirtualWorld, Seeds: seeds})
	if err != nil {
		return nil, run, err
	}
	simulate := func(ctx context.Context, t Trial) (*sim.History, error) { return t.Simulate(ctx) }
	trials, run.Missing = Available(trials)
	err = RunAll(ctx, trials, workers, simulate, func(j Judged) error {
		run.Add(j)
		return nil
	})
	if err != nil {
		return nil, run, err
	}
	return JudgeClaims(sources, run), run, nil
}

// Add adds one trial, without its history.
func (r *ClaimTrialsRun) Add(j Judged) {
	j.History = nil
	r.Judged = append(r.Judged, j)
}
