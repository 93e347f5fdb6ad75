package script

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim/check"
)

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
func (l *Loader) Ranges(f FileRanges, ttl time.Duration) (out []bound.Range, err error) {
	for _, each := range f.list {
		m := check.Measure(each.name.Text)
		if !slices.Contains(check.Measures(), m) {
			return nil, l.Fail(each.name.Place, "there is no measure "+strict.Quoted(each.name.Text), strict.Listed(measureNames()), strict.DidYouMean(each.name.Text, measureNames()))
		}
		r := bound.Range{Measure: m}
		if each.of.Given() {
			if r.Of, err = bound.ParseStatistic(each.of.Text); err != nil {
				return nil, l.Fail(each.of.Place, err.Error(), bound.StatisticShape, "")
			}
		}
		for _, end := range []struct {
			from strict.Word
			into *bound.Bound
		}{{each.from, &r.From}, {each.to, &r.To}} {
			*end.into, err = bound.Parse(m, end.from.Text)
			if wrong := (*bound.Bad)(nil); errors.As(err, &wrong) {
				return nil, l.Fail(end.from.Place, wrong.Found, wrong.Expected, "")
			}
		}
		if r.From.In(ttl, m) > r.To.In(ttl, m) {
			return nil, l.Fail(each.to.Place, fmt.Sprintf("the range of %s runs backwards, from %s to %s", m, r.From, r.To), "the smaller end first", "")
		}
		out = append(out, r)
	}
	return out, nil
}
