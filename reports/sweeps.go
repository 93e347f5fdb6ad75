package reports

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
)

// RunSweeps runs sweeps (see sweep.Run) and writes each point to sweeps.jsonl in a
// folder as soon as it is judged. It calls measured for each point. An interruption through ctx
// is not an error: what was finished by then is written and returned.
func RunSweeps(ctx context.Context, sweeps []*sweep.Sweep, seeds outcome.Seeds, part trial.Shard, workers int, folder string, measured func(sweep.Point)) ([]sweep.Result, error) {
	file, err := os.Create(filepath.Join(folder, results.SweepsFile))
	if err != nil {
		return nil, fmt.Errorf("open the list of sweeps: %w", err)
	}
	var all []sweep.Result
	about := sweeps
	err = sweep.Run(ctx, sweeps, seeds, part, workers, func(p sweep.Point) error {
		for len(all) == 0 || all[len(all)-1].Name != p.Sweep {
			all = append(all, sweep.Result{About: about[0].About})
			if err := sweep.WriteRow(file, sweep.Row{Sweep: &about[0].About}); err != nil {
				return err
			}
			about = about[1:]
		}
		last := &all[len(all)-1]
		last.Points = append(last.Points, p)
		measured(p)
		return sweep.WriteRow(file, sweep.Row{Point: &p})
	})
	if ctx.Err() != nil {
		err = nil
	}
	return all, errors.Join(err, file.Close())
}

// DrawSweeps draws a chart of each sweep into a folder, as sweep-NAME.svg and .png.
func DrawSweeps(all []sweep.Result, into string) error {
	for _, r := range all {
		base := filepath.Join(into, "sweep-"+r.Name)
		figure := charts.Sweep(r)
		if err := errors.Join(figure.SaveSVG(base+".svg"), figure.SavePNG(base+".png")); err != nil {
			return fmt.Errorf("draw sweep %s: %w", r.Name, err)
		}
	}
	return nil
}
