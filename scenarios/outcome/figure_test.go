package outcome

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// waited returns a trial in which clients waited for these times, in seconds.
func waited(seed uint64, values ...float64) *Result {
	m := check.Measured{Measure: check.Wait, Count: len(values), Least: slices.Min(values), Most: slices.Max(values)}
	r := judgedAs(seed, nil, m)
	r.TTL, r.Values = time.Second, []Values{{check.Wait, values}}
	return r
}

// waiting sums up trials of a cell in which the mean wait must be from 1 to 2 s, and the 95th
// percentile from 3 to 4 s.
func waiting(t *testing.T, trials ...*Result) Summary {
	t.Helper()
	s := NewSummaries([]Card{{Scenario: "gc-pause", Cells: []CardCell{{
		Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, TTL: time.Second, Ranges: []CardRange{
			{Measure: check.Wait, Of: "mean", From: 1, To: 2, Written: []string{"1s", "2s"}, Because: "it is so"},
			{Measure: check.Wait, Of: "p95", From: 3, To: 4, Written: []string{"3ttl", "4ttl"}, Because: "it is so"},
			{Measure: check.Wait, From: 0, To: 1}, // for each trial by itself
		},
	}}}})
	for _, r := range trials {
		scripttest.Must(t, s.Add(r))
	}
	return s.Cells()[0]
}

func repeated(v float64, n int) []float64 { return slices.Repeat([]float64{v}, n) }

func TestValuesOfAllTrialsAreJudgedTogether(t *testing.T) {
	for _, c := range []struct {
		name      string
		trials    []*Result
		want      [2]Outcome
		found     [2]string
		cell      Outcome
		whyNeeded string
	}{
		{"all as expected, each value counted once", []*Result{waited(1, repeated(1, 18)...), waited(2, 3.5, 3.5)},
			[2]Outcome{AsExpected, AsExpected}, [2]string{"1.25s (20 values)", "3.500ttl (20 values)"}, AsExpected, ""},
		{"one in fifty is not the 95th percentile", []*Result{waited(1, repeated(1, 49)...), waited(2, 3.5)},
			[2]Outcome{AsExpected, NotAsExpected}, [2]string{"1.05s (50 values)", "1.000ttl (50 values)"}, NotAsExpected, ""},
		{"too few", []*Result{waited(1, 1, 1, 3.5)},
			[2]Outcome{Undecided, Undecided}, [2]string{"1.833s (3 values)", "3.500ttl (3 values)"}, Undecided, "it takes 20 values to decide, but the trials have only 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := waiting(t, c.trials...)
			if len(s.Figures) != 2 {
				t.Fatalf("%d figures, want those of mean and p95", len(s.Figures))
			}
			for i, f := range s.Figures {
				if f.Outcome != c.want[i] || f.Found(s.TTL) != c.found[i] || !strings.Contains(f.Why, c.whyNeeded) {
					t.Errorf("%s: %s, found %s (%s); want %s, %s", f.Range, f.Outcome, f.Found(s.TTL), f.Why, c.want[i], c.found[i])
				}
			}
			if s.Outcome != c.cell {
				t.Errorf("the cell is %s, want %s", s.Outcome, c.cell)
			}
		})
	}
}

// TestValuesThatAreNotThereLeaveItOpen checks a trial that says it measured five values but has
// none of them: it leaves open what all values come to.
func TestValuesThatAreNotThereLeaveItOpen(t *testing.T) {
	bare := waited(2, 1, 1, 1, 1, 1)
	bare.Values = nil
	s := waiting(t, waited(1, repeated(1.5, 40)...), bare)
	if f := s.Figures[0]; f.Outcome != Undecided || s.Outcome != Undecided || !strings.Contains(f.Why, "missing in 1 of the trials") {
		t.Errorf("%s, %s: %s", f.Outcome, s.Outcome, f.Why)
	}
}

// TestOnlyTrialsWhoseFaultsHappenedAreJudgedTogether checks that the values of a trial do not count
// if its fault did not happen.
func TestOnlyTrialsWhoseFaultsHappenedAreJudgedTogether(t *testing.T) {
	r := waited(2, repeated(1000, 40)...)
	for i := range r.Findings {
		if r.Findings[i].Property == check.FaultsHappened {
			r.Findings[i].Verdict = check.Undecided
		}
	}
	if s := waiting(t, waited(1, repeated(1.5, 40)...), r); s.Figures[0].Outcome != AsExpected || s.Figures[0].Count != 40 {
		t.Errorf("%+v", s.Figures[0])
	}
}
