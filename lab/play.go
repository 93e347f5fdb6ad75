package lab

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// announce says what is about to run, and where it will be found.
func announce(cmd *cobra.Command, trials, cells int, folder *results.Folder) {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s of %s; results in %s\n", words.Many(trials, "trial"), words.Many(cells, "cell"), folder.Path)
}

// playAll runs the trials, and reports on them.
func (o runOptions) playAll(cmd *cobra.Command, names []string, trials, missing trial.List, shard *results.Shard) error {
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	about := results.About{
		Command: append([]string{"locklab", "run"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(),
		World: o.world, Seeds: o.seeds, AsLive: o.asLive, Keep: o.keep, Shard: shard,
		Trials: o.part.Count(trials.Len()), Scenarios: trial.Cards(trials.Firsts(), missing.Firsts()),
	}
	folder, left, err := o.open(ctx, cmd, about, trial.Part(trials.ByService().All(), o.part))
	if err != nil {
		return err
	}
	total := about.Trials - folder.Finished()
	announce(cmd, total, len(trials), folder)
	failed := o.play(ctx, cmd, left, total, folder)
	if failed == nil && o.whole(names) && !folder.HasClaims() {
		failed = runRest(ctx, cmd, o.jobs, o.part, folder)
	}
	failed = errors.Join(failed, folder.Close())
	// Report what was judged before a failure all the same.
	return errors.Join(failed, conclude(ctx, cmd, folder, failed, o.format))
}

// play runs the trials and writes each result as it arrives. An interruption is not an error.
func (o runOptions) play(ctx context.Context, cmd *cobra.Command, trials iter.Seq[trial.Trial], total int, folder *results.Folder) error {
	bar := console.NewProgress(cmd.ErrOrStderr(), "trials", total, console.Tenths)
	switch {
	case o.world != sim.VirtualWorld:
		bar.Lines = console.Steps
	case len(folder.Set().Cards) > 1:
		return playScenarios(ctx, trials, o.jobs, bar, folder)
	}
	return playTrials(ctx, trials, o.jobs, bar, folder.Add)
}

// playScenarios is playTrials for virtual trials, which arrive one scenario after the other. It says
// how each scenario came out as soon as the next one begins.
func playScenarios(ctx context.Context, trials iter.Seq[trial.Trial], jobs int, bar *console.Progress, folder *results.Folder) error {
	bar.Lines = console.Said
	last := ""
	said := func() {
		if last != "" {
			bar.Say(terminal.Finished(last, folder.Set().Cells))
		}
	}
	err := playTrials(ctx, trials, jobs, bar, func(j trial.Judged) error {
		if name := j.Result.Scenario; name != last {
			said()
			last = name
		}
		return folder.Add(j)
	})
	if err == nil && ctx.Err() == nil {
		said()
	}
	return err
}

// playTrials runs trials, shows progress, and passes on each result as it arrives. An interruption is
// not an error.
func playTrials(ctx context.Context, trials iter.Seq[trial.Trial], jobs int, bar *console.Progress, add func(trial.Judged) error) error {
	defer bar.Finish()
	labs := trial.NewLabs(jobs)
	var failed error
	err := trial.RunAll(ctx, trials, jobs, labs.Run,
		func(j trial.Judged) error {
			failed = add(j)
			bar.Step(resultLine(j.Result))
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
