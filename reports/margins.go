package reports

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/margin"
)

// MarginsChart is the name of the chart of margins, without its ending.
const MarginsChart = "margins"

// RunMargins makes datasheets (see margin.Plan.Run) and writes each row to margins.jsonl in a folder
// as soon as it is measured. It calls measured with the datasheet that has got another row. An
// interruption through ctx is not an error: what was finished by then is written and returned.
func RunMargins(ctx context.Context, plan margin.Plan, workers int, folder string, measured func(margin.Sheet)) ([]margin.Sheet, error) {
	file, err := os.Create(filepath.Join(folder, results.MarginsFile))
	if err != nil {
		return nil, fmt.Errorf("open the list of margins: %w", err)
	}
	sheets := plan.Sheets()
	err = plan.Run(ctx, workers, func(all []margin.Sheet, added int) error {
		sheets = all
		s := all[added]
		measured(s)
		return margin.WriteRow(file, s)
	})
	if ctx.Err() != nil {
		err = nil
	}
	return sheets, errors.Join(err, file.Close())
}

// DrawMargins draws the chart of margins into a folder, as margins.svg and .png. Without a row there is
// nothing to draw.
func DrawMargins(sheets []margin.Sheet, into string) error {
	figure := charts.Margins(sheets)
	if figure == nil {
		return nil
	}
	base := filepath.Join(into, MarginsChart)
	if err := errors.Join(figure.SaveSVG(base+".svg"), figure.SavePNG(base+".png")); err != nil {
		return fmt.Errorf("draw the margins: %w", err)
	}
	return nil
}
