package terminal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// TestTranscripts keeps one transcript per scenario: seed 1 of the first cell with a real lock
// service. The transcripts are there to be read: a change to an algorithm, a model or the kernel
// shows up in them as a difference in a story. The fingerprints of all cells
// (scenarios/testdata/fingerprints.txt) make sure that nothing else changes unseen. For a long
// story the beginning is enough.
func TestTranscripts(t *testing.T) {
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("testdata", "transcripts")
	told := map[string]bool{}
	for _, s := range all {
		h := plainest(t, s)
		path := filepath.Join(dir, s.Name+".txt")
		told[path] = true
		var b bytes.Buffer
		if err := Transcript(&b, h); err != nil {
			t.Fatal(err)
		}
		b = beginning(b)
		if *update {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s tells another story now (%v); look at the difference after running the test with -update", path, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if !told[path] {
			t.Errorf("%s is of no scenario; remove it", path)
		}
	}
}

// mostLines is how many lines of a story are kept.
const mostLines = 150

// beginning cuts off a long story and says how many lines are left out.
func beginning(story bytes.Buffer) (short bytes.Buffer) {
	lines := bytes.SplitAfter(story.Bytes(), []byte("\n"))
	if len(lines) <= mostLines {
		return story
	}
	for _, line := range lines[:mostLines] {
		short.Write(line)
	}
	fmt.Fprintf(&short, "and %d lines more\n", len(lines)-mostLines-1)
	return short
}

// plainest runs a trial of the first cell with a real lock service, or of a control if there is no
// such cell.
func plainest(t *testing.T, s *script.Scenario) *sim.History {
	t.Helper()
	trials, err := trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	can, _ := trial.Available(trials)
	controls := []string{control.None{}.Name(), control.Perfect{}.Name()}
	at := max(0, slices.IndexFunc(can, func(trial trial.Trial) bool { return !slices.Contains(controls, trial.Backend.Backend.Name()) }))
	h, err := can[at].Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}
