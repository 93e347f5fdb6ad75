package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim/check"
)

// Chance is a property that is violated in some trials of a cell and holds in others.
type Chance struct {
	Property check.Property
	Share    *Share // in how many of them; nil: in at least one
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

// Read reads a verdict as one word, or as {sometimes: [0.1, 0.3]}.
func (v *VerdictWord) Read(s *strict.Source, name string, n ast.Node) error {
	entries, mapping, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case !mapping:
		return v.Word.Read(s, name, n)
	case len(entries) != 1 || entries[0].Key.Text != sometimes:
		return s.WrongType(name, n, "holds, violated, sometimes, or {sometimes: [0.1, 0.3]} with a share of the trials")
	}
	v.Word = strict.Word{Place: strict.At(n), Text: sometimes}
	v.Share, err = readShare(s, entries[0].Value)
	return err
}

func readShare(s *strict.Source, n ast.Node) (*Share, error) {
	const shape = "the smallest and largest share of trials, such as [0.1, 0.3]"
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		return nil, s.WrongType(sometimes, n, shape)
	}
	share := &Share{}
	for i, into := range []*float64{&share.From, &share.To} {
		text, ok := strict.PlainText(list.Values[i])
		if !ok {
			return nil, s.WrongType("an end of "+sometimes, list.Values[i], "a number from 0 to 1")
		}
		number, ok := strict.Decimal(text)
		if ok {
			*into, _ = number.Float64()
		}
		if !ok || *into > 1 {
			return nil, s.Fail(strict.At(list.Values[i]), sometimes+" has the share "+strict.Quoted(text), "a number from 0 to 1", "")
		}
	}
	switch {
	case share.From > share.To:
		return nil, s.Fail(strict.At(list.Values[1]), fmt.Sprintf("%s goes from %s down to %s", sometimes, list.Values[0], list.Values[1]), "the smaller end first", "")
	case share.To == 0:
		return nil, s.Fail(strict.At(n), sometimes+" is never", "a range whose upper end is above 0", "write holds for a property that is never violated")
	case share.From == 1:
		return nil, s.Fail(strict.At(n), sometimes+" is always", "a range whose lower end is below 1", "write violated for a property that is always violated")
	case share.From == 0 && share.To == 1:
		return nil, s.Fail(strict.At(n), sometimes+" is any share", "a narrower range", "no trial could refute it")
	}
	return share, nil
}

// VerdictWord is holds, violated or sometimes. The word has not been checked yet.
type VerdictWord struct {
	strict.Word
	Share *Share // with sometimes: the share of trials; nil if the file gives none
}

// Statistic is a figure that sums up many values: their mean, or one of their percentiles.
type Statistic string

// The statistics, besides the percentiles from p1 to p99.
const (
	// EveryValue is no statistic: each value counts by itself, trial by trial.
	EveryValue Statistic = ""
	// Mean is the sum of all values divided by their number.
	Mean Statistic = "mean"
)

// statisticShape describes a statistic, for errors.
const statisticShape = "mean, or a percentile from p1 to p99, such as p95"

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
