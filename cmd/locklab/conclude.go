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
	asked  int   // trials that were to be run; fewer were, after an interruption or a failure
	failed error // of the harness
	format *formatFlag
}

// conclude presents what was found. The status is that of the worst trial; after a failure
// of the harness, what was judged is reported and the failure decides.
func conclude(cmd *cobra.Command, ctx context.Context, o outcome, folder *results.Folder) error {
	set := folder.Set()
	accord, err := present(ctx, cmd, set, folder.Path, o.format)
	switch {
	case err != nil:
		return err
	case o.failed != nil:
		return nil // the failure says it all, and decides the status
	case set.Trials < o.asked:
		return &statusError{statusUndecided, fmt.Sprintf("interrupted: %d of %d trials were finished", set.Trials, o.asked)}
	}
	return status(set, accord)
}

// present draws pictures and page into a folder, prints the table and says where everything
// is. If cells were run in both worlds, they are compared, and accord is the worst of them.
func present(ctx context.Context, cmd *cobra.Command, set *results.Set, into string, format *formatFlag) (accord scenarios.Accord, err error) {
	if err := render(ctx, cmd.ErrOrStderr(), set, into); err != nil {
		return accord, err
	}
	out := cmd.OutOrStdout()
	options := format.options(out)
	if len(set.In(scenarios.LiveWorld)) > 0 && len(set.In(scenarios.VirtualWorld)) > 0 {
		all := scenarios.Agreements(set.Cells)
		for _, a := range all {
			accord = max(accord, a.Accord)
		}
		err = terminal.Agreement(out, all, options)
	} else {
		err = terminal.Cells(out, set.Cells, set.Cards, options)
	}
	if err != nil {
		return accord, err
	}
	out = format.remarks(cmd)
	printSurprises(out, set)
	if s := terminal.LeftOut(set); s != "" {
		fmt.Fprintf(out, "\n%s\n", s)
	}
	fmt.Fprintln(out)
	for _, run := range set.Runs {
		fmt.Fprintf(out, "results    %s\nhistories  %s\n", filepath.Join(run.Path, "results.jsonl"), filepath.Join(run.Path, "histories"))
	}
	if ctx.Err() == nil && set.Trials > 0 {
		fmt.Fprintf(out, "charts     %s\nlook at    %s\n", filepath.Join(into, "charts"), filepath.Join(into, pageFile))
	}
	return accord, nil
}

// pageFile is the page in the folder of a run.
const pageFile = "index.html"

// render draws everything that can be drawn of a set into a folder. An interruption is not
// an error.
func render(ctx context.Context, stderr io.Writer, set *results.Set, into string) error {
	bar := newProgress(stderr, "timelines", len(set.Kept), false)
	defer bar.finish()
	var mu sync.Mutex
	err := reports.Render(ctx, set, into, func(id string) {
		mu.Lock()
		defer mu.Unlock()
		bar.step(id)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// status is the exit status that a set of results, and the accord of its worlds, gives.
func status(set *results.Set, accord scenarios.Accord) error {
	worst := scenarios.AsExpected
	for _, c := range set.Cells {
		worst = max(worst, c.Outcome)
	}
	if err := restStatus(set); err != nil {
		return err
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

// version is the module's version as the Go tool recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
