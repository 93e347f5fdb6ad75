package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
)

// transcript reads a history written for people: see historytest.Transcript.
func transcript(t testing.TB, text string) *sim.History {
	t.Helper()
	return historytest.Transcript(t, text)
}

// trial is a history and what a checker must say about it.
type trial struct {
	name     string
	history  string
	verdict  Verdict
	why      string // a substring of the sentence
	evidence []int64
}

func judgeTrials(t *testing.T, p Property, trials []trial) {
	t.Helper()
	for _, each := range trials {
		t.Run(each.name, func(t *testing.T) {
			f := One(p, transcript(t, each.history))
			if f.Property != p || f.Verdict != each.verdict {
				t.Errorf("got %s %s, expected %s %s", f.Property, f.Verdict, p, each.verdict)
			}
			if !strings.Contains(f.Why, each.why) {
				t.Errorf("why:\n   got %s\n  want %s", f.Why, each.why)
			}
			if !slices.Equal(f.Evidence, each.evidence) {
				t.Errorf("evidence: got %v, want %v", f.Evidence, each.evidence)
			}
		})
	}
}
