package lab

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/trial"
)

// resume goes on with a run, by the command that began it.
func resume(cmd *cobra.Command, names []string, asked runOptions) error {
	if err := onlyHow(cmd, names); err != nil {
		return err
	}
	was, err := results.ReadAbout(asked.resume)
	if err != nil {
		return fmt.Errorf("--resume: %w", err)
	}
	if len(was.Command) < 2 || was.Command[1] != "run" {
		return fmt.Errorf("--resume: %s was left by `locklab %s`, expected the folder of `locklab run`: run it anew", asked.resume, strings.Join(was.Command[min(1, len(was.Command)):min(2, len(was.Command))], ""))
	}
	o := runOptions{format: console.TableFormat()}
	began := &cobra.Command{Use: cmd.Use}
	o.register(began)
	if err := began.ParseFlags(was.Command[2:]); err != nil {
		return fmt.Errorf("--resume: the command in %s: %w", asked.resume, err)
	}
	began.SetContext(cmd.Context())
	began.SetOut(cmd.OutOrStdout())
	began.SetErr(cmd.ErrOrStderr())
	o.resume, o.profiles = asked.resume, asked.profiles
	if cmd.Flags().Changed("jobs") {
		o.jobs = asked.jobs
	}
	if cmd.Flags().Changed("format") {
		o.format = asked.format
	}
	return o.run(began, began.Flags().Args())
}

// onlyHow refuses to change what is run while it is run. How it is run and shown may change.
func onlyHow(cmd *cobra.Command, names []string) (err error) {
	if len(names) > 0 {
		return fmt.Errorf("--resume takes the scenarios from the run itself; leave out %s", names[0])
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"resume", "jobs", "format", "cpuprofile", "memprofile"}, f.Name) && err == nil {
			err = fmt.Errorf("--resume takes --%s from the run itself; leave it out", f.Name)
		}
	})
	return cmp.Or(err, console.RefuseZero(cmd, "jobs"))
}

// open makes a folder for the run, or opens that of the run that is resumed. It returns the trials
// that are left to run.
func (o runOptions) open(ctx context.Context, cmd *cobra.Command, about results.About, trials iter.Seq[trial.Trial]) (folder *results.Folder, left iter.Seq[trial.Trial], err error) {
	if o.resume == "" {
		folder, err = results.NewFolder(o.out, about)
		return folder, trials, err
	}
	err = console.UnlessInterrupted(ctx, func() (err error) {
		bar := console.Reading{Context: ctx, Out: cmd.ErrOrStderr()}
		defer bar.Finish()
		folder, left, err = results.Resume(ctx, o.resume, about, trials, bar.Show)
		return err
	})
	if ctx.Err() != nil {
		return nil, nil, &statusError{statusUndecided, "interrupted: nothing was run"}
	}
	return folder, left, err
}
