package trial

import (
	"cmp"
	"iter"
	"slices"

	"github.com/locklab/locklab/scenarios/outcome"
)

// Series is the trials of one cell, which differ in their seeds alone.
type Series struct {
	Trial Trial // the first of them
	Seeds outcome.Seeds
}

// List is trials in the order in which they are run: cell by cell, and seed by seed within a cell.
// It holds the cells and makes the trials when they are asked for, as there may be a million.
type List []Series

// ListOf lists single trials.
func ListOf(trials []Trial) (l List) {
	for _, t := range trials {
		l = append(l, Series{t, outcome.Seeds{First: t.Seed, Last: t.Seed}})
	}
	return l
}

// Len returns the number of trials.
func (l List) Len() (n int) {
	for i := range l {
		n += int(l[i].Seeds.Count())
	}
	return n
}

// All returns the trials in order.
func (l List) All() iter.Seq[Trial] {
	return func(yield func(Trial) bool) {
		for i := range l {
			t := l[i].Trial
			for range l[i].Seeds.Count() {
				if !yield(t) {
					return
				}
				t.Seed++
			}
		}
	}
}

// Firsts returns the first trial of each cell, for what is the same for all of them.
func (l List) Firsts() []Trial {
	out := make([]Trial, len(l))
	for i := range l {
		out[i] = l[i].Trial
	}
	return out
}

// Available separates the trials that make sense and can run on this machine from the rest.
func (l List) Available() (can, cannot List) {
	for _, s := range l {
		if s.Trial.missing() == nil {
			can = append(can, s)
		} else {
			cannot = append(cannot, s)
		}
	}
	return can, cannot
}

// ByService puts live trials that want the same lock service next to each other, so that a running
// one can be reused. Virtual trials, which are quick, come first and keep their order.
func (l List) ByService() List {
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Series) int {
		return cmp.Or(cmp.Compare(b.Trial.World, a.Trial.World), cmp.Compare(a.Trial.service(), b.Trial.service()))
	})
	return sorted
}
