package results

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// calm is trials of gc-pause with redis in a world, and what a run of them is about.
func calm(t *testing.T, world string, seeds uint64) (trial.List, About) {
	t.Helper()
	s, err := scenarios.Find("gc-pause", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	list, err := trial.Selection{Backends: []string{"redis"}, Guards: []string{"none"}, World: world, Seeds: outcome.Seeds{First: 1, Last: seeds}, TTL: time.Second}.List([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	return list, About{Started: time.Unix(1, 0).UTC(), World: world, Trials: list.Len(), Scenarios: trial.Cards(list.Firsts(), nil)}
}

// ended leaves the folder of a run that has these seeds, in this order.
func ended(t *testing.T, about About, seeds ...uint64) string {
	t.Helper()
	f, err := NewFolder(t.TempDir(), about)
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range seeds {
		err := f.Add(trial.Judged{
			Result: outcome.Result{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: about.World, Seed: seed, TTL: time.Second,
				Findings: []check.Finding{{Property: check.LostUpdate, Verdict: check.Violated}}},
			History: &sim.History{Header: sim.Header{Format: sim.Format}, Messages: []sim.Message{}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return f.Path
}

func TestWhatIsLeftOfARunIsRun(t *testing.T) {
	for _, test := range []struct {
		name, world string
		rows        []uint64
		left        []uint64
		stay        int // rows
	}{
		{"nothing done", sim.VirtualWorld, nil, []uint64{1, 2, 3, 4, 5}, 0},
		{"killed", sim.VirtualWorld, []uint64{1, 2}, []uint64{3, 4, 5}, 2},
		{"interrupted, with trials reported before their turn", sim.VirtualWorld, []uint64{1, 2, 4}, []uint64{3, 4, 5}, 2},
		{"all done", sim.VirtualWorld, []uint64{1, 2, 3, 4, 5}, nil, 5},
		{"live trials, which are reported in any order", sim.LiveWorld, []uint64{4, 1}, []uint64{2, 3, 5}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, about := calm(t, test.world, 5)
			path := ended(t, about, test.rows...)
			f, left, err := Resume(t.Context(), path, about, list.All(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var seeds []uint64
			for each := range left {
				seeds = append(seeds, each.Seed)
			}
			if !reflect.DeepEqual(seeds, test.left) || f.Finished() != test.stay || f.Set().Trials != test.stay {
				t.Errorf("left are %v, want %v; %d rows stay, want %d", seeds, test.left, f.Finished(), test.stay)
			}
			histories, err := filepath.Glob(filepath.Join(path, HistoryDir, "*"))
			if err != nil || len(histories) != min(1, test.stay) {
				t.Errorf("the histories are %q; %v", histories, err)
			}
		})
	}
}

func TestARunIsResumedByOneProcessAtATime(t *testing.T) {
	list, about := calm(t, sim.VirtualWorld, 5)
	path := ended(t, about, 1)
	f, _, err := Resume(t.Context(), path, about, list.All(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Resume(t.Context(), path, about, list.All(), nil); err == nil || !strings.Contains(err.Error(), "still going on") {
		t.Errorf("the run is resumed twice at once: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again, _, err := Resume(t.Context(), path, about, list.All(), nil)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// Many rows that are not those of the run were written by something else. They are not thrown away.
func TestRowsOfAnotherRunStay(t *testing.T) {
	list, about := calm(t, sim.VirtualWorld, 2*trial.MostWaiting)
	var seeds []uint64
	for seed := range uint64(trial.MostWaiting + 1) {
		seeds = append(seeds, seed+2)
	}
	path := ended(t, about, seeds...)
	rows := filepath.Join(path, resultsFile)
	before, err := os.ReadFile(rows)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Resume(t.Context(), path, about, list.All(), nil); err == nil || !strings.Contains(err.Error(), "results.jsonl:513: this trial is none of the run's, or not in its order") {
		t.Errorf("it says %v", err)
	}
	if after, err := os.ReadFile(rows); err != nil || !bytes.Equal(before, after) {
		t.Errorf("rows were changed; %v", err)
	}
}
