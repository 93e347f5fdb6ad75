package reports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/internal/page"
	"github.com/locklab/locklab/reports/results"
)

// Charts draws every chart that there are results for into a folder, as SVG and PNG, on all processors.
// It returns them for the page, the sweeps last.
func Charts(ctx context.Context, set *results.Set, into string) ([]page.Chart, error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for pictures: %w", err)
	}
	all := charts.All(set)
	for _, r := range set.Sweeps {
		all = append(all, charts.Named{Name: "sweep-" + r.Name, Title: r.Title, Caption: r.Text, Chapter: charts.Sweeps, Figure: charts.Sweep(r)})
	}
	out := make([]page.Chart, len(all))
	workers, stop := errgroup.WithContext(ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range all {
		workers.Go(func() error {
			if stop.Err() != nil {
				return context.Cause(stop)
			}
			base := filepath.Join(into, c.Name)
			var svg bytes.Buffer
			if err := errors.Join(c.Figure.WriteSVG(&svg), files.WriteBytes(base+".svg", svg.Bytes()), c.Figure.SavePNG(base+".png")); err != nil {
				return fmt.Errorf("draw chart %s: %w", c.Name, err)
			}
			out[i] = page.Chart{Name: c.Name, Title: c.Title, Caption: c.Caption, Chapter: string(c.Chapter), SVG: svg.Bytes()}
			return nil
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
