package trial

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// one returns a trial of a built-in scenario.
func one(t testing.TB, scenario, backend, guard string) Trial {
	t.Helper()
	s, err := scenarios.Find(scenario, script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{Backends: []string{backend}, Guards: []string{guard}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	return trials[0]
}

// loadScript loads a script with locklab's own lock services.
func loadScript(t *testing.T, src string) *script.Scenario {
	t.Helper()
	s, err := script.Load("test.yaml", []byte(src), script.Everything())
	scripttest.Must(t, err)
	return s
}

func specOf(t *testing.T, text string) backends.Spec {
	t.Helper()
	s, err := services.Registry().ParseSpec(text)
	scripttest.Must(t, err)
	return s
}

// TestEveryCellIsAsExpected checks that every verdict of the suite is what its script predicts. It
// runs the first few seeds; the README's first command runs all of them.
func TestEveryCellIsAsExpected(t *testing.T) {
	for _, j := range suite(t).judged {
		asExpected(t, j)
	}
}

func asExpected(t *testing.T, j Judged) {
	t.Helper()
	if j.Result.Outcome != outcome.AsExpected {
		t.Errorf("%s: %s", j.Result.Replay(""), strings.Join(j.Result.Surprises, "; "))
	}
}

// TestEveryCellThatTheLiveWorldIsHeldAgainstIsAsExpected does the same under the lease of the live
// world and with the options of its servers: the trials that live ones are compared with must
// themselves be decided.
func TestEveryCellThatTheLiveWorldIsHeldAgainstIsAsExpected(t *testing.T) {
	trials := virtualTrials(t, seeds(t))
	for i := range trials {
		trials[i].asLive, trials[i].TTL = true, trials[i].Scenario.LiveTTL
	}
	expectAll(t, trials)
}

func expectAll(t *testing.T, trials []Trial) {
	t.Helper()
	scripttest.Must(t, RunAll(t.Context(), slices.Values(trials), 2,
		func(ctx context.Context, trial Trial) (*sim.History, error) { return trial.Simulate(ctx) },
		func(j Judged) error { asExpected(t, j); return nil }))
}

// TestViolationsDisappearWithTheFault checks that violations go away when the faults are left out;
// only then do they count as reproduced. Without any fault, only the backend that is no lock at all
// loses withdrawals, and only tokens made from the wrong thing repeat or go back.
func TestViolationsDisappearWithTheFault(t *testing.T) {
	for _, trial := range virtualTrials(t, seeds(t)) {
		if len(trial.Scenario.Steps) == 0 || trial.Backend.Backend.Name() == "none" {
			continue
		}
		predicted := trial.Scenario.Expected(trial.cell())
		if !slices.ContainsFunc(predicted, func(p script.Expected) bool { return p.Verdict == check.Violated }) {
			continue
		}
		calm := *trial.Scenario
		calm.Steps = nil
		trial.Scenario = &calm
		h, err := trial.Simulate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range predicted {
			if p.Property == check.TokenOrder && trial.Backend.Sets("token-from") {
				continue
			}
			if f := check.One(p.Property, h); p.Verdict == check.Violated && f.Verdict == check.Violated {
				t.Errorf("%s with %s, guard %s, without its fault: %s: %s", trial.Scenario.Name, trial.Backend, trial.Guard, f.Property, f.Why)
			}
		}
	}
}

func TestSeedsDifferInTheirHistories(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	first, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trial.Seed = 2
	second, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if first.Events[5].At == second.Events[5].At && len(first.Events) == len(second.Events) {
		t.Error("seeds 1 and 2 give the same history")
	}
}

// TestVerdictsDoNotDependOnTheLease checks that a script means the same under any lease, unless it
// is about published lengths; then it has the same lease in both worlds. The lease of the live
// world is tested above; this is one in between, with a few cells of each kind.
func TestVerdictsDoNotDependOnTheLease(t *testing.T) {
	var few []Trial
	for i, trial := range virtualTrials(t, outcome.Seeds{First: 1, Last: 1}) {
		if i%5 == 0 && trial.Scenario.LiveTTL != trial.Scenario.TTL {
			trial.TTL /= 2
			few = append(few, trial)
		}
	}
	expectAll(t, few)
}

// TestUnmetExpectationIsASurprise checks that the judge notices when theory and measurement differ.
func TestUnmetExpectationIsASurprise(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	contrary := *trial.Scenario
	contrary.Expect = []script.Expectation{{Verdicts: []script.PropertyValue{{Property: check.LostUpdate, Verdict: check.Holds}}, Because: "somebody hopes so"}}
	trial.Scenario = &contrary
	r := trial.Judge(h)
	if r.Outcome != outcome.NotAsExpected || len(r.Surprises) != 1 || !strings.Contains(r.Surprises[0], "expected holds, because somebody hopes so; found violated") {
		t.Errorf("outcome %v, surprises %q", r.Outcome, r.Surprises)
	}
}

// TestAnExpectedPropertyThatStaysUndecidedLeavesTheTrialUndecided checks that an expectation is
// neither met nor missed if the history does not show the property.
func TestAnExpectedPropertyThatStaysUndecidedLeavesTheTrialUndecided(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []script.Expectation{
		{Verdicts: []script.PropertyValue{{Property: check.TokenOrder, Verdict: check.Holds}}, Because: "somebody hopes so"},
		{Verdicts: []script.PropertyValue{{Property: check.TokenOrder, Verdict: check.Violated}}, Because: "somebody fears so"},
		{Sometimes: []script.Chance{{Property: check.TokenOrder}}, Because: "somebody cannot tell"},
	} {
		asked := *trial.Scenario
		asked.Expect = []script.Expectation{row}
		trial.Scenario = &asked
		r := trial.Judge(h)
		if r.Outcome != outcome.Undecided || len(r.Surprises) != 1 || !strings.Contains(r.Surprises[0], "found undecided: no fencing token was issued") {
			t.Errorf("%s: outcome %v, surprises %q; want undecided", row.Because, r.Outcome, r.Surprises)
		}
	}
}

// TestABriefOverlapIsNoSurprise checks that an overlap that the machine alone may have caused does
// not contradict the script.
func TestABriefOverlapIsNoSurprise(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := *trial.Scenario
	asked.Expect = []script.Expectation{{Verdicts: []script.PropertyValue{{Property: check.Overlap, Verdict: check.Holds}}, Because: "somebody hopes so"}}
	trial.Scenario = &asked
	for late, want := range map[time.Duration]outcome.Outcome{time.Millisecond: outcome.NotAsExpected, 10 * time.Second: outcome.Undecided} {
		h.Header.World = sim.LiveWorld
		h.Header.Pace = &sim.Pace{Margin: time.Minute, Of: "a minute", Measured: []sim.Lateness{{Woke: late}}}
		if r := trial.Judge(h); r.Outcome != want {
			t.Errorf("on a machine that is late by %v: %v, want %v; %q", late, r.Outcome, want, r.Surprises)
		}
	}
}

func TestFaultThatNeverHappenedMakesTheTrialUndecided(t *testing.T) {
	trial := one(t, "gc-pause", "redis", "none")
	missed := *trial.Scenario
	missed.Steps = []script.Step{missed.Steps[0]}
	missed.Steps[0].On = &script.On{Host: "client-1", Event: sim.Read, Nth: 2} // there is only one read
	trial.Scenario = &missed
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := trial.Judge(h); r.Outcome != outcome.Undecided || !strings.Contains(r.Surprises[0], "faults-happened") {
		t.Errorf("outcome %v, surprises %q", r.Outcome, r.Surprises)
	}
}
