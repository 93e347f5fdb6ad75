package outcome

import (
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// TestChanceThatDecidesOfBeliefsDecidesOfWork checks that where chance decides whether two
// attentive clients believe at once, it also decides whether both work. It need not for clients
// that keep working when they are told.
func TestChanceThatDecidesOfBeliefsDecidesOfWork(t *testing.T) {
	for discipline, want := range map[string]Accord{"attentive": Agree, "heedless": Disagree} {
		side := func(world string, violated int) Summary {
			return Summary{Scenario: "slow-renewals", Backend: "etcd", Guard: "none", Discipline: discipline, World: world, Trials: 1, Tallies: []Tally{
				{Property: check.Overlap, Violated: violated, Holds: 1 - violated, Expected: new(check.Verdict), Sometimes: true},
				{Property: check.WorkOverlap, Violated: violated, Holds: 1 - violated},
			}}
		}
		if a := Agreements([]Summary{side(sim.VirtualWorld, 1), side(sim.LiveWorld, 0)})[0]; a.Accord != want {
			t.Errorf("%s: %v %q, want %v", discipline, a.Accord, a.Why, want)
		}
	}
}
