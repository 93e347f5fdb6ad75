package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

func TestTheWorstThatHappenedIsWhatTheMatrixShows(t *testing.T) {
	summary := func(trials int, violated ...check.Property) outcome.Summary {
		s := outcome.Summary{Trials: trials}
		for _, p := range check.Properties() {
			t := outcome.Tally{Property: p, Holds: trials}
			if slices.Contains(violated, p) {
				t.Violated, t.Holds = 2, trials-2
			}
			s.Tallies = append(s.Tallies, t)
		}
		s.Damage = outcome.Tally{Holds: trials}
		if slices.Contains(violated, check.LostUpdate) || slices.Contains(violated, check.DuplicateEffect) {
			s.Damage = outcome.Tally{Violated: 2, Holds: trials - 2}
		}
		return s
	}
	both := summary(5, check.LostUpdate, check.DuplicateEffect)
	both.Damage = outcome.Tally{Violated: 4, Holds: 1}
	unsure := summary(5, check.LostUpdate)
	unsure.Damage = outcome.Tally{Violated: 2, Undecided: 2, Holds: 1}
	overlapMost := summary(5, check.Overlap, check.StaleWrite, check.OverlapValid)
	for i := range overlapMost.Tallies {
		if t := &overlapMost.Tallies[i]; t.Property == check.Overlap {
			t.Violated, t.Undecided, t.Holds = 3, 1, 1
		}
	}
	nothingKnown := summary(5)
	nothingKnown.Damage = outcome.Tally{Undecided: 5}
	for _, c := range []struct {
		cell outcome.Summary
		want level
		rate string
		says string
	}{
		{summary(5), holds, "", ""},
		{summary(5, check.LostUpdate, check.Overlap), lost, "2/5", "in 2 of 5"},
		{summary(5, check.DuplicateEffect), lost, "2/5", "in 2 of 5"},
		{both, lost, "4/5", "in 4 of 5"}, // money was lost in two, and taken twice in two others
		{unsure, lost, "2/3", "in 2 of 3, undecided in 2"},
		{summary(5, check.Overlap, check.Availability), broken, "2/5", "in 2 of 5 (overlap)"},
		{overlapMost, broken, "3/4", "in 3 of 4 (overlap), undecided in 1"},
		{summary(5, check.StaleWrite), broken, "2/5", "in 2 of 5 (stale write)"},
		{summary(5, check.FreshRefused), starved, "2/5", "in 2 of 5 (fresh refused)"},
		{outcome.Summary{Trials: 5, Outcome: outcome.Undecided}, undecided, "", ""},
		{nothingKnown, undecided, "", ""},
		{outcome.Summary{Outcome: outcome.NotAvailable, Why: "no etcd"}, missing, "", ""},
	} {
		got, n := levelOf(c.cell)
		if got != c.want || n.String() != c.rate || n.violated > 0 && n.words() != c.says {
			t.Errorf("%+v is shown as %s %q (%s), want %s %q (%s)", c.cell, got.Name, n, n.words(), c.want.Name, c.rate, c.says)
		}
	}
}

// What is undecided has no tick, so that nobody takes it for what holds.
func TestAPropertyHoldsOnlyWhereNoTrialLeavesItOpen(t *testing.T) {
	expected := check.Holds
	for _, c := range []struct {
		tally outcome.Tally
		cell  string
	}{
		{outcome.Tally{Holds: 20}, "held ✓ holds in all 20"},
		{outcome.Tally{Undecided: 20}, "unsure ? undecided in all 20"},
		{outcome.Tally{Holds: 19, Undecided: 1}, "unsure ? violated in 0 of 20, undecided in 1"},
		{outcome.Tally{Holds: 18, Undecided: 1, Violated: 1}, "violated ✗ violated in 1 of 20, undecided in 1 ! not as expected"},
	} {
		c.tally.Property, c.tally.Expected = check.Overlap, &expected
		all := content(t)
		set := *all.Set
		set.Cells = slices.Clone(set.Cells)
		set.Cells[0].Tallies = []outcome.Tally{c.tally, {Property: check.StaleWrite, Holds: 3, Undecided: 2}}
		all.Set = &set
		page := written(t, all)
		var cells []string
		for _, n := range elementsOf(t, page) {
			if n.Data == "td" && attribute(n, "class") != "" {
				cells = append(cells, attribute(n, "class")+" "+textOf(n))
			}
		}
		if !slices.Contains(cells, c.cell) {
			t.Errorf("%+v: no %q among %q", c.tally, c.cell, cells[:min(3, len(cells))])
		}
		if !strings.Contains(page, "stale write (undecided in 2 of 5)") {
			t.Error("what nobody expected anything of is said to hold in trials that cannot tell")
		}
	}
}
