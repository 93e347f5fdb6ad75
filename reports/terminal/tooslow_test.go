package terminal

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
)

// Tries that do not count are reported, both for one world and for two.
func TestTriesThatDoNotCountAreTold(t *testing.T) {
	for tries, want := range map[int]string{
		0: "",
		1: " One more try does not count because the machine was too slow.",
		3: " 3 more tries do not count because the machine was too slow.",
	} {
		cell := scenarios.Summary{Scenario: "gc-pause", Backend: "redis", Guard: "none", World: sim.LiveWorld, Trials: 1, TooSlow: tries}
		one := outcomeSentence([]scenarios.Summary{cell})
		both, _ := accordSentence([]scenarios.Agreement{{Virtual: scenarios.Summary{Trials: 20}, Live: cell}})
		for _, got := range []string{one, both} {
			if !strings.HasSuffix(got, "."+want) || strings.Count(got, "too slow") > 1 {
				t.Errorf("%d tries are told as %q", tries, got)
			}
		}
	}
}
