package reports

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/locklab/locklab/reports/files"
	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/internal/page"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/terminal"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/sim"
)

// Render draws everything that can be drawn from a set into a folder: timelines and charts into
// its subfolder charts, and the page as index.html. It calls drawn for each timeline, from any
// goroutine.
func Render(ctx context.Context, set *results.Set, into string, drawn func(id string)) error {
	pictures, err := Place(into)
	if err != nil {
		return err
	}
	for _, dir := range []string{into, pictures} {
		files.RemoveLeftovers(dir)
	}
	for _, run := range set.Runs {
		files.RemoveLeftovers(filepath.Join(run.Path, results.HistoryDir))
	}
	trials, err := Timelines(ctx, set.Kept, pictures, drawn)
	if err != nil || set.Trials == 0 {
		return err
	}
	drawings, err := Charts(ctx, set, pictures)
	if err != nil {
		return err
	}
	content := page.Content{
		Title: "locklab", Set: set, Charts: drawings, NoCharts: charts.Missing(set), Trials: trials, LeftOut: len(set.Kept) - len(trials),
	}
	content.Headline, content.Remarks = terminal.Headline(set)
	return page.Save(filepath.Join(into, "index.html"), content)
}

// Timelines draws the timeline of every kept trial for the page, on all processors. Those of one trial
// per scenario and of every trial with an unexpected outcome go into a folder as well, as SVG; a
// PNG would take ten times as long, and nothing needs one. Timelines calls drawn for each timeline,
// from any goroutine. It returns the trials that a page can step through.
func Timelines(ctx context.Context, kept []results.Kept, into string, drawn func(id string)) ([]page.Trial, error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for pictures: %w", err)
	}
	chosen := page.Choose(kept, page.MaxTrials)
	trials := make([]page.Trial, len(chosen))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type task struct {
		kept  results.Kept
		trial *page.Trial // nil if the page has no place for it
	}
	todo := make(chan task)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for t := range todo {
				if err := draw(t.kept, into, t.trial); err != nil {
					cancel(err)
					return
				}
				drawn(t.kept.ID)
			}
		})
	}
	next := 0
hand:
	for _, k := range kept {
		t := task{kept: k}
		if next < len(chosen) && chosen[next].ID == k.ID {
			t.trial = &trials[next]
			next++
		}
		select {
		case todo <- t:
		case <-ctx.Done():
			break hand
		}
	}
	close(todo)
	workers.Wait()
	return trials, context.Cause(ctx)
}

// draw draws one timeline, and packs the trial for the page if trial is not nil.
func draw(k results.Kept, into string, trial *page.Trial) error {
	history, err := read(k.Path)
	if err != nil {
		return err
	}
	figure, layout, err := timeline.Draw(history, k.Result.Findings, k.Title)
	if err != nil {
		return fmt.Errorf("draw the timeline of %s: %w", k.ID, err)
	}
	var svg bytes.Buffer
	err = figure.WriteSVG(&svg)
	if err == nil && (k.Telling || k.Result.Outcome.Surprising()) {
		err = files.WriteBytes(filepath.Join(into, k.ID+".svg"), svg.Bytes())
	}
	if err != nil {
		return fmt.Errorf("draw the timeline of %s: %w", k.ID, err)
	}
	if trial != nil {
		*trial, err = page.NewTrial(k, history, svg.Bytes(), layout)
	}
	return err
}

// read reads the events of a history, without the messages, which a timeline does not show.
func read(path string) (*sim.History, error) {
	file, err := files.Open(path, math.MaxInt64) // sim limits the length itself
	if err != nil {
		return nil, fmt.Errorf("read a history: %w", err)
	}
	defer file.Close()
	return sim.ReadEvents(file, path)
}
