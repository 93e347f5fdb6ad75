package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios"
)

// outcome is what became of a run.
type outcome struct {
	both    bool // cells are run in both worlds and compared
	trials  []scenarios.Trial
	missing []scenarios.Summary // cells that this machine cannot run
	judged  []scenarios.Judged  // fewer than trials after an interruption or a failure
	failed  error               // of the harness
}

// conclude draws the pictures, prints the table and says where everything is. The status
// is that of the worst trial; after a failure of the harness, what was judged is reported
// and the failure decides.
func conclude(cmd *cobra.Command, ctx context.Context, o outcome, folder *reports.Folder) error {
	if err := draw(ctx, cmd.ErrOrStderr(), folder); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	options := terminal.TableOptions{Colour: isTerminal(out) && !noColour()}
	accord := scenarios.Agree
	if o.both {
		all := scenarios.Agreements(o.judged, o.missing)
		for _, a := range all {
			accord = max(accord, a.Accord)
		}
		if err := terminal.Agreement(out, all, options); err != nil {
			return err
		}
	} else if err := terminal.Table(out, append(scenarios.Summarize(o.judged), o.missing...), options); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	printSurprises(out, o.judged)
	fmt.Fprintf(out, "\nresults    %s\nhistories  %s\n", filepath.Join(folder.Path, "results.jsonl"), filepath.Join(folder.Path, "histories"))
	if k := reports.MostTelling(folder.Kept()); k != nil && ctx.Err() == nil {
		fmt.Fprintf(out, "timelines  %s\nlook at    %s\n", filepath.Join(folder.Path, "charts"), filepath.Join(folder.Path, "charts", k.Name+".png"))
	}
	if o.failed != nil {
		return nil // the failure says it all, and decides the status
	}
	if len(o.judged) < len(o.trials) {
		return &statusError{statusUndecided, fmt.Sprintf("interrupted: %d of %d trials were finished", len(o.judged), len(o.trials))}
	}
	worst := scenarios.AsExpected
	for _, j := range o.judged {
		worst = max(worst, j.Result.Outcome)
	}
	for _, s := range scenarios.Summarize(o.judged) {
		worst = max(worst, s.Outcome)
	}
	switch {
	case worst == scenarios.NotAsExpected, accord == scenarios.Disagree:
		return &statusError{status: statusNotAsExpected}
	case worst == scenarios.Undecided, accord == scenarios.Unsure:
		return &statusError{status: statusUndecided}
	}
	return nil
}

// maxSurprises bounds how many are printed; all are in results.jsonl.
const maxSurprises = 10

// printSurprises says what was not as expected, and how to see it again.
func printSurprises(out io.Writer, judged []scenarios.Judged) {
	n := 0
	for _, j := range judged {
		r := j.Result
		if r.Outcome == scenarios.AsExpected {
			continue
		}
		if n++; n > maxSurprises {
			continue
		}
		fmt.Fprintf(out, "\n%s: %s with %s, guard %s, seed %d\n", r.Outcome, r.Scenario, r.Backend, r.Guard, r.Seed)
		for _, s := range r.Surprises {
			fmt.Fprintf(out, "  %s\n", s)
		}
		fmt.Fprintf(out, "  again: %s\n", r.Replay(j.Trial.Scenario.UserFile()))
	}
	if n > maxSurprises {
		fmt.Fprintf(out, "\nand %d more, see results.jsonl\n", n-maxSurprises)
	}
}

// draw draws the timelines of all kept trials, on all processors, unless the run was
// interrupted.
func draw(ctx context.Context, stderr io.Writer, folder *reports.Folder) error {
	kept := folder.Kept()
	bar := newProgress(stderr, "timelines", len(kept), false)
	defer bar.finish()
	var workers sync.WaitGroup
	var mu sync.Mutex
	var first error
	next := 0
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := first != nil || i >= len(kept) || ctx.Err() != nil
				mu.Unlock()
				if stop {
					return
				}
				err := folder.Draw(kept[i])
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				bar.step(kept[i].Name)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return first
}

// version is the module's version as the Go tool recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
