package bound

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/locklab/locklab/scenarios/strict"
)

// Statistic is a figure that sums up many values: their mean, or one of their percentiles.
type Statistic string

// The statistics, besides the percentiles from p1 to p99.
const (
	// EveryValue is no statistic: each value counts by itself, trial by trial.
	EveryValue Statistic = ""
	// Mean is the sum of all values divided by their number.
	Mean Statistic = "mean"
)

// StatisticShape describes a statistic, for errors.
const StatisticShape = "mean, or a percentile from p1 to p99, such as p95"

// ParseStatistic parses "mean" or a percentile such as "p95".
func ParseStatistic(text string) (Statistic, error) {
	s := Statistic(text)
	if s == Mean {
		return s, nil
	}
	if p, ok := s.percentile(); ok && text == fmt.Sprintf("p%d", p) {
		return s, nil
	}
	return "", fmt.Errorf("%s is not a statistic", strict.Quoted(text))
}

// percentile returns the 95 of p95, and false if s is not a percentile.
func (s Statistic) percentile() (int, bool) {
	digits, is := strings.CutPrefix(string(s), "p")
	p, err := strconv.Atoi(digits)
	return p, is && err == nil && 1 <= p && p <= 99
}

// Needs returns how many values the statistic takes to say something: 20, or for a percentile
// enough that at least one value can be expected on its far side. The p99 of fewer than 100 values
// is just the highest of them.
func (s Statistic) Needs() int {
	p, ok := s.percentile()
	if !ok {
		return Enough
	}
	far := min(p, 100-p)
	return max(Enough, (100+far-1)/far)
}

// Compute returns the statistic of at least one value. A percentile is the nearest rank, as in
// check.Measured: one of the values, never one in between.
func (s Statistic) Compute(values []float64) float64 {
	p, ok := s.percentile()
	if !ok {
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		return sum / float64(len(values))
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(p*len(sorted)+99)/100-1]
}

// Enough is the number of trials of a cell among which at least one must violate a property that is
// expected to be violated sometimes.
const Enough = 20
