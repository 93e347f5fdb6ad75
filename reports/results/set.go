package results

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
)

// Set is the result of one run or several, added up. It holds only those single trials whose
// histories were kept, and the first surprises, so its size does not grow with the number of
// trials.
type Set struct {
	Runs   []Run
	Cards  []outcome.Card    // of every scenario, with all its cells
	Cells  []outcome.Summary // in the order of the cards
	Trials int               // judged
	// Repeated is how many more trials there were that an earlier run already had: the same seed of
	// the same virtual cell.
	Repeated int
	Kept     []Kept // in the order of the cells, then of the seeds
	// Surprises are trials that were not as expected or undecided: the first of each cell, of
	// MaxSurprises cells at most, in the order in which they were judged. Surprising is their total
	// number.
	Surprises  []outcome.Result
	Surprising int
	Sweeps     []sweep.Result
	Datasheets []margin.Sheet
	Claims     []Claim
}

// MaxSurprises bounds from how many cells a Set keeps surprises. All are in results.jsonl.
const MaxSurprises = 10

// Run is the folder of one run.
type Run struct {
	Path string
	About
	Finished int   // trials that it has, of those that were requested
	Missing  []int // the shards that are missing of a merged run
}

// Kept is a trial whose history was kept.
type Kept struct {
	ID      string
	Result  outcome.Result
	Path    string // of the history's file
	Title   string // of its scenario; "" if it has none
	Telling bool   // its picture says the most about its scenario
}

// Card returns the card of a scenario, nil if there is none.
func (s *Set) Card(scenario string) *outcome.Card {
	if i := slices.IndexFunc(s.Cards, func(c outcome.Card) bool { return c.Scenario == scenario }); i >= 0 {
		return &s.Cards[i]
	}
	return nil
}

// In returns the cells of one world.
func (s *Set) In(world string) []outcome.Summary {
	return slices.DeleteFunc(slices.Clone(s.Cells), func(c outcome.Summary) bool { return c.World != world })
}

// sum adds up trials.
type sum struct {
	result Set
	cells  *outcome.Summaries
	kept   map[string]bool // ids; if several runs have a trial, the first run's history is shown
	seeds  map[outcome.CellName][]seen
}

func newSum() *sum {
	return &sum{cells: outcome.NewSummaries(nil), kept: map[string]bool{}, seeds: map[outcome.CellName][]seen{}}
}

// add adds a trial of the run in this folder.
func (s *sum) add(r *outcome.Result, folder string) error {
	s.result.Runs[len(s.result.Runs)-1].Finished++
	if s.repeated(r) {
		s.result.Repeated++
		return nil
	}
	if err := s.cells.Add(r); err != nil {
		return err
	}
	s.result.Trials++
	if r.Outcome.Surprising() {
		s.result.Surprising++
		told := slices.ContainsFunc(s.result.Surprises, func(o outcome.Result) bool { return o.Cell() == r.Cell() })
		if !told && len(s.result.Surprises) < MaxSurprises {
			s.result.Surprises = append(s.result.Surprises, *r)
		}
	}
	if r.History != "" && !s.kept[r.ID()] {
		s.kept[r.ID()] = true
		s.result.Kept = append(s.result.Kept, Kept{ID: r.ID(), Result: *r, Path: filepath.Join(folder, r.History)})
	}
	return nil
}

func (s *sum) set() *Set {
	out := s.result
	out.Cells = s.cells.Cells()
	out.sortKept()
	return &out
}

// sortKept sorts the kept trials in the order of the cells and marks the telling ones.
func (s *Set) sortKept() {
	place := map[outcome.CellName]int{}
	for i, c := range s.Cells {
		place[c.Name()] = i
	}
	at := func(k Kept) int { return place[k.Result.Cell()] }
	s.Kept = slices.Clone(s.Kept)
	for i := range s.Kept {
		if card := s.Card(s.Kept[i].Result.Scenario); card != nil {
			s.Kept[i].Title = card.Title
		}
	}
	slices.SortStableFunc(s.Kept, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.Result.Seed, b.Result.Seed))
	})
	for from := 0; from < len(s.Kept); {
		to := from + 1
		for to < len(s.Kept) && s.Kept[to].Result.Scenario == s.Kept[from].Result.Scenario {
			to++
		}
		s.telling(s.Kept[from:to]).Telling = true
		from = to
	}
}
