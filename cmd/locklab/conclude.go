package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios"
)

// outcome is what became of a run.
type outcome struct {
	both   bool  // cells were run in both worlds and are compared
	asked  int   // trials that were to be run; fewer were, after an interruption or a failure
	failed error // of the harness
}

// conclude draws the pictures, prints the table and says where everything is. The status
// is that of the worst trial; after a failure of the harness, what was judged is reported
// and the failure decides.
func conclude(cmd *cobra.Command, ctx context.Context, o outcome, folder *results.Folder) error {
	set := folder.Set()
	if err := drawTimelines(ctx, cmd.ErrOrStderr(), set, folder.Path); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	options := terminal.TableOptions{Colour: isTerminal(out) && !noColour()}
	accord := scenarios.Agree
	if o.both {
		all := scenarios.Agreements(set.Cells)
		for _, a := range all {
			accord = max(accord, a.Accord)
		}
		if err := terminal.Agreement(out, all, options); err != nil {
			return err
		}
	} else if err := terminal.Table(out, set.Cells, options); err != nil {
		return err
	}
	printSurprises(out, set)
	fmt.Fprintf(out, "\nresults    %s\nhistories  %s\n", filepath.Join(folder.Path, "results.jsonl"), filepath.Join(folder.Path, "histories"))
	if k := set.MostTelling(); k != nil && ctx.Err() == nil {
		fmt.Fprintf(out, "timelines  %s\nlook at    %s\n", filepath.Join(folder.Path, "charts"), filepath.Join(folder.Path, "charts", k.ID+".png"))
	}
	if o.failed != nil {
		return nil // the failure says it all, and decides the status
	}
	if set.Trials < o.asked {
		return &statusError{statusUndecided, fmt.Sprintf("interrupted: %d of %d trials were finished", set.Trials, o.asked)}
	}
	return status(set, accord)
}

// status is the exit status that a set of results, and the accord of its worlds, gives.
func status(set *results.Set, accord scenarios.Accord) error {
	worst := scenarios.AsExpected
	for _, c := range set.Cells {
		worst = max(worst, c.Outcome)
	}
	switch {
	case worst == scenarios.NotAsExpected, accord == scenarios.Disagree:
		return &statusError{status: statusNotAsExpected}
	case worst == scenarios.Undecided, accord == scenarios.Unsure:
		return &statusError{status: statusUndecided}
	}
	return nil
}

// printSurprises says what was not as expected, and how to see it again.
func printSurprises(out io.Writer, set *results.Set) {
	for _, r := range set.Surprises {
		fmt.Fprintf(out, "\n%s: %s with %s, guard %s, seed %d\n", r.Outcome, r.Scenario, r.Backend, r.Guard, r.Seed)
		for _, s := range r.Surprises {
			fmt.Fprintf(out, "  %s\n", s)
		}
		file := ""
		if card := set.Card(r.Scenario); card != nil {
			file = card.File
		}
		fmt.Fprintf(out, "  again: %s\n", r.Replay(file))
	}
	if more := set.Surprising - len(set.Surprises); more > 0 {
		fmt.Fprintf(out, "\nand %d more, see results.jsonl\n", more)
	}
}

// drawTimelines draws the timelines of all kept trials. An interruption is not an error.
func drawTimelines(ctx context.Context, stderr io.Writer, set *results.Set, folder string) error {
	bar := newProgress(stderr, "timelines", len(set.Kept), false)
	defer bar.finish()
	var mu sync.Mutex
	err := reports.Timelines(ctx, set.Kept, filepath.Join(folder, "charts"), func(id string) {
		mu.Lock()
		defer mu.Unlock()
		bar.step(id)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// version is the module's version as the Go tool recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
