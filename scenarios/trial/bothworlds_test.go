package trial

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// inWorld returns a judged trial of one cell with these verdicts on lost-update and overlap.
func inWorld(t *testing.T, world string, seed uint64, lost, overlap check.Verdict, next float64) Judged {
	t.Helper()
	trial := one(t, "gc-pause", "redis", "none")
	trial.World, trial.Seed, trial.TTL = world, seed, 2*time.Second
	r := outcome.Result{
		Scenario: "gc-pause", Backend: trial.Backend.String(), Guard: "none", Discipline: "attentive", World: world, Seed: seed, TTL: trial.TTL,
		Findings: []check.Finding{
			{Property: check.FaultsHappened}, {Property: check.RecordingSane}, {Property: check.KeptUp},
			{Property: check.LostUpdate, Verdict: lost}, {Property: check.Overlap, Verdict: overlap},
		},
		Measures: []check.Measured{{Measure: check.NextGrant, Count: 1, Least: next, Most: next}},
	}
	return Judged{Trial: trial, Result: r}
}

func TestWorldsAgreeUnlessTheyContradictEachOther(t *testing.T) {
	const holds, undecided, violated = check.Holds, check.Undecided, check.Violated
	for _, c := range []struct {
		name    string
		virtual []check.Verdict // of overlap, seed by seed
		live    []check.Verdict
		want    outcome.Accord
		why     string
		brief   []int // indexes of the live trials whose violation was brief
	}{
		{"both hold", []check.Verdict{holds, holds}, []check.Verdict{holds}, outcome.Agree, "", nil},
		{"one verdict is common to both", []check.Verdict{holds, violated}, []check.Verdict{violated}, outcome.Agree, "", nil},
		{"no verdict is common", []check.Verdict{holds, holds}, []check.Verdict{violated}, outcome.Disagree, "overlap: violated in 0 of 2 virtual and 1 of 1 live trials", nil},
		{"the other way round", []check.Verdict{violated}, []check.Verdict{holds, holds}, outcome.Disagree, "overlap: violated in 1 of 1 virtual and 0 of 2 live trials", nil},
		{"no longer than the machine may have made of it", []check.Verdict{holds}, []check.Verdict{violated, violated}, outcome.Unsure, "overlap: violated only live, and so briefly that the machine may be the cause", []int{0, 1}},
		{"one of them for longer", []check.Verdict{holds}, []check.Verdict{violated, violated}, outcome.Disagree, "overlap: violated in 0 of 1 virtual and 2 of 2 live trials", []int{0}},
		{"briefly, where the other world has it too", []check.Verdict{violated}, []check.Verdict{violated}, outcome.Agree, "", []int{0}},
		{"one trial that cannot tell contradicts nobody", []check.Verdict{violated}, []check.Verdict{undecided, violated}, outcome.Agree, "", nil},
		{"holds where the other world had nothing to judge", []check.Verdict{holds, holds}, []check.Verdict{undecided}, outcome.Agree, "", nil},
		{"the other way round, as often", []check.Verdict{undecided}, []check.Verdict{holds}, outcome.Agree, "", nil},
		{"violated where the live world never tells", []check.Verdict{holds, violated}, []check.Verdict{undecided, undecided}, outcome.Unsure, "overlap: undecided in all 2 live trials, violated virtually", nil},
		{"violated where the virtual world never tells", []check.Verdict{undecided}, []check.Verdict{holds, violated}, outcome.Unsure, "overlap: undecided in all 1 virtual trials, violated live", nil},
		{"violated where it can be judged now and then", []check.Verdict{undecided, violated}, []check.Verdict{undecided}, outcome.Agree, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var judged []Judged
			for i, v := range c.virtual {
				judged = append(judged, inWorld(t, sim.VirtualWorld, uint64(i), violated, v, 2))
			}
			for i, v := range c.live {
				live := inWorld(t, sim.LiveWorld, uint64(i), violated, v, 2.5)
				live.Result.Findings[len(live.Result.Findings)-1].Brief = slices.Contains(c.brief, i)
				judged = append(judged, live)
			}
			all := outcome.Agreements(Summarize(judged))
			if len(all) != 1 {
				t.Fatalf("%d cells, want 1", len(all))
			}
			if a := all[0]; a.Accord != c.want || strings.Join(a.Why, "; ") != c.why {
				t.Errorf("%v (%q), want %v (%q)", a.Accord, a.Why, c.want, c.why)
			}
		})
	}
}

// TestABriefOverlapContradictsNobodyWhereNothingIsExpected checks that the worlds agree if they
// differ only in overlaps that are no longer than the machine may have made of them.
func TestABriefOverlapContradictsNobodyWhereNothingIsExpected(t *testing.T) {
	for brief, want := range map[bool]outcome.Accord{true: outcome.Agree, false: outcome.Disagree} {
		virtual := inWorld(t, sim.VirtualWorld, 1, check.Violated, check.Violated, 2)
		live := inWorld(t, sim.LiveWorld, 1, check.Violated, check.Violated, 2)
		virtual.Result.Findings = append(virtual.Result.Findings, check.Finding{Property: check.OverlapValid, Verdict: check.Holds})
		live.Result.Findings = append(live.Result.Findings, check.Finding{Property: check.OverlapValid, Verdict: check.Violated, Brief: brief})
		if a := outcome.Agreements(Summarize([]Judged{virtual, live}))[0]; a.Accord != want {
			t.Errorf("brief: %v: %v %q, want %v", brief, a.Accord, a.Why, want)
		}
	}
}

// TestACellThatIsNotAsExpectedInOneWorldIsNoDisagreement checks that worlds disagree only where
// their verdicts differ. A world that is not as the script expects is reported as something else.
func TestACellThatIsNotAsExpectedInOneWorldIsNoDisagreement(t *testing.T) {
	live := inWorld(t, sim.LiveWorld, 1, check.Violated, check.Violated, 2)
	live.Result.Outcome = outcome.NotAsExpected
	a := outcome.Agreements(Summarize([]Judged{inWorld(t, sim.VirtualWorld, 1, check.Violated, check.Violated, 2), live}))[0]
	if a.Accord != outcome.Unexpected || a.Why[0] != "the live world is not as expected" {
		t.Errorf("%v, %q", a.Accord, a.Why)
	}
}

func TestACellWithoutALiveWorldSaysWhy(t *testing.T) {
	virtual := inWorld(t, sim.VirtualWorld, 1, check.Violated, check.Violated, 2)
	missing := outcome.Summary{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.LiveWorld, Outcome: outcome.NotAvailable, Why: "no redis-server"}
	a := outcome.Agreements(append(Summarize([]Judged{virtual}), missing))[0]
	if a.Accord != outcome.NoLive || a.Why[0] != "no redis-server" {
		t.Errorf("%v, %q", a.Accord, a.Why)
	}
}

func TestWindowsAreBoundsOverAllTrialsOfAWorld(t *testing.T) {
	cells := Summarize([]Judged{
		inWorld(t, sim.VirtualWorld, 1, check.Violated, check.Violated, 2),
		inWorld(t, sim.VirtualWorld, 2, check.Violated, check.Violated, 3),
		inWorld(t, sim.LiveWorld, 1, check.Violated, check.Violated, 2.5),
	})
	v, _ := cells[0].Spread(check.NextGrant)
	l, _ := cells[1].Spread(check.NextGrant)
	if v.Trials != 2 || v.Least != 2 || v.Most != 3 || l.Trials != 1 || l.Least != 2.5 {
		t.Errorf("windows %+v and %+v", v, l)
	}
}
