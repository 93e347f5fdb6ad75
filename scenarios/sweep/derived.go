package sweep

import (
	"math"
	"strconv"

	"github.com/locklab/locklab/scenarios/outcome"
)

// Derived is the share of violated trials as a function of the parameter, as derived on paper:
// straight lines between its points, constant before the first and after the last. Two points at
// the same place form a threshold.
type Derived []DerivedPoint

// DerivedPoint is a point on the curve.
type DerivedPoint struct {
	X float64 `json:"x"` // in the parameter's unit
	P float64 `json:"p"` // 0 to 1
}

// levelAt returns a share that does not depend on the parameter. Where chance has no part it is 0
// or 1.
func levelAt(p float64) Derived { return Derived{{0, p}} }

// violatedBetween returns the curve of a property that is violated between two places; either may
// be infinite.
func violatedBetween(from, to float64) Derived {
	var d Derived
	if !math.IsInf(from, 0) {
		d = append(d, DerivedPoint{from, 0}, DerivedPoint{from, 1})
	}
	if !math.IsInf(to, 0) {
		d = append(d, DerivedPoint{to, 1}, DerivedPoint{to, 0})
	}
	return d
}

// Around returns the smallest and the largest derived share from x−within to x+within.
func (d Derived) Around(x, within float64) (least, most float64) {
	left, right := d.at(x-within), d.at(x+within)
	least, most = min(left, right), max(left, right)
	for _, p := range d {
		if math.Abs(p.X-x) <= within {
			least, most = min(least, p.P), max(most, p.P)
		}
	}
	return least, most
}

// level returns the neighbouring thresholds between which the share is that of point i.
func (d Derived) level(i int) (from, to float64) {
	from, to = math.Inf(-1), math.Inf(1)
	for j, p := range d {
		switch {
		case p.P == d[i].P:
		case j < i:
			from = max(from, p.X)
		default:
			to = min(to, p.X)
		}
	}
	return from, to
}

// beyond describes the range between two thresholds.
func beyond(from, to float64) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	switch {
	case math.IsInf(from, 0) && math.IsInf(to, 0):
		return "anywhere"
	case math.IsInf(from, 0):
		return "below " + number(to)
	case math.IsInf(to, 0):
		return "above " + number(from)
	}
	return "between " + number(from) + " and " + number(to)
}

// at returns the share at x; on a threshold, the share before it.
func (d Derived) at(x float64) float64 {
	if x <= d[0].X {
		return d[0].P
	}
	for i := 1; i < len(d); i++ {
		if a, b := d[i-1], d[i]; x <= b.X && b.X > a.X {
			return a.P + (b.P-a.P)*(x-a.X)/(b.X-a.X)
		}
	}
	return d[len(d)-1].P
}

// improbable is the probability below which a measurement contradicts the derivation. It is so
// small that a hundred points rarely include one such measurement by accident.
const improbable = 1e-5

// explains reports whether a share from least to most can bring about k violated trials out of n.
func explains(least, most float64, k, n int) bool {
	return atLeast(k, n, most) > improbable && atLeast(n-k, n, 1-least) > improbable
}

// atLeast returns the probability of k or more successes in n trials of probability p each (the
// upper tail of the binomial distribution).
func atLeast(k, n int, p float64) float64 {
	switch {
	case k <= 0, p >= 1:
		return 1
	case p <= 0:
		return 0
	}
	logOf := func(n int) float64 { l, _ := math.Lgamma(float64(n) + 1); return l }
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(logOf(n) - logOf(i) - logOf(n-i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(1, sum)
}

// Derived returns the range of the share derived for a line at x, with the tolerance of the sweep.
func (p Parameter) Derived(d Derived, x float64) (least, most float64) {
	return d.Around(x, p.Within)
}

// judge compares a point with the derivation.
func (p *Point) judge(about Parameter, d Derived) {
	p.Least, p.Most = about.Derived(d, p.X)
	switch {
	case !explains(p.Least, p.Most, p.Violated, p.Decided()):
		p.Outcome = outcome.NotAsExpected
	case p.Undecided > 0:
		p.Outcome = outcome.Undecided
	}
}
