package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
)

// confirm runs live trials just below and just above the margins of datasheets, and enters what they
// show. It returns how many are missing because of an interruption.
func (o datasheetOptions) confirm(ctx context.Context, cmd *cobra.Command, plan margin.Plan, sheets []margin.Sheet, folder string) (missing int, err error) {
	planned, err := plan.LiveTrials(sheets)
	if err != nil || len(planned) == 0 {
		return 0, err
	}
	var list []trial.Trial
	of := map[*script.Scenario]*margin.LiveTrial{} // each has a scenario of its own; only ever looked up
	for _, t := range planned {
		list = append(list, t.Trial)
		of[t.Trial.Scenario] = t
	}
	missing = len(planned)
	err = playTrials(ctx, trial.ListOf(list).ByService().All(), liveJobs, console.NewProgress(cmd.ErrOrStderr(), "trials", len(list), console.Steps), func(j trial.Judged) error {
		missing--
		file := ""
		if j.History != nil {
			file = filepath.Join(results.HistoryDir, fmt.Sprintf("%s.%d.jsonl", j.Result.ID(), j.Index+1))
			if err := files.Write(filepath.Join(folder, file), j.History.Write); err != nil {
				return fmt.Errorf("keep a history: %w", err)
			}
		}
		of[j.Trial.Scenario].Confirm(j, file)
		return nil
	})
	return missing, errors.Join(err, reviseMargins(sheets, folder))
}

// reviseMargins writes margins.jsonl anew, with what the live trials showed.
func reviseMargins(sheets []margin.Sheet, folder string) error {
	return files.Write(filepath.Join(folder, results.MarginsFile), func(w io.Writer) error { return margin.WriteAll(w, sheets) })
}
