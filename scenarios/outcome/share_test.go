package outcome

import (
	"math"
	"testing"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// TestTheIntervalOfAShareIsExact compares with R's binom.test(k, n, conf.level = 0.99).
func TestTheIntervalOfAShareIsExact(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 20, 0, 0.232729500989},
		{20, 20, 0.767270499011, 1},
		{2, 10, 0.010850509380, 0.648201166305},
		{12, 60, 0.086938372072, 0.362425468306},
		{7, 1000, 0.002041386571, 0.017046931835},
		{0, 0, 0, 1},
	} {
		low, high := exactInterval(c.k, c.n)
		if math.Abs(low-c.low) > 1e-9 || math.Abs(high-c.high) > 1e-9 {
			t.Errorf("%d of %d: %.12f to %.12f, want %.12f to %.12f", c.k, c.n, low, high, c.low, c.high)
		}
	}
}

// TestTheIntervalOfAShareIsSymmetrical checks that the interval of n-k of n mirrors that of k of n.
func TestTheIntervalOfAShareIsSymmetrical(t *testing.T) {
	for _, n := range []int{1, 7, 50, 3000} {
		for k := 0; k <= n; k += max(1, n/9) {
			low, high := exactInterval(k, n)
			other, most := exactInterval(n-k, n)
			if math.Abs(low-(1-most)) > 1e-9 || math.Abs(high-(1-other)) > 1e-9 || low > float64(k)/float64(n) || high < float64(k)/float64(n) {
				t.Errorf("%d of %d: %v to %v; %d: %v to %v", k, n, low, high, n-k, other, most)
			}
		}
	}
}

func TestAShareIsJudgedByHowManyTrialsThereAre(t *testing.T) {
	for _, c := range []struct {
		share bound.Share
		k, n  int
		want  Outcome
	}{
		{bound.Share{From: 0.1, To: 0.3}, 10, 51, AsExpected},
		{bound.Share{From: 0.1, To: 0.3}, 10, 50, Undecided}, // 0 of 50 would not refute a tenth
		{bound.Share{From: 0.1, To: 0.3}, 0, 50, Undecided},
		{bound.Share{From: 0.1, To: 0.3}, 0, 51, NotAsExpected},
		{bound.Share{From: 0.1, To: 0.3}, 20, 20, NotAsExpected}, // few, yet clear enough
		{bound.Share{From: 0.1, To: 0.3}, 500, 1000, NotAsExpected},
		{bound.Share{From: 0.1, To: 0.3}, 335, 1000, AsExpected}, // 0.30 could well be the share
		{bound.Share{From: 0.1, To: 0.3}, 345, 1000, NotAsExpected},
		{bound.Share{From: 0, To: 0.3}, 0, 5, AsExpected},
		{bound.Share{From: 0, To: 0.3}, 0, 4, Undecided}, // 4 of 4 would not refute three tenths
		{bound.Share{From: 0.9, To: 1}, 3, 3, AsExpected},
		{bound.Share{From: 0.9, To: 1}, 2, 2, Undecided}, // 0 of 2 would not refute nine tenths
		{bound.Share{From: 0.9, To: 1}, 0, 3, NotAsExpected},
		{bound.Share{From: 0.5, To: 0.5}, 0, 0, Undecided},
	} {
		if got := JudgeShare(c.share, c.k, c.n); got != c.want {
			t.Errorf("%d of %d where a share of %s is expected: %s, want %s", c.k, c.n, c.share, got, c.want)
		}
	}
}

// TestHowManyTrialsAShareNeeds checks that as many trials as neededFor says could refute either end of
// the range, and that one trial fewer could not.
func TestHowManyTrialsAShareNeeds(t *testing.T) {
	for _, s := range []bound.Share{{From: 0.1, To: 0.3}, {From: 0, To: 0.3}, {From: 0.02, To: 0.04}, {From: 0.45, To: 0.55}, {From: 0.97, To: 1}, {From: 0.001, To: 1}} {
		able := func(n int) bool {
			_, high := exactInterval(0, n)
			low, _ := exactInterval(n, n)
			return (s.From == 0 || high < s.From) && (s.To == 1 || low > s.To)
		}
		if n := neededFor(s); !able(n) || able(n-1) {
			t.Errorf("%s needs %d trials: able to fail with them %t, with one fewer %t", s, n, able(n), able(n-1))
		}
	}
}

func TestACellIsHeldToAShareOfItsTrials(t *testing.T) {
	violated := check.Violated
	for _, c := range []struct {
		violated, holds int
		want            Outcome
	}{{12, 48, AsExpected}, {15, 5, NotAsExpected}, {2, 8, Undecided}, {40, 20, NotAsExpected}} {
		s := NewSummaries([]Card{{Scenario: "gc-pause", Cells: []CardCell{{
			Backend: "redis", Guard: "none", Discipline: "attentive", World: sim.VirtualWorld,
			Expect: []script.Expected{{Property: check.LostUpdate, Verdict: violated, Sometimes: true, Share: &bound.Share{From: 0.1, To: 0.3}}},
		}}}})
		for i := range c.violated + c.holds {
			found := check.Holds
			if i < c.violated {
				found = check.Violated
			}
			scripttest.Must(t, s.Add(judgedAs(uint64(i+1), map[check.Property]check.Verdict{check.LostUpdate: found})))
		}
		if got := s.Cells()[0]; got.Outcome != c.want {
			t.Errorf("%d of %d: %s, want %s", c.violated, c.violated+c.holds, got.Outcome, c.want)
		}
	}
}
