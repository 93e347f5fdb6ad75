// Package bound has the bounds of what a script or a claim expects: of a measured value, of a figure
// over the values of many trials, of the share of trials that something happens in.
package bound

import (
	"fmt"
	"strconv"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Range is the range that a measure is expected to lie in, both ends included.
type Range struct {
	Measure  check.Measure
	Of       Statistic // over all values of a cell; with EveryValue, each of them must lie in the range
	From, To Bound
}

// Contains reports whether all measured values lie in the range.
func (r Range) Contains(m check.Measured, ttl time.Duration) bool {
	return r.has(m.Least, ttl) && r.has(m.Most, ttl)
}

// has reports whether one value lies in the range.
func (r Range) has(v float64, ttl time.Duration) bool {
	return v >= r.From.In(ttl, r.Measure) && v <= r.To.In(ttl, r.Measure)
}

// Apart reports whether two ranges of the same measure have no value in common.
func (r Range) Apart(o Range, ttl time.Duration) bool {
	return r.To.In(ttl, r.Measure) < o.From.In(ttl, r.Measure) || o.To.In(ttl, r.Measure) < r.From.In(ttl, r.Measure)
}

// Figure names what lies in the range: "lease", "the mean of lease".
func (r Range) Figure() string {
	if r.Of == EveryValue {
		return string(r.Measure)
	}
	return fmt.Sprintf("the %s of %s", r.Of, r.Measure)
}

// Ends formats the two ends as "1ttl to 1.1ttl", or as one value if they are the same.
func (r Range) Ends() string {
	if r.From.text == r.To.text {
		return r.From.text
	}
	return r.From.text + " to " + r.To.text
}

// String formats the range as reports show it: "lease from 1ttl to 1.1ttl".
func (r Range) String() string {
	if r.From.text == r.To.text {
		return fmt.Sprintf("%s %s", r.Figure(), r.From)
	}
	return fmt.Sprintf("%s from %s to %s", r.Figure(), r.From, r.To)
}

// Share is a range of shares of trials, both ends included.
type Share struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// String formats the range like "0.1 to 0.3".
func (s Share) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	if s.From == s.To {
		return number(s.From)
	}
	return number(s.From) + " to " + number(s.To)
}
