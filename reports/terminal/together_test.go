package terminal

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// overlapped returns a cell in which two clients held the lock in violated of its trials, where a
// tenth to three tenths is expected, and in which clients waited one second each time.
func overlapped(t *testing.T, violated, trials int) []outcome.Summary {
	t.Helper()
	s := outcome.NewSummaries([]outcome.Card{{Scenario: "storm", Cells: []outcome.CardCell{{
		Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, TTL: time.Second,
		Expect: []script.Expected{{Property: check.Overlap, Verdict: check.Violated, Because: "of chance", Sometimes: true, Share: &bound.Share{From: 0.1, To: 0.3}}},
		Ranges: []outcome.CardRange{{Measure: check.Wait, Of: "p95", From: 0.5, To: 2, Written: []string{"500ms", "2s"}, Because: "it is so"}},
	}}}})
	for i := range trials {
		r := outcome.Result{
			Scenario: "storm", Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, Seed: uint64(i + 1), TTL: time.Second,
			Measures: []check.Measured{{Measure: check.Wait, Count: 1, Least: 1, Most: 1}}, Values: []outcome.Values{{Measure: check.Wait, Values: []float64{1}}},
		}
		for _, p := range append(check.Preconditions(), check.Properties()...) {
			f := check.Finding{Property: p}
			if p == check.Overlap && i < violated {
				f.Verdict = check.Violated
			}
			r.Findings = append(r.Findings, f)
		}
		if err := s.Add(&r); err != nil {
			t.Fatal(err)
		}
	}
	return s.Cells()
}

// Every format reports results over all trials together, with the figures that they were judged by.
func TestWhatComesOfAllTrialsTogetherIsTold(t *testing.T) {
	for _, c := range []struct {
		violated, trials int
		want             []string // in all formats but JSON
		json             []string
	}{
		{12, 60, []string{"found 12 of 60", "0.087 to 0.362", "the p95 of wait from 500ms to 2s; found 1s (60 values)"},
			[]string{`"expected": "sometimes 0.1 to 0.3"`, `"of": "p95"`, `"values": 60`, `"found": 1,`, `"outcome": "as expected"`}},
		{50, 60, []string{"found 50 of 60", "0.676 to 0.935"}, []string{`"violated": 50`}},
		{2, 10, []string{"it takes 51 trials to decide, but the cell has only 10"}, []string{`"why": "it takes 20 values to decide, but the trials have only 10: run more seeds"`}},
	} {
		cells := overlapped(t, c.violated, c.trials)
		for _, format := range []typeset.Format{typeset.Table, typeset.Markdown, typeset.CSV, typeset.JSON} {
			var b strings.Builder
			if err := Cells(&b, cells, nil, typeset.Options{Format: format, Columns: 200}); err != nil {
				t.Fatal(err)
			}
			want, got := c.want, strings.Join(strings.Fields(b.String()), " ")
			if format == typeset.JSON {
				want = c.json
			}
			for _, text := range want {
				if !strings.Contains(got, strings.Join(strings.Fields(text), " ")) {
					t.Errorf("%d of %d as %q does not say %q:\n%s", c.violated, c.trials, format, text, b.String())
				}
			}
		}
	}
}
