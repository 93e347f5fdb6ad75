package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/lab/internal/liveworld"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// runLive weighs claims with real servers and clients. What was judged before an interruption is
// kept, but claims are weighed only when all of their trials were judged.
func (o claimsOptions) runLive(cmd *cobra.Command, sources []claims.Source, seeds outcome.Seeds) error {
	if err := liveworld.HandOver(); err != nil {
		return err
	}
	if err := o.servers.Apply(); err != nil {
		return err
	}
	attached, err := liveworld.ParseAttach(o.attach, o.world)
	if err != nil {
		return err
	}
	trials, err := claims.Trials(sources, trial.Selection{
		World: sim.LiveWorld, Seeds: seeds, Replace: attached.Replace(),
		Servers: append(liveworld.AttachArguments(o.attach), o.servers.Arguments()...),
	})
	if err != nil {
		return err
	}
	run := claims.Run{World: sim.LiveWorld}
	trials, run.Missing = trial.Available(trials)
	if len(trials) > 0 {
		if entered, err := enterLive(attached); entered || err != nil {
			return err
		}
	}
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	folder, err := results.NewFolder(o.out, results.About{
		Command: append([]string{"locklab", "claims"}, os.Args[min(2, len(os.Args)):]...),
		Version: version(), Go: runtime.Version(), Started: time.Now(),
		World: o.world, Seeds: o.seeds, Trials: len(trials), Scenarios: trial.Cards(trials, run.Missing),
	})
	if err != nil {
		return err
	}
	failed := playTrials(ctx, trial.ListOf(trials).ByService().All(), o.jobs, console.NewProgress(cmd.ErrOrStderr(), "trials", len(trials), console.Steps), func(j trial.Judged) error {
		run.Add(j)
		return folder.Add(j)
	})
	var weighed []claims.Result
	if failed == nil && len(run.Judged) == len(trials) {
		weighed = claims.Judge(sources, run)
		failed = folder.AddClaims(terminal.ClaimRows(sources, weighed))
	}
	if failed = errors.Join(failed, folder.Close()); failed != nil {
		return failed
	}
	return o.present(ctx, cmd, sources, weighed, run, folder, len(trials))
}

// present draws what was found, prints it and says where it is. weighed is nil if the run was
// interrupted.
func (o claimsOptions) present(ctx context.Context, cmd *cobra.Command, sources []claims.Source, weighed []claims.Result, run claims.Run, folder *results.Folder, asked int) error {
	drawn, err := render(ctx, cmd.ErrOrStderr(), folder.Set(), folder.Path)
	if err != nil {
		return err
	}
	console.NothingToSave()
	out := cmd.OutOrStdout()
	if weighed != nil {
		if err := terminal.Claims(out, sources, weighed, run, o.format.Options(out)); err != nil {
			return err
		}
	}
	out = o.format.Remarks(cmd)
	fmt.Fprintf(out, "\nresults    %s\nhistories  %s\n", filepath.Join(folder.Path, "results.jsonl"), filepath.Join(folder.Path, "histories"))
	if drawn && len(run.Judged) > 0 {
		fmt.Fprintf(out, "charts     %s\nlook at    %s\n", filepath.Join(folder.Path, "charts"), filepath.Join(folder.Path, pageFile))
	}
	if weighed == nil {
		return &statusError{statusUndecided, fmt.Sprintf("interrupted: %d of %d trials were finished; the claims were not weighed", len(run.Judged), asked)}
	}
	if err := claimsStatus(weighed); err != nil {
		return err
	}
	if !drawn {
		return &statusError{statusUndecided, "interrupted: " + notDrawn}
	}
	return nil
}
