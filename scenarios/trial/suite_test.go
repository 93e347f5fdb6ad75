package trial

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// TestAFailedLiveTrialDoesNotStopTheOthers covers a real server that fails to start: that trial
// says nothing, and the others go on. A trial of the virtual world has no such excuse.
func TestAFailedLiveTrialDoesNotStopTheOthers(t *testing.T) {
	broken := errors.New("the server ended before it answered")
	run := func(_ context.Context, trial Trial) (*sim.History, error) {
		if trial.Seed == 2 {
			return nil, broken
		}
		trial.World = sim.VirtualWorld
		return trial.Simulate(t.Context())
	}
	for _, c := range []struct {
		world string
		want  int // trials that are reported
		fails bool
	}{{sim.LiveWorld, 3, false}, {sim.VirtualWorld, 1, true}} {
		var trials []Trial
		for seed := range uint64(3) {
			trial := one(t, "gc-pause", "redis", "none")
			trial.World, trial.Seed = c.world, seed+1
			trials = append(trials, trial)
		}
		var got []Judged
		err := RunAll(t.Context(), slices.Values(trials), 1, run, func(j Judged) error {
			got = append(got, j)
			return nil
		})
		if (err != nil) != c.fails || len(got) != c.want {
			t.Errorf("%s: %d trials reported, %v", c.world, len(got), err)
		}
		if c.world == sim.LiveWorld && (got[1].Result.Outcome != outcome.Undecided || got[1].Result.Surprises[0] != "the trial could not be carried out: "+broken.Error()) {
			t.Errorf("the failed trial is %v: %q", got[1].Result.Outcome, got[1].Result.Surprises)
		}
	}
}

func TestLiveTrialsOfOneServiceComeTogetherAndAreReportedInTheirOrder(t *testing.T) {
	var trials []Trial
	for _, scenario := range []string{"no-fault", "gc-pause"} {
		for _, backend := range []string{"redis", "perfect"} {
			trial := one(t, scenario, backend, "none")
			trial.World = sim.LiveWorld
			trials = append(trials, trial)
		}
	}
	var services []string
	sums := outcome.NewSummaries(Cards(trials, nil))
	for trial := range ListOf(trials).ByService().All() {
		services = append(services, trial.Backend.String())
		sums.Add(&outcome.Result{Scenario: trial.Scenario.Name, Backend: trial.Backend.String(), Guard: "none", Discipline: "attentive", World: sim.LiveWorld})
	}
	if services[0] != services[1] || services[2] != services[3] {
		t.Errorf("the services come in the order %q", services)
	}
	cells := sums.Cells()
	if len(cells) != len(trials) {
		t.Fatalf("%d cells, want %d", len(cells), len(trials))
	}
	for i, c := range cells {
		if c.Scenario != trials[i].Scenario.Name || c.Backend != trials[i].Backend.String() {
			t.Errorf("number %d is %s with %s, want %v", i+1, c.Scenario, c.Backend, trials[i].Cell())
		}
	}
}

// TestWhatHappensByChanceMustHappenOnceInManyTrials checks that a single trial cannot contradict
// what chance decides, but a whole cell of trials can.
func TestWhatHappensByChanceMustHappenOnceInManyTrials(t *testing.T) {
	cell := func(violated, holds int) outcome.Summary {
		trial := one(t, "gc-pause", "redis", "none")
		asked := *trial.Scenario
		asked.Expect = []script.Expectation{{Sometimes: []script.Chance{{Property: check.Overlap}}, Because: "chance"}}
		trial.Scenario = &asked
		var judged []Judged
		for i := range violated + holds {
			f := check.Finding{Property: check.Overlap, Verdict: check.Holds}
			if i < violated {
				f.Verdict = check.Violated
			}
			judged = append(judged, Judged{Trial: trial, Result: outcome.Result{
				Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: trial.World, Findings: []check.Finding{
					{Property: check.FaultsHappened}, {Property: check.RecordingSane}, f}}})
		}
		return Summarize(judged)[0]
	}
	for _, c := range []struct {
		violated, holds int
		want            outcome.Outcome
	}{{1, 19, outcome.AsExpected}, {20, 0, outcome.AsExpected}, {0, 3, outcome.AsExpected}, {0, bound.Enough, outcome.NotAsExpected}} {
		if got := cell(c.violated, c.holds).Outcome; got != c.want {
			t.Errorf("violated in %d of %d trials is %v, want %v", c.violated, c.violated+c.holds, got, c.want)
		}
	}
}
