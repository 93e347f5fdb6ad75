package margin

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/sim/check"
)

// scripted makes trials of a function: what seed, from 0, shows of Damage at a size. It shows nothing
// else.
func scripted(runs *int, of func(size float64, seed int) check.Verdict) shot {
	return func(_ context.Context, size float64, seed int) (v verdicts, _ error) {
		*runs++
		v[Damage.index()] = of(size, seed)
		return v, nil
	}
}

func from(threshold float64) func(float64, int) check.Verdict {
	return func(size float64, seed int) check.Verdict {
		if size > threshold+float64(seed) {
			return check.Violated
		}
		return check.Holds
	}
}

// searched finds the margin for Damage of some scripted trials, under a lease of a second.
func searched(t *testing.T, unit amount.Unit, seeds int, of func(float64, int) check.Verdict) (Margin, *search) {
	t.Helper()
	runs := 0
	s := newSearch(scaleOf(unit, time.Second, 5), seeds, []Harm{Damage}, scripted(&runs, of))
	if err := s.run(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, each := range s.tried {
		for _, run := range each.run {
			if run {
				tried++
			}
		}
	}
	if runs != tried {
		t.Errorf("%d trials were run for %d results: one was run twice", runs, tried)
	}
	return s.margin(Damage), s
}

func TestABisectionFindsTheStepAtWhichHarmBegins(t *testing.T) {
	for _, threshold := range []float64{0, 0.001, 0.2, 0.4, 1, 1.7, 3.99, 4.01, 7.3, 60, 99.9} {
		m, s := searched(t, amount.Lease, 5, from(threshold))
		if m.With == nil || m.Without == nil {
			t.Errorf("threshold %v: got %+v", threshold, m)
			continue
		}
		if *m.With <= threshold || *m.Without > threshold || *m.With-*m.Without > s.step+1e-9 {
			t.Errorf("threshold %v: without %v, with %v", threshold, *m.Without, *m.With)
		}
		if m.Gap != nil || m.Unknown || m.Undecided != 0 {
			t.Errorf("threshold %v: got %+v", threshold, m)
		}
	}
}

func TestNoneIsSaidWithTheLargestSizeThatWasTried(t *testing.T) {
	for unit, bound := range map[amount.Unit]float64{
		amount.Lease: 100, amount.Seconds: 100, amount.Milliseconds: 100_000, amount.Percent: 400, amount.PercentSlow: 90, amount.Probability: 0.75, amount.Hosts: 5,
	} {
		m, _ := searched(t, unit, 3, func(float64, int) check.Verdict { return check.Holds })
		if m.With != nil || m.Bound != bound || m.Without == nil || *m.Without != bound {
			t.Errorf("%s: got %+v, want none up to %v", unit, m, bound)
		}
	}
}

func TestHarmAtAnySize(t *testing.T) {
	m, _ := searched(t, amount.Lease, 3, func(float64, int) check.Verdict { return check.Violated })
	if m.With == nil || *m.With != 0 || m.Without != nil {
		t.Errorf("got %+v, want harm from 0 on", m)
	}
}

// TestMoreIsNotAlwaysWorse has harm in a window of sizes only.
func TestMoreIsNotAlwaysWorse(t *testing.T) {
	m, _ := searched(t, amount.Lease, 3, func(size float64, _ int) check.Verdict {
		if size > 0.3 && size < 1.6 {
			return check.Violated
		}
		return check.Holds
	})
	if m.With == nil || *m.With > 0.32 || m.Gap == nil || *m.Gap != 2 {
		t.Errorf("got %+v, want harm from 0.3 on, and none with 2", m)
	}
}

func TestWhatNobodyCanTellIsNoMargin(t *testing.T) {
	m, _ := searched(t, amount.Lease, 4, func(size float64, _ int) check.Verdict {
		if size > 0 {
			return check.Undecided
		}
		return check.Holds
	})
	if !m.Unknown || m.With != nil {
		t.Errorf("got %+v, want unknown: only a fault of nothing was decided", m)
	}
	m, _ = searched(t, amount.Lease, 4, func(size float64, seed int) check.Verdict {
		if seed == 0 {
			return check.Undecided
		}
		return from(0.5)(size, 0)
	})
	if m.Unknown || m.With == nil || *m.With > 0.52 || m.Undecided != 1 {
		t.Errorf("got %+v, want harm from 0.5 on, and one undecided trial below", m)
	}
	m, _ = searched(t, amount.Lease, 4, func(size float64, _ int) check.Verdict {
		if size > 8 {
			return check.Undecided
		}
		return check.Holds
	})
	if m.Unknown || m.Bound != 8 || m.Undecided == 0 {
		t.Errorf("got %+v, want none up to 8, the largest size that was decided", m)
	}
}

// TestEverySeedShowsTheHarmFromHereOn has a seed that shows it a lease later than the one before.
func TestEverySeedShowsTheHarmFromHereOn(t *testing.T) {
	_, s := searched(t, amount.Lease, 3, from(0.5))
	always, err := s.everywhere(t.Context(), Damage)
	if err != nil || always == nil || *always <= 2.5 || *always > 2.52 {
		t.Errorf("got %v, %v, want 2.5 and a step", always, err)
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	stop := errors.New("stopped")
	s := newSearch(scaleOf(amount.Lease, time.Second, 0), 3, Harms(), func(context.Context, float64, int) (verdicts, error) { return verdicts{}, stop })
	if err := s.run(t.Context(), false); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func TestAMarginAgreesWithinOneStep(t *testing.T) {
	size := func(x float64) *float64 { return &x }
	const step = 1.0 / 64
	for _, c := range []struct {
		name string
		m    Margin
		want Agreement
	}{
		{"as derived", Margin{Without: size(0.39), With: size(0.405), Bound: 100, Derived: &Derived{Least: 0.4, Most: 0.4}}, Agrees},
		{"within what chance decides", Margin{Without: size(0.45), With: size(0.46), Bound: 100, Derived: &Derived{Least: 0.4, Most: 0.5}}, Agrees},
		{"too early", Margin{Without: size(0.35), With: size(0.37), Bound: 100, Derived: &Derived{Least: 0.4, Most: 0.4}}, Differs},
		{"too late", Margin{Without: size(0.45), With: size(0.46), Bound: 100, Derived: &Derived{Least: 0.4, Most: 0.4}}, Differs},
		{"none, and never derived", Margin{Without: size(100), Bound: 100, Derived: &Derived{Never: true}}, Agrees},
		{"none, but derived", Margin{Without: size(100), Bound: 100, Derived: &Derived{Least: 3, Most: 3}}, Differs},
		{"some, but never derived", Margin{Without: size(1), With: size(1.02), Bound: 100, Derived: &Derived{Never: true}}, Differs},
		{"chance", Margin{Without: size(1), With: size(1.02), Bound: 100, Derived: &Derived{Chance: true}}, ByChance},
		{"chance, and none", Margin{Without: size(100), Bound: 100, Derived: &Derived{Chance: true}}, ByChance},
		{"nothing derived", Margin{Without: size(100), Bound: 100}, NotDerived},
		{"nobody could tell", Margin{Unknown: true, Bound: 100, Derived: &Derived{Never: true}}, CannotTell},
	} {
		if got := c.m.compare(step); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestLongFaultsAreRunWithFewSeeds: a trial of a hundred leases takes as long as a hundred of one.
func TestLongFaultsAreRunWithFewSeeds(t *testing.T) {
	s := newSearch(scaleOf(amount.Lease, time.Second, 0), 10, Harms(), nil)
	for leases, want := range map[float64]int{1: 10, 4: 10, 5: 3, 8: 3, 25: 1, 100: 1} {
		if got := s.seedsAt(int(leases * perLease)); got != want {
			t.Errorf("%v leases: %d seeds, want %d", leases, got, want)
		}
	}
	s = newSearch(scaleOf(amount.Percent, time.Second, 0), 10, Harms(), nil)
	if got := s.seedsAt(int(s.top() / s.step)); got != 10 {
		t.Errorf("a clock that is fast: %d seeds", got)
	}
}
