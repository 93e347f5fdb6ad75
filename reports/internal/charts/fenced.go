package charts

import (
	"slices"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
)

// bareAndFenced keeps, of each scenario and lock service, the cell without a fence and the one
// behind the best fence that it has (see fences), if any of its trials was run.
func bareAndFenced(cells []outcome.Summary) []outcome.Summary {
	best := map[place]int{}
	rank := func(c outcome.Summary) int { return slices.Index(fences(), c.Guard) }
	for _, c := range cells {
		where := placeOf(c)
		if before, known := best[where]; c.Trials > 0 && rank(c) >= 0 && (!known || rank(c) < before) {
			best[where] = rank(c)
		}
	}
	return slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool {
		if c.Guard == string(ledger.None) {
			return c.Trials == 0
		}
		chosen, known := best[placeOf(c)]
		return c.Trials == 0 || !known || rank(c) != chosen
	})
}

// place is what a cell without a fence and the one behind a fence have in common.
type place struct{ scenario, backend string }

func placeOf(c outcome.Summary) place { return place{c.Scenario, c.Backend} }
