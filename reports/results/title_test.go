package results

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
)

func TestTheTitleIsThatOfTheRunElseOfTheBuiltInScenario(t *testing.T) {
	f, err := NewFolder(t.TempDir(), About{Started: time.Unix(0, 0), Scenarios: []outcome.Card{
		{Scenario: "mine", Title: "What I wanted to see"}, {Scenario: "gc-pause", Title: "My own pause"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	inside, outside := filepath.Join(f.Path, HistoryDir, "x.jsonl"), filepath.Join(t.TempDir(), "x.jsonl")
	built, err := scenarios.Find("no-fault", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ history, scenario, want string }{
		{inside, "mine", "What I wanted to see"},
		{inside, "gc-pause", "My own pause"},
		{inside, "no-fault", built.Title},
		{outside, "no-fault", built.Title},
		{outside, "mine", ""},
	} {
		if got := TitleOf(c.history, c.scenario); got != c.want {
			t.Errorf("the title of %s in %s is %q, expected %q", c.scenario, c.history, got, c.want)
		}
	}
	if err := os.WriteFile(filepath.Join(f.Path, aboutFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := TitleOf(inside, "no-fault"); got != built.Title {
		t.Errorf("beside a run.json that cannot be read the title is %q, expected %q", got, built.Title)
	}
}
