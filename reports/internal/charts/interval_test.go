package charts

import (
	"math"
	"testing"
)

// The examples of R. G. Newcombe, "Two-sided confidence intervals for the single
// proportion: comparison of seven methods", Statistics in Medicine 17 (1998), table I,
// method 3.
func TestWilsonGivesThePublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 0.00005 || math.Abs(high-c.high) > 0.00005 {
			t.Errorf("%d of %d: %.4f to %.4f, published %.4f to %.4f", c.k, c.n, low, high, c.low, c.high)
		}
		if mirrorLow, mirrorHigh := Wilson(c.n-c.k, c.n); math.Abs(mirrorLow-(1-high)) > 1e-12 || math.Abs(mirrorHigh-(1-low)) > 1e-12 {
			t.Errorf("%d of %d: what is not violated has the interval %v to %v, not the mirror image of %v to %v", c.k, c.n, mirrorLow, mirrorHigh, low, high)
		}
	}
}

func TestOfNoTrialsNothingIsKnown(t *testing.T) {
	if low, high := Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("%v to %v, want 0 to 1", low, high)
	}
}
