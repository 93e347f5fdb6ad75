package results

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Whatever comes out of the trials, each shard keeps at least those of its histories that the whole
// run would: otherwise they were missing when the shards are put together.
func TestAShardKeepsWhatTheWholeRunWould(t *testing.T) {
	chances := []check.Property{check.Overlap, check.LostUpdate, check.StaleWrite}
	cell := outcome.CardCell{Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld}
	for _, p := range chances {
		cell.Expect = append(cell.Expect, script.Expected{Property: p, Verdict: check.Violated, Sometimes: true})
	}
	card := &outcome.Card{Scenario: "gc-pause", Cells: []outcome.CardCell{cell}}
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(2, 5).Draw(t, "shards")
		least := rapid.IntRange(0, 7).Draw(t, "keep")
		whole := newKeeper(About{Keep: least})
		var parts []keeper
		for range of {
			parts = append(parts, newKeeper(About{Keep: least, Shard: &Shard{Shard: trial.Shard{Index: 1, Of: of}}}))
		}
		for k := range rapid.IntRange(0, 120).Draw(t, "trials") {
			r := outcome.Result{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld}
			if rapid.IntRange(0, 5).Draw(t, "surprise") == 0 {
				r.Outcome = outcome.NotAsExpected
			}
			for _, p := range chances {
				if rapid.IntRange(0, 9).Draw(t, "chance") == 0 {
					r.Findings = append(r.Findings, check.Finding{Property: p, Verdict: check.Violated})
				}
			}
			there := rapid.IntRange(0, 9).Draw(t, "history") > 0
			keeps := parts[k%of].keeps(card, &r, there)
			if whole.keeps(card, &r, there) && !keeps {
				t.Fatalf("the whole run keeps trial %d, its shard does not", k)
			}
		}
	})
}
