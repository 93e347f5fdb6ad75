package results

import (
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim/check"
)

// telling returns the kept trial of one scenario that best shows what the scenario is about, nil if
// none was kept. The criteria, most important first:
//
//   - It tells something: its faults happened.
//   - It has the guard that the scenario is named after.
//   - What theory expects to be violated there was violated: the gravest first.
//   - A fence failed: that says more than no guard at all.
//   - The lock service is one that people use, not one of locklab's controls.
//   - A measure that is expected to be more than in other cells: the most, compared with the least.
//   - Something else was violated, if nothing was that was expected to be.
//
// Among equals it is the first, in the order of the script.
func (s *Set) telling(kept []Kept) *Kept {
	if len(kept) == 0 {
		return nil
	}
	card := s.Card(kept[0].Result.Scenario)
	if card == nil {
		card = &outcome.Card{}
	}
	best := 0
	weights := weigh(&kept[0], card)
	for i := range kept[1:] {
		if w := weigh(&kept[i+1], card); slices.Compare(w, weights) > 0 {
			best, weights = i+1, w
		}
	}
	return &kept[best]
}

// gravest are all properties, the gravest first.
var gravest = slices.SortedFunc(slices.Values(check.Properties()), check.ByGravity)

// subjects are those that a scenario can be about. Two at once, and long waits, come with most
// of them, and are told apart only if nothing else is expected.
var subjects = slices.DeleteFunc(slices.Clone(gravest), func(p check.Property) bool { return p.Row().Mark != check.AtEvent })

// fences are the guards that check fencing tokens, from the weakest.
var fences = []ledger.Guard{ledger.FenceEqual, ledger.FenceWrites, ledger.FenceAll}

// weigh returns what speaks for a trial, most important first.
func weigh(k *Kept, card *outcome.Card) []float64 {
	r := &k.Result
	var weights []float64
	add := func(yes bool) {
		w := 0.0
		if yes {
			w = 1
		}
		weights = append(weights, w)
	}
	cell := cellOf(card, r)
	happened := func(p check.Property) bool {
		return r.Finding(p).Verdict == check.Violated && slices.ContainsFunc(cell.Expect, func(e script.Expected) bool {
			return e.Property == p && e.Verdict == check.Violated
		})
	}
	add(!slices.ContainsFunc(check.Preconditions(), func(p check.Property) bool { return r.Finding(p).Verdict != check.Holds }))
	add(strings.HasPrefix(r.Scenario, r.Guard+"-"))
	for _, p := range subjects {
		add(happened(p))
	}
	expected := slices.ContainsFunc(check.Properties(), happened)
	add(expected)
	failed := slices.ContainsFunc(check.Harming(check.TheAccount), happened)
	weights = append(weights, 0)
	if failed {
		weights[len(weights)-1] = float64(1 + slices.Index(fences, ledger.Guard(r.Guard)))
	}
	add(!isControl(r.Backend))
	weights = append(weights, outstanding(card, cell))
	for _, p := range gravest {
		add(!expected && r.Finding(p).Verdict == check.Violated)
	}
	return weights
}

// cellOf finds the cell of a trial on its scenario's card.
func cellOf(card *outcome.Card, r *outcome.Result) outcome.CardCell {
	for _, c := range card.Cells {
		if c.In(r.Scenario) == r.Cell() {
			return c
		}
	}
	return outcome.CardCell{}
}

func isControl(backend string) bool {
	name, _, _ := strings.Cut(backend, "+")
	return slices.ContainsFunc([]backends.Backend{control.None{}, control.Perfect{}}, func(b backends.Backend) bool { return b.Name() == name })
}

// outstanding returns the factor by which a measure of a cell is expected to exceed the scenario's
// lowest cell; 1 if it is no more, or nothing is expected of it.
func outstanding(card *outcome.Card, cell outcome.CardCell) float64 {
	most := 1.0
	for _, mine := range cell.Ranges {
		for _, c := range card.Cells {
			for _, other := range c.Ranges {
				if other.Measure == mine.Measure && c.World == cell.World && middle(other) > 0 {
					most = max(most, middle(mine)/middle(other))
				}
			}
		}
	}
	return most
}

func middle(r outcome.CardRange) float64 { return (r.From + r.To) / 2 }
