package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports"
	"github.com/locklab/locklab/reports/datasheet"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
)

func reportCommand() *cobra.Command {
	var out string
	format := console.TableFormat()
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Rebuild the table, charts and page from earlier runs",
		Long: `Report reads the folders of one run or several (results.jsonl, run.json and the
histories that were kept), adds them up, and makes everything anew that run makes at
its end: the table, the timelines, the charts and index.html. Nothing is run again.
Of what ` + "`locklab sweep`" + ` has left it makes the table of points and the chart,
and of what ` + "`locklab datasheet`" + ` has left, the datasheets and the chart.

With one folder, pictures and page are written into it; with several, --out says where.

Exit status: that of the runs; 2 also if one of them was interrupted or killed.`,
		Example: "  locklab report out/latest\n  locklab report out/monday out/tuesday --out out/both-days",
		Args:    console.WantArgs(1, console.NoLimit, "the folder of a run, such as out/latest"),
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
	format.Register(c)
	format.RegisterVerbose(c)
	return c
}

func report(cmd *cobra.Command, folders []string, out string, format *console.FormatFlag) error {
	ctx, stop := console.UntilStopped(cmd.Context())
	defer stop()
	var set *results.Set
	err := console.UnlessInterrupted(ctx, func() (err error) {
		set, err = read(ctx, cmd, folders, out)
		return err
	})
	if ctx.Err() != nil {
		return &statusError{statusUndecided, "interrupted: nothing was written"}
	}
	if err != nil {
		return err
	}
	switch measured, err := whatMeasured(set); {
	case err != nil:
		return err
	case measured == results.SweepsFile:
		return reportSweeps(cmd, set, out, format)
	case measured == results.MarginsFile:
		return reportDatasheets(cmd, set, out, format)
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

// whatMeasured returns the list that stands in for trials if sweeps alone were run, or datasheets
// alone; "" if there are trials. Datasheets have no place in a report on anything else.
func whatMeasured(set *results.Set) (list string, err error) {
	var trials, sweeps, sheets string // the folder of one
	for _, run := range set.Runs {
		switch {
		case exists(run.Path, results.MarginsFile):
			sheets = run.Path
		case run.About.Trials == 0 && exists(run.Path, results.SweepsFile):
			sweeps = run.Path
		default:
			trials = run.Path
		}
	}
	other := cmp.Or(trials, sweeps)
	switch {
	case sheets != "" && other != "":
		return "", fmt.Errorf("%s has datasheets and %s has none; expected the one or the other, so make two reports", sheets, other)
	case sheets != "":
		return results.MarginsFile, nil
	case trials == "":
		return results.SweepsFile, nil
	}
	return "", nil
}

// reportDatasheets draws the margins anew and prints what the datasheet command prints.
func reportDatasheets(cmd *cobra.Command, set *results.Set, into string, format *console.FormatFlag) error {
	charts, err := reports.Place(into)
	if err != nil {
		return err
	}
	if err := reports.DrawMargins(set.Datasheets, charts); err != nil {
		return err
	}
	if err := datasheet.Write(cmd.OutOrStdout(), set.Datasheets, format.Options(cmd.OutOrStdout())); err != nil {
		return err
	}
	var missing []string
	rows, asked := 0, 0
	for _, s := range set.Datasheets {
		rows += len(s.Rows)
	}
	var lists []string
	for _, run := range set.Runs {
		asked += run.Margins
		lists = append(lists, filepath.Join(run.Path, results.MarginsFile))
	}
	if len(set.Runs) == 1 && rows < asked { // of several, one may have measured again what another did
		missing = append(missing, fmt.Sprintf("unfinished: %d of %d faults were measured", rows, asked))
	}
	return concludeDatasheets(format.Remarks(cmd), set.Datasheets, lists, charts, missing)
}

// reportSweeps draws sweeps anew from their points and prints what the sweep command prints.
func reportSweeps(cmd *cobra.Command, set *results.Set, into string, format *console.FormatFlag) error {
	if format.Format != typeset.Table {
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

// read reads the folders, or puts them together if they are shards of one run.
func read(ctx context.Context, cmd *cobra.Command, folders []string, out string) (*results.Set, error) {
	bar := console.Reading{Context: ctx, Out: cmd.ErrOrStderr()}
	defer bar.Finish()
	shards, err := results.AreShards(folders)
	if err != nil {
		return nil, err
	}
	if shards {
		return results.Merge(ctx, folders, out, bar.Show)
	}
	return results.Read(ctx, folders, bar.Show)
}
