package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// announce says what is about to run, and where it will be found.
func announce(cmd *cobra.Command, trials []trial.Trial, folder *results.Folder) {
	cells := map[outcome.CellName]bool{}
	for _, t := range trials {
		cells[t.Cell()] = true
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s of %s; results in %s\n", words.Many(len(trials), "trial"), words.Many(len(cells), "cell"), folder.Path)
}

// playAll runs the trials, and reports on them.
func (o runOptions) playAll(cmd *cobra.Command, names []string, trials, missing []trial.Trial) error {
	ctx, stop := untilStopped(cmd.Context())
	defer stop()
	folder, err := results.NewFolder(o.out, results.About{
		Command: append([]string{"locklab", "run"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(),
		World: o.world, Seeds: o.seeds, Trials: len(trials), Scenarios: trial.Cards(trials, missing),
	})
	if err != nil {
		return err
	}
	folder.Keep = o.keep
	announce(cmd, trials, folder)
	failed := o.play(ctx, cmd, trials, folder)
	if failed == nil && o.whole(names) {
		failed = runRest(ctx, cmd, o.jobs, folder)
	}
	failed = errors.Join(failed, folder.Close())
	// Report what was judged before a failure all the same.
	return errors.Join(failed, conclude(ctx, cmd, folder, failed, o.format))
}

// play runs the trials and writes each result as it arrives. An interruption is not an error.
func (o runOptions) play(ctx context.Context, cmd *cobra.Command, trials []trial.Trial, folder *results.Folder) error {
	bar := newProgress(cmd.ErrOrStderr(), "trials", len(trials), tenths)
	switch {
	case o.world != sim.VirtualWorld:
		bar.lines = steps
	case len(folder.Set().Cards) > 1:
		return playScenarios(ctx, trials, o.jobs, bar, folder)
	}
	return playTrials(ctx, trials, o.jobs, bar, folder.Add)
}

// playScenarios is playTrials for virtual trials, which arrive one scenario after the other. It says
// how each scenario came out as soon as the last of its trials has arrived.
func playScenarios(ctx context.Context, trials []trial.Trial, jobs int, bar *progress, folder *results.Folder) error {
	bar.lines = said
	left := map[string]int{}
	for _, t := range trials {
		left[t.Scenario.Name]++
	}
	return playTrials(ctx, trials, jobs, bar, func(j trial.Judged) error {
		if err := folder.Add(j); err != nil {
			return err
		}
		name := j.Result.Scenario
		if left[name]--; left[name] == 0 {
			bar.say(terminal.Finished(name, folder.Set().Cells))
		}
		return nil
	})
}

// playTrials runs trials, shows progress, and passes on each result as it arrives. An interruption
// is not an error.
func playTrials(ctx context.Context, trials []trial.Trial, jobs int, bar *progress, add func(trial.Judged) error) error {
	defer bar.finish()
	stages := trial.NewStages(jobs)
	var failed error
	err := trial.RunAll(ctx, trial.ByService(trials), jobs, stages.Run,
		func(j trial.Judged) error {
			bar.step(resultLine(j.Result))
			failed = add(j)
			return failed
		})
	if ctx.Err() != nil {
		err = failed
	}
	return errors.Join(err, stages.Close())
}

// resultLine returns a line that says how a trial came out.
func resultLine(r outcome.Result) string {
	line := fmt.Sprintf("%s, seed %d: %s", r.Cell(), r.Seed, r.Outcome)
	if tried := r.Tried(); tried != "" {
		line += " (" + tried + ")"
	}
	return line
}
