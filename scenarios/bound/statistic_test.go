package bound

import (
	"slices"
	"testing"
)

func TestStatisticsOfValues(t *testing.T) {
	upTo := func(n int) (values []float64) {
		for i := range n {
			values = append(values, float64(n-i))
		}
		return values
	}
	for _, c := range []struct {
		of     Statistic
		values []float64
		want   float64
	}{
		{"mean", []float64{1, 2, 6}, 3},
		{"p50", []float64{6, 1, 2}, 2},
		{"p50", []float64{2, 1}, 1},
		{"p95", upTo(20), 19},
		{"p95", upTo(19), 19},
		{"p99", upTo(100), 99},
		{"p99", upTo(99), 99},
		{"p1", upTo(100), 1},
		{"p10", upTo(5), 1},
	} {
		before := slices.Clone(c.values)
		if got := c.of.Compute(c.values); got != c.want {
			t.Errorf("the %s of %v is %v, want %v", c.of, before, got, c.want)
		}
		if !slices.Equal(before, c.values) {
			t.Errorf("the %s puts the values into another order", c.of)
		}
	}
}

func TestHowManyValuesAStatisticNeeds(t *testing.T) {
	for of, want := range map[Statistic]int{"mean": 20, "p50": 20, "p90": 20, "p95": 20, "p96": 25, "p98": 50, "p99": 100, "p1": 100, "p5": 20} {
		if got := of.Needs(); got != want {
			t.Errorf("%s needs %d values, want %d", of, got, want)
		}
	}
}

func TestWhatIsNoStatistic(t *testing.T) {
	for _, text := range []string{"", "p0", "p100", "p05", "p", "p9.5", "median", "Mean", "p-5", "p+5"} {
		if s, err := ParseStatistic(text); err == nil {
			t.Errorf("%q is read as %q", text, s)
		}
	}
}
