package outcome

import (
	"math"
	"slices"
	"testing"
)

func TestHowFarOneSampleRunsAheadOfAnother(t *testing.T) {
	forever := math.Inf(1)
	for _, c := range []struct {
		name string
		a, b []float64
		want int // of len(a) times len(b)
	}{
		{"all below", []float64{1, 2}, []float64{3, 4, 5}, 6},
		{"all above", []float64{3, 4, 5}, []float64{1, 2}, 0},
		{"the same", []float64{1, 2, 3}, []float64{1, 2, 3}, 0},
		{"equal values are on neither side", []float64{2, 2}, []float64{2, 2, 2}, 0},
		{"one of two below", []float64{1, 4}, []float64{2, 3, 5}, 3},
		{"for ever is above everything", []float64{1, 1}, []float64{forever, forever}, 4},
		{"for ever is as long as for ever", []float64{1, forever}, []float64{1, forever}, 0},
	} {
		if got := runsAhead(c.a, c.b); got != c.want {
			t.Errorf("%s: %d of %d, expected %d", c.name, got, len(c.a)*len(c.b), c.want)
		}
	}
}

// TestTheChanceOfRunningAheadIsTheShareOfOrdersThatDo enumerates all orders of the values.
func TestTheChanceOfRunningAheadIsTheShareOfOrdersThatDo(t *testing.T) {
	for m := 1; m <= 5; m++ {
		for n := 1; n <= 5; n++ {
			for far := 0; far <= m*n; far++ {
				met, all := 0, 0
				for order := range 1 << (m + n) {
					var a, b []float64
					for i := range m + n {
						if order>>i&1 == 0 {
							a = append(a, float64(i))
						} else {
							b = append(b, float64(i))
						}
					}
					if len(a) != m {
						continue
					}
					all++
					if runsAhead(a, b) >= far {
						met++
					}
				}
				if got, want := chanceAhead(m, n, far), float64(met)/float64(all); math.Abs(got-want) > 1e-12 {
					t.Fatalf("%d and %d values, %d of %d ahead: %g, expected %g", m, n, far, m*n, got, want)
				}
			}
		}
	}
}

// TestTheChanceIsThatOfTheFormulaForSamplesOfOneSize uses the formula for samples of one size n
// (Gnedenko and Korolyuk 1951): the probability of running k of n ahead is C(2n, n-k) in C(2n, n).
func TestTheChanceIsThatOfTheFormulaForSamplesOfOneSize(t *testing.T) {
	for _, n := range []int{1, 5, 20, maxSampled} {
		want := 1.0
		for k := range n + 1 {
			if got := chanceAhead(n, n, k*n); math.Abs(got/want-1) > 1e-9 {
				t.Errorf("%d of %d: %g, expected %g", k, n, got, want)
			}
			want *= float64(n-k) / float64(n+k+1)
		}
	}
}

func TestFiveLiveTrialsBesideTwentyVirtualOnesCanTell(t *testing.T) {
	var can []int
	for live := range 8 {
		if !tooFew(AgreementSeeds, live) {
			can = append(can, live)
		}
	}
	if !slices.Equal(can, []int{4, 5, 6, 7}) {
		t.Errorf("these numbers of live trials are enough: %d", can)
	}
}
