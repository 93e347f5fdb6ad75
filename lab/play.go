package lab

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios"
)

// play runs the trials and writes each result as it arrives. An interruption is not an error.
func (o runOptions) play(ctx context.Context, cmd *cobra.Command, trials []scenarios.Trial, folder *results.Folder) error {
	return playTrials(ctx, cmd, trials, o.jobs, o.world != scenarios.VirtualWorld, folder.Add)
}

// playTrials runs trials, shows progress, and passes on each result as it arrives. An interruption
// is not an error.
func playTrials(ctx context.Context, cmd *cobra.Command, trials []scenarios.Trial, jobs int, slow bool, add func(scenarios.Judged) error) error {
	bar := newProgress(cmd.ErrOrStderr(), "trials", len(trials), slow)
	defer bar.finish()
	stages := scenarios.NewStages(jobs)
	var failed error
	err := scenarios.RunAll(ctx, scenarios.ByService(trials), jobs, stages.Run,
		func(j scenarios.Judged) error {
			bar.step(outcome(j.Result))
			failed = add(j)
			return failed
		})
	if ctx.Err() != nil {
		err = failed
	}
	return errors.Join(err, stages.Close())
}

// outcome returns a line that says how a trial came out.
func outcome(r scenarios.Result) string {
	line := fmt.Sprintf("%s, seed %d: %s", r.Cell(), r.Seed, r.Outcome)
	if tried := r.Tried(); tried != "" {
		line += " (" + tried + ")"
	}
	return line
}
