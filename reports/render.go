package reports

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
)

// Timelines draws the timeline of every kept trial into a folder, on all processors, as
// SVG. To make a PNG takes ten times as long, so there is one for each scenario, and for all
// that is not as expected. drawn is told of each, from any goroutine.
func Timelines(ctx context.Context, kept []results.Kept, into string, drawn func(id string)) error {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan results.Kept)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for k := range todo {
				if err := draw(k, into); err != nil {
					cancel(err)
					return
				}
				drawn(k.ID)
			}
		})
	}
hand:
	for _, k := range kept {
		select {
		case todo <- k:
		case <-ctx.Done():
			break hand
		}
	}
	close(todo)
	workers.Wait()
	return context.Cause(ctx)
}

func draw(k results.Kept, into string) error {
	history, err := read(k.Path)
	if err != nil {
		return err
	}
	figure, err := timeline.Timeline(history, k.Result.Findings)
	if err != nil {
		return fmt.Errorf("draw the timeline of %s: %w", k.ID, err)
	}
	base := filepath.Join(into, k.ID)
	if k.Telling || k.Result.Outcome != scenarios.AsExpected {
		if err := figure.SavePNG(base + ".png"); err != nil {
			return err
		}
	}
	return figure.SaveSVG(base + ".svg")
}

func read(path string) (*sim.History, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a history: %w", err)
	}
	defer file.Close()
	return sim.ReadHistory(file, path)
}
