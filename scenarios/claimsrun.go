package scenarios

import (
	"context"

	"github.com/locklab/locklab/sim"
)

// WeighClaims runs the trials that the claims need in the virtual world, and says of each
// claim, in the order of the sources, what they say of it. judged are the trials, without
// their histories.
func WeighClaims(ctx context.Context, sources []ClaimSource, seeds Seeds, workers int) (results []ClaimResult, judged []Judged, err error) {
	trials, err := ClaimTrials(sources, seeds)
	if err != nil {
		return nil, nil, err
	}
	simulate := func(ctx context.Context, t Trial) (*sim.History, error) { return t.Simulate(ctx) }
	err = RunAll(ctx, trials, workers, simulate, func(j Judged) error {
		j.History = nil
		judged = append(judged, j)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return JudgeClaims(sources, judged), judged, nil
}
