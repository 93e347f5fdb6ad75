package script

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
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

// FileRanges is a mapping of measures to ranges, still unresolved.
type FileRanges struct {
	strict.Place
	list []fileRange
}

type fileRange struct {
	name     strict.Word
	of       strict.Word // a statistic; if not given, every value counts
	from, to strict.Word
}

// place returns where the file says what the range is of: the statistic, or else the measure.
func (f fileRange) place() strict.Place {
	if f.of.Given() {
		return f.of.Place
	}
	return f.name.Place
}

// Read reads the ranges, by measure.
func (f *FileRanges) Read(s *strict.Source, name string, n ast.Node) error {
	f.Place = strict.At(n)
	const shape = "measures with their ranges, such as {lease: [1ttl, 1.1ttl]}"
	entries, ok, err := s.Entries(n)
	if err != nil {
		return err
	}
	if !ok {
		return s.WrongType(name, n, shape)
	}
	if len(entries) == 0 {
		return s.Fail(strict.At(n), name+" names no measure", shape, "")
	}
	for _, e := range entries {
		statistics, several, err := s.Entries(e.Value)
		switch {
		case err != nil:
			return err
		case !several:
			statistics = []strict.Entry{{Value: e.Value}}
		case len(statistics) == 0:
			return s.Fail(strict.At(e.Value), e.Key.Text+" has no range", rangeShape, "")
		}
		for _, each := range statistics {
			r := fileRange{name: e.Key, of: each.Key}
			if err := r.readEnds(s, each.Value); err != nil {
				return err
			}
			f.list = append(f.list, r)
		}
	}
	return nil
}

// rangeShape describes what follows the name of a measure, for the "expected" part of an error.
const rangeShape = "two values, from and to, such as [1ttl, 1.1ttl], or such a range for each statistic over all trials: {mean: …, p95: …}"

func (f *fileRange) readEnds(s *strict.Source, n ast.Node) error {
	name, shape := f.name.Text, rangeShape
	if f.of.Given() {
		name, shape = f.of.Text+" of "+name, "two values, from and to, such as [1ttl, 1.1ttl]"
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		return s.WrongType(name, n, shape)
	}
	for i, into := range []*strict.Word{&f.from, &f.to} {
		switch list.Values[i].(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		default:
			return s.WrongType("an end of "+name, list.Values[i], "a length of time or a number")
		}
		*into = strict.Word{Place: strict.At(list.Values[i]), Text: list.Values[i].GetToken().Value}
	}
	return nil
}

// Ranges resolves the ranges; ttl is the scenario's lease.
func (l *Loader) Ranges(f FileRanges, ttl time.Duration) (out []Range, err error) {
	for _, each := range f.list {
		m := check.Measure(each.name.Text)
		if !slices.Contains(check.Measures(), m) {
			return nil, l.Fail(each.name.Place, "there is no measure "+strict.Quoted(each.name.Text), strict.Listed(measureNames()), strict.DidYouMean(each.name.Text, measureNames()))
		}
		r := Range{Measure: m}
		if each.of.Given() {
			if r.Of, err = ParseStatistic(each.of.Text); err != nil {
				return nil, l.Fail(each.of.Place, err.Error(), statisticShape, "")
			}
		}
		for _, end := range []struct {
			from strict.Word
			into *Bound
		}{{each.from, &r.From}, {each.to, &r.To}} {
			var wrong *badBound
			if *end.into, wrong = parseBound(m, end.from.Text); wrong != nil {
				return nil, l.Fail(end.from.Place, wrong.found, wrong.expected, "")
			}
		}
		if r.From.In(ttl, m) > r.To.In(ttl, m) {
			return nil, l.Fail(each.to.Place, fmt.Sprintf("the range of %s runs backwards, from %s to %s", m, r.From, r.To), "the smaller end first", "")
		}
		out = append(out, r)
	}
	return out, nil
}

// badBound describes what is wrong with an end of a range.
type badBound struct{ found, expected string }

func (b *badBound) Error() string { return b.found + ", expected " + b.expected }

// ParseBound parses an end of a range as a script writes it.
func ParseBound(m check.Measure, text string) (Bound, error) {
	b, wrong := parseBound(m, text)
	if wrong != nil {
		return b, wrong
	}
	return b, nil
}

// parseBound parses an end of a range. For a measure that is not a length of time it accepts only a
// number, and for a share none above 1.
func parseBound(m check.Measure, text string) (Bound, *badBound) {
	b := Bound{text: text}
	if m.Unit() == check.Seconds {
		wrong := b.parseSum(m)
		return b, wrong
	}
	n, ok := strict.Decimal(text)
	if ok {
		b.number, _ = n.Float64()
	}
	switch {
	case m.Unit() == check.Share && (!ok || b.number > 1):
		return b, &badBound{fmt.Sprintf("%s is a share, and %s is not one", m, strict.Quoted(text)), "a number from 0 to 1, such as 0.5"}
	case !ok:
		return b, &badBound{fmt.Sprintf("%s is a number, and %s is not a valid value", m, strict.Quoted(text)), "a number such as 0.5, not below 0"}
	}
	return b, nil
}

// parseSum parses lengths of time that are added: "1ttl+600ms". If the measure can be below 0, they
// may also be subtracted: "-0.3ttl".
func (b *Bound) parseSum(m check.Measure) *badBound {
	shape := strict.SpanShape() + `, or a sum such as "1ttl+600ms"`
	if m.Signed() {
		shape = strict.SpanShape() + `, which may be negative, such as "-0.3ttl", or a sum such as "1ttl+600ms" or "1ttl-600ms"`
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
			return &badBound{fmt.Sprintf("%s is measured in time, and %s is not a length of time", m, strict.Quoted(b.text)), shape}
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
