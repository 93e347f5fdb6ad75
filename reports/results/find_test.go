package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
)

// printed is a folder with trials that have these fingerprints, with the seeds 1, 2, ….
func printed(t *testing.T, fingerprints ...string) *Folder {
	t.Helper()
	f := newFolder(t)
	for i, p := range fingerprints {
		r := outcome.Result{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", Seed: uint64(i + 1), Fingerprint: p,
			Findings: []check.Finding{{Property: check.LostUpdate, Verdict: check.Violated}}}
		if err := f.Add(trial.Judged{Result: r}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestATrialIsFoundByItsIDAFileOfItsOrItsFingerprint(t *testing.T) {
	f := printed(t, "4296e2c76bec7480", "4296e2d7aaaaaaaa", "beef")
	for name, seed := range map[string]uint64{
		"gc-pause.redis.none.virtual.seed-2":                              2,
		"out/latest/histories/gc-pause.redis.none.virtual.seed-1.jsonl":   1,
		filepath.Join("charts", "gc-pause.redis.none.virtual.seed-3.svg"): 3,
		"4296e2c":          1,
		"4296e2d7aaaaaaaa": 2,
		"beef":             3,
	} {
		got, err := Find(t.Context(), f.Path, name)
		if err != nil || got.Result.Seed != seed || got.Card() == nil || got.Card().Scenario != "gc-pause" || got.HistoryPath() != "" {
			t.Errorf("%s: %+v, %v; want the trial with seed %d", name, got.Result, err, seed)
		}
	}
}

func TestWhatDoesNotNameOneTrialIsRefused(t *testing.T) {
	f := printed(t, "4296e2c76bec7480", "4296e2d7aaaaaaaa")
	for _, c := range []struct{ name, want string }{
		{"4296e2", "more than one trial has a fingerprint that begins with 4296e2"},
		{"429", "has no trial \"429\", expected an ID such as"},
		{"gc-pause.redis.none.virtual.seed-22", "has no trial"},
		{"ffff", "has no trial"},
	} {
		if got, err := Find(t.Context(), f.Path, c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v; want an error that says %q", c.name, got.Result, err, c.want)
		}
	}
	if _, err := Find(t.Context(), t.TempDir(), "beef"); err == nil || !strings.Contains(err.Error(), "is not the folder of a run") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(f.Path, resultsFile), []byte("{\"seed\": true}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), f.Path, "beef"); err == nil || !strings.Contains(err.Error(), "results.jsonl:1:") {
		t.Errorf("a bad row: %v", err)
	}
}
