package results

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
)

// manyCells returns a card of this many cells.
func manyCells(n int) []outcome.Card {
	card := outcome.Card{Scenario: "much"}
	for i := range n {
		card.Cells = append(card.Cells, outcome.CardCell{Backend: fmt.Sprint("redis-", i), Guard: "none", Discipline: "attentive", World: "virtual"})
	}
	return []outcome.Card{card}
}

// A run that no report could show is refused before anything is made, and so is a report.
func TestTooManyCellsAreRefused(t *testing.T) {
	const want = "more than 10000 cells, the maximum for one report"
	out := t.TempDir()
	if _, err := NewFolder(out, About{Started: time.Now(), Scenarios: manyCells(outcome.MaxCells + 1)}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("NewFolder: %v", err)
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v (%v)", left, err)
	}
	s := newSum()
	if err := s.addRun(Run{About: About{Scenarios: manyCells(outcome.MaxCells)}}); err != nil {
		t.Fatal(err)
	}
	more := &outcome.Result{Scenario: "more", Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual"}
	if err := s.add(more, "out"); err == nil || !strings.Contains(err.Error(), "more than 10000 cells, the maximum for one report: combine fewer runs") {
		t.Errorf("add: %v", err)
	}
}

// A row that never ends is not accumulated.
func TestARowThatNeverEndsIsRefused(t *testing.T) {
	dir := writeRows(t, 1)
	long := strings.Repeat("x", 3*maxRow)
	file, err := os.OpenFile(dir+"/"+resultsFile, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(long); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Read(t.Context(), []string{dir}, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "results.jsonl: line 2 is longer than 1048576 bytes, expected what `locklab run` writes") {
		t.Errorf("got %v", err)
	}
}
