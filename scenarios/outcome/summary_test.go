package outcome

import (
	"math"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// judgedAs returns the result of a trial whose fault happened and whose findings are these.
func judgedAs(seed uint64, found map[check.Property]check.Verdict, measures ...check.Measured) *Result {
	r := &Result{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld, Seed: seed, Measures: measures}
	for _, p := range append(check.Preconditions(), check.Properties()...) {
		r.Findings = append(r.Findings, check.Finding{Property: p, Verdict: found[p]})
	}
	return r
}

// TestATrialWhosePreconditionsFailIsUndecidedInEverything checks that the findings of a trial mean
// nothing if its fault did not happen.
func TestATrialWhosePreconditionsFailIsUndecidedInEverything(t *testing.T) {
	s := NewSummaries(nil)
	for i, precondition := range check.Preconditions() {
		scripttest.Must(t, s.Add(judgedAs(uint64(i+1), map[check.Property]check.Verdict{precondition: check.Undecided, check.LostUpdate: check.Violated})))
	}
	c := s.Cells()[0]
	for _, got := range append(c.Tallies, c.Damage) {
		if got.Undecided != c.Trials || got.Holds+got.Violated > 0 {
			t.Errorf("%s holds in %d, is undecided in %d and violated in %d of %d trials", got.Property, got.Holds, got.Undecided, got.Violated, c.Trials)
		}
	}
}

func TestAnotherLeaseIsNotAddedUp(t *testing.T) {
	s := NewSummaries(nil)
	scripttest.Must(t, s.Add(judgedAs(1, nil)))
	other := judgedAs(2, nil)
	other.TTL = time.Second
	if err := s.Add(other); err == nil || s.Cells()[0].Trials != 1 {
		t.Errorf("it was counted, %v", err)
	}
}

func TestAnAccountIsDamagedOnceHoweverManyWaysItWasHarmedIn(t *testing.T) {
	s := NewSummaries(nil)
	for i, found := range []map[check.Property]check.Verdict{
		{check.LostUpdate: check.Violated, check.DuplicateEffect: check.Violated},
		{check.LostUpdate: check.Violated, check.DuplicateEffect: check.Undecided},
		{check.DuplicateEffect: check.Violated},
		{check.LostUpdate: check.Undecided},
		{check.Overlap: check.Violated, check.StaleWrite: check.Violated, check.Availability: check.Violated}, // cas accepted the write: it was computed from the balance that it replaced
	} {
		scripttest.Must(t, s.Add(judgedAs(uint64(i+1), found)))
	}
	got := s.Cells()[0].Damage
	if got.Violated != 3 || got.Undecided != 1 || got.Holds != 1 {
		t.Errorf("damaged in %d trials, undecided in %d, whole in %d; want 3, 1 and 1", got.Violated, got.Undecided, got.Holds)
	}
}

func TestEachTrialCountsOnceInWhatWasMeasured(t *testing.T) {
	s := NewSummaries(nil)
	scripttest.Must(t, s.Add(judgedAs(1, nil, check.Measured{Measure: check.Wait, Count: 50, Least: 1, Most: 9, Mean: 3, P50: 2, P99: 9})))
	s.Add(judgedAs(2, nil, check.Measured{Measure: check.Wait, Count: 1, Least: 5, Most: 5})) // with a single value only these fields are set
	scripttest.Must(t, s.Add(judgedAs(3, nil, check.Measured{Measure: check.Wait, Count: 2, Least: 0, Most: 20, Mean: 10, P50: 2, P99: 10})))
	s.Add(judgedAs(4, map[check.Property]check.Verdict{check.FaultsHappened: check.Violated},
		check.Measured{Measure: check.Wait, Count: 1, Least: 1000, Most: 1000})) // its fault did not happen
	got, ok := s.Cells()[0].Spread(check.Wait)
	if !ok || got.Trials != 3 || got.Least != 0 || got.Most != 20 {
		t.Fatalf("%+v, want 0 to 20 in 3 trials", got)
	}
	for _, c := range []struct {
		what      string
		got, want float64
	}{{"mean", got.Mean, 6}, {"median", got.P50, 3}, {"99th percentile", got.P99, 8}} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s %v, want %v", c.what, c.got, c.want)
		}
	}
}
