package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Range is the range that a measure is expected to lie in, both ends included.
type Range struct {
	Measure  check.Measure
	Of       Statistic // over all values of a cell; with EveryValue, each of them must lie in the range
	From, To Bound
}

// Bound is one end of a range.
type Bound struct {
	spans  []sim.Span // for a length of time: the lengths that are added
	less   []sim.Span // for a length of time: the lengths that are subtracted
	number float64    // for any other measure
	text   string
}

// String returns the bound as it was written.
func (b Bound) String() string { return b.text }

// In returns the bound in the measure's unit under this lease. The unit of a length of time is the
// second.
func (b Bound) In(ttl time.Duration, m check.Measure) float64 {
	if m.Unit() == check.Seconds {
		var sum, less time.Duration
		for _, s := range b.spans {
			sum = sim.AddCapped(sum, s.In(ttl))
		}
		for _, s := range b.less {
			less = sim.AddCapped(less, s.In(ttl))
		}
		return (sum - less).Seconds()
	}
	return b.number
}

// Contains reports whether all measured values lie in the range.
func (r Range) Contains(m check.Measured, ttl time.Duration) bool {
	return r.has(m.Least, ttl) && r.has(m.Most, ttl)
}

// has reports whether one value lies in the range.
func (r Range) has(v float64, ttl time.Duration) bool {
	return v >= r.From.In(ttl, r.Measure) && v <= r.To.In(ttl, r.Measure)
}

// apart reports whether two ranges of the same measure have no value in common.
func (r Range) apart(o Range, ttl time.Duration) bool {
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

func measureNames() (names []string) {
	for _, m := range check.Measures() {
		names = append(names, string(m))
	}
	return names
}

// fileRanges is a mapping of measures to ranges, still unresolved.
type fileRanges struct {
	place
	list []fileRange
}

type fileRange struct {
	name     word
	of       word // a statistic; if not given, every value counts
	from, to word
}

// place returns where the file says what the range is of: the statistic, or else the measure.
func (f fileRange) place() place {
	if f.of.given() {
		return f.of.place
	}
	return f.name.place
}

func (f *fileRanges) read(s *source, name string, n ast.Node) error {
	f.place = at(n)
	const shape = "measures with their ranges, such as {lease: [1ttl, 1.1ttl]}"
	entries, ok, err := s.entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.wrongType(name, n, shape)
	}
	if len(entries) == 0 {
		return s.fail(at(n), name+" names no measure", shape, "")
	}
	for _, e := range entries {
		statistics, several, err := s.entries(e.value)
		switch {
		case err != nil:
			return err
		case !several:
			statistics = []entry{{value: e.value}}
		case len(statistics) == 0:
			return s.fail(at(e.value), e.key.text+" has no range", rangeShape, "")
		}
		for _, each := range statistics {
			r := fileRange{name: e.key, of: each.key}
			if err := r.readEnds(s, each.value); err != nil {
				return err
			}
			f.list = append(f.list, r)
		}
	}
	return nil
}

// rangeShape describes what follows the name of a measure, for the "expected" part of an error.
const rangeShape = "two values, from and to, such as [1ttl, 1.1ttl], or such a range for each statistic over all trials: {mean: …, p95: …}"

func (f *fileRange) readEnds(s *source, n ast.Node) error {
	name, shape := f.name.text, rangeShape
	if f.of.given() {
		name, shape = f.of.text+" of "+name, "two values, from and to, such as [1ttl, 1.1ttl]"
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		return s.wrongType(name, n, shape)
	}
	for i, into := range []*word{&f.from, &f.to} {
		switch list.Values[i].(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		default:
			return s.wrongType("an end of "+name, list.Values[i], "a length of time or a number")
		}
		*into = word{place: at(list.Values[i]), text: list.Values[i].GetToken().Value}
	}
	return nil
}

// ranges resolves the ranges; ttl is the scenario's lease.
func (l *loader) ranges(f fileRanges, ttl time.Duration) (out []Range, err error) {
	for _, each := range f.list {
		m := check.Measure(each.name.text)
		if !slices.Contains(check.Measures(), m) {
			return nil, l.fail(each.name.place, "there is no measure "+quoted(each.name.text), listed(measureNames()), didYouMean(each.name.text, measureNames()))
		}
		r := Range{Measure: m}
		if each.of.given() {
			if r.Of, err = ParseStatistic(each.of.text); err != nil {
				return nil, l.fail(each.of.place, err.Error(), statisticShape, "")
			}
		}
		for _, end := range []struct {
			from word
			into *Bound
		}{{each.from, &r.From}, {each.to, &r.To}} {
			var wrong *badBound
			if *end.into, wrong = parseBound(m, end.from.text); wrong != nil {
				return nil, l.fail(end.from.place, wrong.found, wrong.expected, "")
			}
		}
		if r.From.In(ttl, m) > r.To.In(ttl, m) {
			return nil, l.fail(each.to.place, fmt.Sprintf("the range of %s runs backwards, from %s to %s", m, r.From, r.To), "the smaller end first", "")
		}
		out = append(out, r)
	}
	return out, nil
}

// badBound describes what is wrong with an end of a range.
type badBound struct{ found, expected string }

// parseBound parses an end of a range. For a measure that is not a length of time it accepts only a
// number, and for a share none above 1.
func parseBound(m check.Measure, text string) (Bound, *badBound) {
	b := Bound{text: text}
	if m.Unit() == check.Seconds {
		wrong := b.parseSum(m)
		return b, wrong
	}
	n, ok := decimal(text)
	if ok {
		b.number, _ = n.Float64()
	}
	switch {
	case m.Unit() == check.Share && (!ok || b.number > 1):
		return b, &badBound{fmt.Sprintf("%s is a share, and %s is not one", m, quoted(text)), "a number from 0 to 1, such as 0.5"}
	case !ok:
		return b, &badBound{fmt.Sprintf("%s is a number, and %s is not a valid value", m, quoted(text)), "a number such as 0.5, not below 0"}
	}
	return b, nil
}

// parseSum parses lengths of time that are added: "1ttl+600ms". If the measure can be below 0, they
// may also be subtracted: "-0.3ttl".
func (b *Bound) parseSum(m check.Measure) *badBound {
	shape := spanShape() + `, or a sum such as "1ttl+600ms"`
	if m.Signed() {
		shape = spanShape() + `, which may be negative, such as "-0.3ttl", or a sum such as "1ttl+600ms" or "1ttl-600ms"`
	}
	for rest, sign := b.text, byte('+'); ; {
		if m.Signed() && strings.HasPrefix(rest, "-") && len(rest) == len(b.text) {
			sign, rest = '-', rest[1:]
		}
		signs := "+"
		if m.Signed() {
			signs = "+-"
		}
		part := rest
		end := strings.IndexAny(rest, signs)
		if end >= 0 {
			part = rest[:end]
		}
		span, err := sim.ParseSpan(part)
		if err != nil {
			return &badBound{fmt.Sprintf("%s is measured in time, and %s is not a length of time", m, quoted(b.text)), shape}
		}
		if sign == '-' {
			b.less = append(b.less, span)
		} else {
			b.spans = append(b.spans, span)
		}
		if end < 0 {
			return nil
		}
		sign, rest = rest[end], rest[end+1:]
	}
}
