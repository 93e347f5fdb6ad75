package terminal

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Tries that do not count are reported, both for one world and for two.
func TestTriesThatDoNotCountAreTold(t *testing.T) {
	for tries, want := range map[int]string{
		0: "",
		1: " One more try does not count because the machine was too slow.",
		3: " 3 more tries do not count because the machine was too slow.",
	} {
		cell := outcome.Summary{Scenario: "gc-pause", Backend: "redis", Guard: "none", World: sim.LiveWorld, Trials: 1, TooSlow: tries}
		one := outcomeSentence([]outcome.Summary{cell})
		both, _ := accordSentence([]outcome.Agreement{{Virtual: outcome.Summary{Trials: 20}, Live: cell}})
		for _, got := range []string{one, both} {
			if !strings.HasSuffix(got, "."+want) || strings.Count(got, "too slow") > 1 {
				t.Errorf("%d tries are told as %q", tries, got)
			}
		}
	}
}
