package results

import (
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// keeper decides which histories of a run are kept: the first of each cell, as many as were asked
// for, the first that shows what theory expects in some trials, and those that are not as expected.
// It must be asked about every trial, in their order.
type keeper struct {
	least int // how many of each cell are kept whatever their outcome; 0 means one
	// part: this is only one part of a run, and keeps at least those of its histories that the whole
	// run would.
	part bool
	kept map[outcome.CellName]int // how many of each cell; only ever looked up
	// chance has the cells and properties for which there was a trial that shows an outcome expected
	// only in some trials.
	chance map[cellProperty]bool
}

// MaxKept bounds how many histories of one cell are kept, unless more are asked for.
const MaxKept = 5

func newKeeper(about About) keeper {
	return keeper{least: about.Keep, part: about.Shard != nil, kept: map[outcome.CellName]int{}, chance: map[cellProperty]bool{}}
}

// keeps reports whether the history of a trial is kept, provided that it is there. card is that of
// the trial's scenario, or nil.
func (k *keeper) keeps(card *outcome.Card, r *outcome.Result, there bool) bool {
	cell := r.Cell()
	chance := k.byChance(card, r)
	n := k.kept[cell]
	switch {
	case !there:
		return false
	case n < max(1, k.least), n < k.least+MaxKept && (r.Outcome.Surprising() || chance && !k.part):
		k.kept[cell]++
		return true
	}
	// The first by chance in this part may not be the first in the whole run, so it must not take the
	// place of another.
	return k.part && chance
}

// cellProperty is one property of a cell.
type cellProperty struct {
	cell     outcome.CellName
	property check.Property
}

// byChance reports whether a trial is the first of its cell to show an outcome that is expected
// only in some trials: without it there would be no picture of that.
func (k *keeper) byChance(card *outcome.Card, r *outcome.Result) (first bool) {
	if card == nil {
		return false
	}
	for _, e := range cellOf(card, r).Expect {
		if id := (cellProperty{r.Cell(), e.Property}); e.Sometimes && !k.chance[id] && r.Finding(e.Property).Verdict == check.Violated {
			k.chance[id], first = true, true
		}
	}
	return first
}

// withoutHistory takes the history from a row. If the trial is no surprise, its row has the verdicts
// and whom they are about, without the reasons, which are for readers of that history.
func withoutHistory(r *outcome.Result) {
	r.History = ""
	if r.Outcome.Surprising() {
		return
	}
	bare := make([]check.Finding, len(r.Findings))
	for i, f := range r.Findings {
		bare[i] = check.Finding{Property: f.Property, Verdict: f.Verdict, Unserved: f.Unserved}
	}
	r.Findings = bare
}
