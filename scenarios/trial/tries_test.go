package trial

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// played runs a live trial without processes: each try returns the same history, changed by change,
// as if the machine had been too slow where slow says so.
func played(t *testing.T, change func(*sim.History), slow ...bool) (j Judged, tries int) {
	t.Helper()
	trial := one(t, "no-fault", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trial.World = sim.LiveWorld
	change(h)
	j, err = tryOften(t, trial, func(context.Context, Trial) (*sim.History, error) {
		out := *h
		out.Header.World = sim.LiveWorld
		out.Header.Pace = &sim.Pace{Margin: 40 * time.Millisecond, Of: "x", Measured: []sim.Lateness{{Wakes: 1}}}
		if slow[tries] {
			late := sim.Event{Seq: 1, Kind: sim.Late, Late: time.Second, Note: "the switch woke up that late"}
			out.Events = []sim.Event{late}
			for _, e := range h.Events {
				e.Seq++
				out.Events = append(out.Events, e)
			}
		}
		tries++
		return &out, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return j, tries
}

// tryOften runs a single trial as RunAll does.
func tryOften(t *testing.T, trial Trial, run func(context.Context, Trial) (*sim.History, error)) (j Judged, err error) {
	t.Helper()
	err = RunAll(t.Context(), slices.Values([]Trial{trial}), 1, run, func(judged Judged) error {
		j = judged
		return nil
	})
	return j, err
}

// TestATrialThatTheMachineIsTooSlowForIsTriedAgain checks that such a trial is repeated, within a
// bound, and that the result says so; the outcome of a trial that the machine kept up with counts.
func TestATrialThatTheMachineIsTooSlowForIsTriedAgain(t *testing.T) {
	nothing := func(*sim.History) {}
	violate := func(h *sim.History) { // the written balance is lost
		for i := range h.Events {
			if h.Events[i].Kind == sim.LedgerWrite {
				h.Events[i].Base = 0
			}
		}
	}
	slow := "the machine was too slow: a delay of 1000.0 ms ended at 0.000 s, as the switch woke up that late; the trial tolerates 20.0 ms, half of x"
	for _, c := range []struct {
		name    string
		change  func(*sim.History)
		slow    []bool
		tries   int
		tooSlow []string
		kept    check.Verdict
		outcome outcome.Outcome
	}{
		{"quick enough", nothing, []bool{false, false}, 1, nil, check.Holds, outcome.AsExpected},
		{"a violation is not tried again", violate, []bool{false, false}, 1, nil, check.Holds, outcome.NotAsExpected},
		{"too slow once", nothing, []bool{true, false, false}, 2, []string{slow}, check.Holds, outcome.AsExpected},
		{"too slow each time", nothing, []bool{true, true, true, false}, 3, []string{slow, slow}, check.Undecided, outcome.Undecided},
	} {
		j, tries := played(t, c.change, c.slow...)
		r := j.Result
		if tries != c.tries || !reflect.DeepEqual(r.TooSlow, c.tooSlow) || r.Finding(check.KeptUp).Verdict != c.kept {
			t.Errorf("%s: tried %d times, too slow: %q, kept-up: %+v", c.name, tries, r.TooSlow, r.Finding(check.KeptUp))
		}
		if r.Outcome != c.outcome {
			t.Errorf("%s: the outcome is %s", c.name, r.Outcome)
		}
		if c.kept == check.Undecided && (len(r.Surprises) != 1 || r.Surprises[0] != "kept-up: "+slow) {
			t.Errorf("%s: what is said of it is %q", c.name, r.Surprises)
		}
	}
}

// TestATrialThatFailsAfterASlowTryStillSaysThatItWasSlow checks that a trial that could not be
// carried out is not repeated and does not forget earlier tries.
func TestATrialThatFailsAfterASlowTryStillSaysThatItWasSlow(t *testing.T) {
	trial := one(t, "no-fault", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trial.World, h.Header.World = sim.LiveWorld, sim.LiveWorld // nothing was measured, so the try counts as too slow
	tries := 0
	j, err := tryOften(t, trial, func(context.Context, Trial) (*sim.History, error) {
		if tries++; tries == 2 {
			return nil, errors.New("a server did not start")
		}
		return h, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tries != 2 || j.Result.Outcome != outcome.Undecided || len(j.Result.TooSlow) != 1 {
		t.Errorf("tried %d times: %+v", tries, j.Result)
	}
}

// TestATrialIsTriedAgainAlone checks that a repeated trial has nothing beside it that could slow
// the machine down.
func TestATrialIsTriedAgainAlone(t *testing.T) {
	trial := one(t, "no-fault", "redis", "none")
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trials := make([]Trial, 40)
	for i := range trials {
		trials[i] = trial
		trials[i].Seed, trials[i].World = uint64(i), sim.LiveWorld
	}
	var running atomic.Int64
	tries := make([]int, len(trials)) // each element is used by one worker at a time
	again, beside := 0, 0
	err = RunAll(t.Context(), slices.Values(trials), 8, func(_ context.Context, trial Trial) (*sim.History, error) {
		defer running.Add(-1)
		now := running.Add(1)
		tries[trial.Seed]++
		time.Sleep(time.Millisecond)
		out := *h
		out.Header.World = sim.LiveWorld
		if tries[trial.Seed] == 1 && trial.Seed%4 == 0 {
			return &out, nil // nothing was measured, so the try counts as too slow
		}
		if tries[trial.Seed] == 2 {
			again++
			if now != 1 || running.Load() != 1 {
				beside++
			}
		}
		out.Header.Pace = &sim.Pace{Margin: 40 * time.Millisecond, Of: "x", Measured: []sim.Lateness{{Wakes: 1}}}
		return &out, nil
	}, func(Judged) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if again != 10 || beside != 0 {
		t.Errorf("%d of 40 were tried again, want 10; %d of them beside others", again, beside)
	}
}
