package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/scenarios/outcome"
)

func reportCommand() *cobra.Command {
	var out string
	format := tableFormat()
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Rebuild the table, charts and page from earlier runs",
		Long: `Report reads the folders of one run or several (results.jsonl, run.json and the
histories that were kept), adds them up, and makes everything anew that run makes at
its end: the table, the timelines, the charts and index.html. Nothing is run again.
Of what ` + "`locklab sweep`" + ` has left it makes the table of points and the chart.

With one folder, pictures and page are written into it; with several, --out says where.

Exit status: that of the runs; 2 also if one of them was interrupted or killed.`,
		Example: "  locklab report out/latest\n  locklab report out/monday out/tuesday --out out/both-days",
		Args:    wantArgs(1, noLimit, "the folder of a run, such as out/latest"),
		RunE: func(cmd *cobra.Command, folders []string) error {
			if out == "" && len(folders) > 1 {
				return errors.New("several folders need --out DIR for their combined report")
			}
			if out == "" {
				out = folders[0]
			}
			return report(cmd, folders, out, format)
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder for pictures and page (default: that of the run)")
	format.register(c)
	return c
}

func report(cmd *cobra.Command, folders []string, out string, format *formatFlag) error {
	ctx, stop := untilStopped(cmd.Context())
	defer stop()
	var set *results.Set
	err := unlessInterrupted(ctx, func() (err error) {
		set, err = readFolders(ctx, cmd, folders)
		return err
	})
	if ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: nothing was written"}
	}
	if err != nil {
		return err
	}
	if onlySweeps(set) {
		return reportSweeps(cmd, set, out, format)
	}
	made, err := present(ctx, cmd, set, out, format)
	if err != nil {
		return err
	}
	var remarks []string
	if missing := unfinished(set); len(missing) > 0 {
		remarks = append(remarks, "unfinished: "+strings.Join(missing, "; "))
	}
	if !made.drawn {
		remarks = append(remarks, "interrupted: "+notDrawn)
	}
	return status(set, made.accord, remarks)
}

// onlySweeps reports whether nothing but sweeps was run.
func onlySweeps(set *results.Set) bool {
	for _, run := range set.Runs {
		if run.About.Trials > 0 || !exists(run.Path, results.SweepsFile) {
			return false
		}
	}
	return set.Trials == 0
}

// reportSweeps draws sweeps anew from their points and prints what the sweep command prints.
func reportSweeps(cmd *cobra.Command, set *results.Set, into string, format *formatFlag) error {
	if format.Format != terminal.Table {
		return fmt.Errorf("--format is %s, but there are only sweeps, which have a table alone; their points are in %s",
			format.Format, filepath.Join(set.Runs[0].Path, results.SweepsFile))
	}
	charts, err := reports.Place(into)
	if err != nil {
		return err
	}
	if err := reports.DrawSweeps(set.Sweeps, charts); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if len(set.Sweeps) == 0 {
		fmt.Fprintln(out, "Nothing was measured.")
	}
	for _, s := range set.Sweeps {
		if err := terminal.Sweep(out, s); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for _, run := range set.Runs {
		fmt.Fprintf(out, "points     %s\n", filepath.Join(run.Path, results.SweepsFile))
	}
	worst := outcome.AsExpected
	for _, s := range set.Sweeps {
		fmt.Fprintf(out, "look at    %s\n", filepath.Join(charts, "sweep-"+s.Name+".png"))
		worst = max(worst, s.Outcome())
	}
	var remarks []string
	if missing := unfinished(set); len(missing) > 0 {
		remarks = append(remarks, "unfinished: "+strings.Join(missing, "; "))
	} else if len(set.Sweeps) == 0 {
		remarks = append(remarks, "unfinished: no sweep point was finished")
	}
	return worstStatus(worst, remarks)
}

// slowToRead is the size in bytes from which reading takes long enough to show progress.
const slowToRead = 64 << 20

func readFolders(ctx context.Context, cmd *cobra.Command, folders []string) (*results.Set, error) {
	const parts = 100
	var bar *progress
	shown := int64(0)
	set, err := results.Read(ctx, folders, func(done, total int64) {
		if total < slowToRead {
			return
		}
		if bar == nil {
			bar = newProgress(cmd.ErrOrStderr(), "percent read", parts, tenths)
		}
		for ; shown < done*parts/total && ctx.Err() == nil; shown++ {
			bar.step("")
		}
	})
	if bar != nil {
		bar.finish()
	}
	return set, err
}
