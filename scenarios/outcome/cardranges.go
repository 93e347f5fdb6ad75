package outcome

import (
	"fmt"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/sim/check"
)

// CardRange is the range in which a scenario expects a measure of one cell to lie, both ends
// included. It is in the measure's unit; lengths of time are in seconds.
type CardRange struct {
	Measure check.Measure   `json:"measure"`
	Of      bound.Statistic `json:"of,omitempty"` // statistic of all values of the cell
	From    float64         `json:"from"`
	To      float64         `json:"to"`
	Written []string        `json:"written,omitempty"` // with Of: both ends, as the script writes them
	Because string          `json:"because,omitempty"` // with Of
}

// Check returns an error that says what is wrong with a range read from a file; nil means nothing.
func (c CardRange) Check() error {
	switch {
	case !c.Measure.Known():
		return fmt.Errorf("a range names %q, which is not a measure", string(c.Measure))
	case c.Of == bound.EveryValue:
		return nil
	case len(c.Written) != 2:
		return fmt.Errorf("the range of %s does not have two ends", c.Measure)
	}
	if _, err := bound.ParseStatistic(string(c.Of)); err != nil {
		return err
	}
	for _, end := range c.Written {
		if _, err := bound.Parse(c.Measure, end); err != nil {
			return err
		}
	}
	return nil
}

// Check returns an error that says what is wrong with a cell read from a file; nil means nothing.
func (c CardCell) Check() error {
	for _, r := range c.Ranges {
		if err := r.Check(); err != nil {
			return err
		}
	}
	for _, e := range c.Expect {
		if s := e.Share; s != nil && !(0 <= s.From && s.From <= s.To && s.To <= 1) {
			return fmt.Errorf("%s has an impossible expected share: %g to %g", e.Property, s.From, s.To)
		}
	}
	return nil
}

// resolved returns the range as the script has it. The card must have passed Check.
func (c CardRange) resolved() bound.Range {
	r := bound.Range{Measure: c.Measure, Of: c.Of}
	for i, into := range []*bound.Bound{&r.From, &r.To} {
		var err error
		if *into, err = bound.Parse(c.Measure, c.Written[i]); err != nil {
			panic("a card with a bad range: " + err.Error())
		}
	}
	return r
}
