package lab

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// play runs the trials and writes each result as it arrives. An interruption is not an error.
func (o runOptions) play(ctx context.Context, cmd *cobra.Command, trials iter.Seq[trial.Trial], total int, folder *results.Folder) error {
	return playTrials(ctx, cmd, trials, total, o.jobs, o.world != sim.VirtualWorld, folder.Add)
}

// playTrials runs trials, of which there are total, shows progress, and passes on each result as it arrives. An interruption
// is not an error.
func playTrials(ctx context.Context, cmd *cobra.Command, trials iter.Seq[trial.Trial], total, jobs int, slow bool, add func(trial.Judged) error) error {
	bar := newProgress(cmd.ErrOrStderr(), "trials", total, slow)
	defer bar.finish()
	labs := trial.NewLabs(jobs)
	var failed error
	err := trial.RunAll(ctx, trials, jobs, labs.Run,
		func(j trial.Judged) error {
			bar.step(resultLine(j.Result))
			failed = add(j)
			return failed
		})
	if ctx.Err() != nil {
		err = failed
	}
	return errors.Join(err, labs.Close())
}

// resultLine returns a line that says how a trial came out.
func resultLine(r outcome.Result) string {
	line := fmt.Sprintf("%s, seed %d: %s", r.Cell(), r.Seed, r.Outcome)
	if tried := r.Tried(); tried != "" {
		line += " (" + tried + ")"
	}
	return line
}
