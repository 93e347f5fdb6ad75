package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// conclude presents what was found. The exit status is that of the worst trial. After a failure of
// the harness it still reports what was judged, but the failure decides the status.
func conclude(ctx context.Context, cmd *cobra.Command, folder *results.Folder, failed error, format *console.FormatFlag) error {
	set := folder.Set()
	made, err := present(ctx, cmd, set, folder.Path, format)
	if err != nil || failed != nil {
		return err // a failure says everything and decides the status
	}
	missing := unfinished(set)
	if !made.drawn {
		missing = append(missing, notDrawn)
	}
	var remarks []string
	if len(missing) > 0 {
		remarks = append(remarks, "interrupted: "+strings.Join(missing, "; "))
	}
	return status(set, made.accord, remarks)
}

// notDrawn is the remark that there was no time to draw.
const notDrawn = "charts and page were not finished"

// presented is the result of present.
type presented struct {
	accord outcome.Accord // the worst, over cells that were run in both worlds
	drawn  bool           // everything was drawn; false if it was interrupted
}

// present draws pictures and page into a folder, prints the table and says where everything is. It
// compares cells that were run in both worlds.
func present(ctx context.Context, cmd *cobra.Command, set *results.Set, into string, format *console.FormatFlag) (made presented, err error) {
	if made.drawn, err = render(ctx, cmd.ErrOrStderr(), set, into); err != nil {
		return made, err
	}
	console.NothingToSave()
	out := cmd.OutOrStdout()
	options, summed := format.Options(out), false
	if err := terminal.Unfinished(out, set, options); err != nil {
		return made, err
	}
	if len(set.In(sim.LiveWorld)) > 0 && len(set.In(sim.VirtualWorld)) > 0 {
		all := outcome.Agreements(set.Cells)
		for _, a := range all {
			made.accord = max(made.accord, a.Accord)
		}
		err = terminal.Agreement(out, all, options)
	} else if summed = format.Screen() && terminal.OnScreen(set); summed {
		err = terminal.Screen(out, set, options)
	} else {
		err = terminal.Cells(out, set.Cells, set.Cards, options)
	}
	if err != nil {
		return made, err
	}
	out = format.Remarks(cmd)
	printSurprises(out, set)
	if s := terminal.LeftOut(set); s != "" {
		fmt.Fprintf(out, "\n%s\n", s)
	}
	if part := set.Shard(); !part.Whole() {
		fmt.Fprintf(out, "\nThis is shard %s: each trial was judged, but not what is expected of all of them together.\nPut the shards together: locklab report DIR... --out DIR\n", part)
	}
	fmt.Fprintln(out)
	for _, run := range set.Runs {
		if summed {
			fmt.Fprintf(out, "every cell %s\n", plaintext.Shell("locklab", "report", run.Path, "-v"))
			continue
		}
		fmt.Fprintf(out, "results    %s\nhistories  %s\n", filepath.Join(run.Path, "results.jsonl"), filepath.Join(run.Path, "histories"))
	}
	if made.drawn && set.Trials > 0 {
		if !summed {
			fmt.Fprintf(out, "charts     %s\n", filepath.Join(into, "charts"))
		}
		fmt.Fprintf(out, "look at    %s\n", filepath.Join(into, pageFile))
	}
	return made, nil
}

// pageFile is the name of the page in the folder of a run.
const pageFile = "index.html"

// render draws everything that can be drawn of a set into a folder. An interruption is not an
// error; drawn reports whether there was none, or it came too late.
func render(ctx context.Context, stderr io.Writer, set *results.Set, into string) (drawn bool, err error) {
	bar := console.NewProgress(stderr, "timelines", len(set.Kept), console.Tenths)
	var mu sync.Mutex
	over := false
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		bar.Finish()
		over = true
	}()
	err = console.UnlessInterrupted(ctx, func() error {
		return reports.Render(ctx, set, into, func(id string) {
			mu.Lock()
			defer mu.Unlock()
			if !over {
				bar.Step(id)
			}
		})
	})
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return false, nil
	}
	return err == nil, err
}

// status returns the exit status for a set of results and the accord of its worlds, which one part
// of a run does not tell. missing says what an interrupted run lacks. Even then, what is not as
// expected decides.
func status(set *results.Set, accord outcome.Accord, missing []string) error {
	worst, say := restOutcome(set)
	worst = max(worst, outcome.Worst(set.Cells))
	if !set.Shard().Whole() {
		accord = outcome.Agree
	}
	switch accord {
	case outcome.Disagree, outcome.Unexpected:
		worst = outcome.NotAsExpected
	case outcome.Unsure:
		worst = max(worst, outcome.Undecided)
	}
	return worstStatus(worst, missing, say...)
}

// worstStatus turns the worst outcome into an exit status. missing says what an interruption left
// out; say is whatever else the user should be told.
func worstStatus(worst outcome.Outcome, missing []string, say ...string) error {
	text := strings.Join(append(say, missing...), "\n")
	switch {
	case worst == outcome.NotAsExpected:
		return &statusError{statusNotAsExpected, text}
	case worst == outcome.Undecided, len(missing) > 0:
		return &statusError{statusUndecided, text}
	}
	return nil
}

// printSurprises prints what was not as expected, one trial per cell, and the command to see it
// again.
func printSurprises(out io.Writer, set *results.Set) {
	for _, r := range set.Surprises {
		fmt.Fprintf(out, "\n%s: %s, seed %d\n", r.Outcome, r.Cell(), r.Seed)
		for _, s := range r.Surprises {
			fmt.Fprintf(out, "  %s\n", s)
		}
		if tried := r.Tried(); tried != "" {
			fmt.Fprintf(out, "  %s\n", tried)
		}
		file := ""
		if card := set.Card(r.Scenario); card != nil {
			file = card.File
		}
		fmt.Fprintf(out, "  again: %s\n", r.Replay(file))
	}
	if more := set.Surprising - len(set.Surprises); more > 0 {
		fmt.Fprintf(out, "\nand %s of these or other cells, see results.jsonl\n", words.Many(more, "more trial"))
	}
}

// version returns the module's version as the Go tool recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
