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
	"github.com/locklab/locklab/sim"
)

// TestTranscripts holds one transcript of every scenario, as it happens with seed 1 in the
// first cell that has a real lock service. It is there to be read: a change of an algorithm, of
// a model or of the kernel shows in it as a difference in a story. That nothing else changes
// unseen is for the fingerprints of all cells (scenarios/testdata/fingerprints.txt). Of a long
// story the beginning is enough.
func TestTranscripts(t *testing.T) {
	all, err := scenarios.Builtin(scenarios.Everything())
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

// mostLines is how much of a story is kept to be read.
const mostLines = 150

// beginning cuts a long story off, and says how much is left out.
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

// plainest runs a trial of the first cell that has a real lock service; of a control where
// there is nothing else.
func plainest(t *testing.T, s *scenarios.Scenario) *sim.History {
	t.Helper()
	trials, err := scenarios.Selection{World: scenarios.VirtualWorld, Seeds: scenarios.Seeds{First: 1, Last: 1}}.Trials([]*scenarios.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	can, _ := scenarios.Available(trials)
	controls := []string{control.None{}.Name(), control.Perfect{}.Name()}
	at := max(0, slices.IndexFunc(can, func(trial scenarios.Trial) bool { return !slices.Contains(controls, trial.Backend.Backend.Name()) }))
	h, err := can[at].Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}
