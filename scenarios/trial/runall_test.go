package trial

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// runaway is a script that produces far more events than can be judged.
const runaway = `
scenario: runaway
title: Far too much
text: A hundred clients withdraw a thousand times each.
ttl: 10s
clients: 100
workload: {withdraw: {times: 1000}}
backends: [none, redis]
guards: [none]
until: 1000h
expect:
  - {backend: none, overlap: violated, because: nobody is kept out}
`

// A script that runs away with one lock service costs only its cells with that service, not the
// run.
func TestARunawayTrialCostsItsOwnCell(t *testing.T) {
	s := loadScript(t, runaway)
	trials, err := Selection{Backends: []string{"none"}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	trials = append(trials, one(t, "gc-pause", "redis", "none"))
	var got []outcome.Result
	err = RunAll(t.Context(), slices.Values(trials), 1, func(ctx context.Context, t Trial) (*sim.History, error) { return t.Simulate(ctx) }, func(j Judged) error {
		got = append(got, j.Result)
		return nil
	})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d trials were reported: %v", len(got), err)
	}
	if why := got[0].Surprises; got[0].Outcome != outcome.Undecided || len(why) != 1 ||
		!strings.HasPrefix(why[0], "the trial could not be carried out: runaway with none, guard none, seed 1: it was cut at ") ||
		!strings.Contains(why[0], ", with 20000") {
		t.Errorf("the runaway trial is %v: %q", got[0].Outcome, why)
	}
	if got[1].Outcome != outcome.AsExpected {
		t.Errorf("the other trial is %v", got[1].Outcome)
	}
}

// The histories of trials that finish early wait for their turn. A slow trial must not let them
// fill the memory.
func TestFewTrialsWaitToBeReported(t *testing.T) {
	const workers = 2
	calm := one(t, "gc-pause", "redis", "none")
	history, err := calm.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trials := make([]Trial, 3*(workers+ahead))
	for i := range trials {
		trials[i] = calm
		trials[i].Seed = uint64(i)
	}
	var begun atomic.Int64
	run := func(_ context.Context, trial Trial) (*sim.History, error) {
		begun.Add(1)
		if trial.Seed == 0 {
			for begun.Load() < workers+ahead {
				runtime.Gosched()
			}
			for range 10_000 { // gives another trial time to begin
				runtime.Gosched()
			}
			if n := begun.Load(); n != workers+ahead {
				t.Errorf("%d trials have begun while the first one runs, want %d", n, workers+ahead)
			}
		}
		return history, nil
	}
	next := uint64(0)
	err = RunAll(t.Context(), slices.Values(trials), workers, run, func(j Judged) error {
		if j.Trial.Seed != next {
			t.Fatalf("trial %d is reported in the place of trial %d", j.Trial.Seed, next)
		}
		next++
		return nil
	})
	if err != nil || next != uint64(len(trials)) {
		t.Errorf("%d of %d trials were reported: %v", next, len(trials), err)
	}
}

// A live trial may take half an hour, tries and all. Those behind it that are finished do not wait
// for it: a run that is killed has them.
func TestALiveTrialIsReportedAsSoonAsItIsFinished(t *testing.T) {
	calm := one(t, "gc-pause", "redis", "none")
	history, err := calm.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trials := make([]Trial, 6)
	for i := range trials {
		trials[i] = calm
		trials[i].Seed = uint64(i)
		if i >= 3 {
			trials[i].World = sim.LiveWorld
		}
	}
	var reported []uint64
	others := make(chan struct{})
	run := func(_ context.Context, trial Trial) (*sim.History, error) {
		if trial.Seed == 3 {
			<-others
		}
		return history, nil
	}
	err = RunAll(t.Context(), slices.Values(trials), 2, run, func(j Judged) error {
		if reported = append(reported, j.Trial.Seed); len(reported) == 5 {
			close(others)
		}
		return nil
	})
	if want := []uint64{0, 1, 2, 4, 5, 3}; !slices.Equal(reported, want) || err != nil {
		t.Errorf("the trials %v were reported (%v), expected %v", reported, err, want)
	}
}

// A live trial may take half an hour, including all tries. An interruption loses that trial, but
// not the finished ones behind it.
func TestAnInterruptionKeepsWhatWaitsForItsTurn(t *testing.T) {
	calm := one(t, "gc-pause", "redis", "none")
	history, err := calm.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	trials := make([]Trial, 5)
	for i := range trials {
		trials[i] = calm
		trials[i].Seed = uint64(i)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	var finished atomic.Int64
	run := func(ctx context.Context, trial Trial) (*sim.History, error) {
		if trial.Seed == 1 {
			for finished.Load() < 4 {
				runtime.Gosched()
			}
			interrupt()
			<-ctx.Done()
			return nil, ctx.Err()
		}
		finished.Add(1)
		return history, nil
	}
	var reported []uint64
	err = RunAll(ctx, slices.Values(trials), 2, run, func(j Judged) error {
		reported = append(reported, j.Trial.Seed)
		return nil
	})
	if want := []uint64{0, 2, 3, 4}; !slices.Equal(reported, want) || !errors.Is(err, context.Canceled) {
		t.Errorf("the trials %v were reported (%v), expected %v", reported, err, want)
	}
}
