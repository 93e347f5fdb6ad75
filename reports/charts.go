package reports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/locklab/locklab/reports/charts"
	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/page"
	"github.com/locklab/locklab/reports/results"
)

// Charts draws every chart that there are results for into a folder, as SVG and PNG. It returns
// them for the page, the sweeps last.
func Charts(ctx context.Context, set *results.Set, into string) ([]page.Chart, error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for pictures: %w", err)
	}
	all := charts.All(set)
	for _, r := range set.Sweeps {
		all = append(all, charts.Named{Name: "sweep-" + r.Name, Title: r.Title, Caption: r.Text, Chapter: charts.Sweeps, Figure: charts.Sweep(r)})
	}
	var out []page.Chart
	for _, c := range all {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		base := filepath.Join(into, c.Name)
		var svg bytes.Buffer
		if err := errors.Join(c.Figure.WriteSVG(&svg), files.WriteBytes(base+".svg", svg.Bytes()), c.Figure.SavePNG(base+".png")); err != nil {
			return nil, fmt.Errorf("draw chart %s: %w", c.Name, err)
		}
		out = append(out, page.Chart{Name: c.Name, Title: c.Title, Caption: c.Caption, Chapter: string(c.Chapter), SVG: svg.Bytes()})
	}
	return out, nil
}
