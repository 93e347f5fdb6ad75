package reports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// keep writes the history of a real trial to a file.
func keep(t *testing.T, scenario string, as outcome.Outcome, telling bool) results.Kept {
	t.Helper()
	one := picturetest.Trial(t, scenario, "redis", "none")
	history, err := one.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := results.Kept{ID: scenario, Result: one.Judge(history), Path: filepath.Join(t.TempDir(), "history.jsonl"), Telling: telling}
	k.Result.Outcome = as
	file, err := os.Create(k.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(history.Write(file), file.Close()); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestEachScenarioAndEachSurpriseHasAPictureToOpen(t *testing.T) {
	into := filepath.Join(t.TempDir(), "charts")
	kept := []results.Kept{
		keep(t, "gc-pause", outcome.AsExpected, true),
		keep(t, "no-fault", outcome.NotAsExpected, false),
		keep(t, "contention", outcome.AsExpected, false),
	}
	var mu sync.Mutex
	var told []string
	trials, err := Timelines(t.Context(), kept, into, func(id string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, id)
	})
	if err != nil || len(trials) != len(kept) {
		t.Fatalf("%d trials for a page, %v", len(trials), err)
	}
	files, err := filepath.Glob(filepath.Join(into, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"gc-pause.svg", "no-fault.svg"}; !slices.Equal(files, want) {
		t.Errorf("drawn: %q, want %q", files, want)
	}
	if slices.Sort(told); !slices.Equal(told, []string{"contention", "gc-pause", "no-fault"}) {
		t.Errorf("told of %q", told)
	}
}

func TestAHistoryThatCannotBeReadEndsTheDrawing(t *testing.T) {
	broken := keep(t, "gc-pause", outcome.AsExpected, true)
	if err := os.WriteFile(broken.Path, []byte("no history\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Timelines(t.Context(), []results.Kept{broken, broken, broken}, t.TempDir(), func(string) {})
	if bad, ok := errors.AsType[*sim.FormatError](err); !ok || !strings.HasSuffix(bad.File, "history.jsonl") || bad.Line != 1 {
		t.Errorf("error %v, want one that names the file and the line", err)
	}
}

func TestDrawingStopsWhenItIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Timelines(ctx, []results.Kept{keep(t, "gc-pause", outcome.AsExpected, true)}, t.TempDir(), func(string) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestThePageSaysWhichChartsAreMissing(t *testing.T) {
	set := &results.Set{Trials: 1, Cells: []outcome.Summary{{Scenario: "a", Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, Trials: 1, Damage: outcome.Tally{Holds: 1}}}}
	into := t.TempDir()
	if err := Render(t.Context(), set, into, func(string) {}); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(into, "index.html"))
	if err != nil || !strings.Contains(string(page), "There is no chart cap.virtual: it needs results of partition-sides.") {
		t.Errorf("the page does not say why there is no chart cap.virtual (%v)", err)
	}
}
