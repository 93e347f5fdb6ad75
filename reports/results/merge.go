package results

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// seen records which seeds of one cell a run has.
type seen struct {
	run   int // its index among the runs
	ttl   time.Duration
	seeds outcome.Seeds
}

// repeated reports whether an earlier run had the same trial already. In the virtual world a seed
// gives the same trial again, which adds nothing; a live trial never happens twice.
func (s *sum) repeated(r *outcome.Result) bool {
	if r.World != sim.VirtualWorld {
		return false
	}
	run := len(s.result.Runs) - 1
	name := r.Cell()
	all := s.seeds[name]
	for _, each := range all {
		if each.run != run && each.ttl == r.TTL && each.seeds.First <= r.Seed && r.Seed <= each.seeds.Last {
			return true
		}
	}
	if n := len(all); n > 0 && all[n-1].run == run {
		last := &all[n-1].seeds
		last.First, last.Last = min(last.First, r.Seed), max(last.Last, r.Seed)
		return false
	}
	s.seeds[name] = append(all, seen{run, r.TTL, outcome.Seeds{First: r.Seed, Last: r.Seed}})
	return false
}

// addRun registers the cells of a run. Cells that an earlier run had come with that run's card. It
// is an error if different scripts have the same name.
func (s *sum) addRun(r Run) error {
	s.result.Runs = append(s.result.Runs, r)
	if r.Shard == nil {
		s.cells.Expect(r.Scenarios)
	} else {
		s.cells.Expect(singly(r.Scenarios))
	}
	if s.cells.Known() > outcome.MaxCells {
		return fmt.Errorf("%s: more than %d cells, the maximum for one report: run less at a time, and combine fewer runs", r.Path, outcome.MaxCells)
	}
	for _, card := range r.Scenarios {
		known := s.result.Card(card.Scenario)
		if known == nil {
			card.Cells = slices.Clone(card.Cells)
			s.result.Cards = append(s.result.Cards, card)
			continue
		}
		if known.Digest != card.Digest {
			return fmt.Errorf("%s has a scenario %s whose script is another one than that of a run before it: their trials cannot be added up; report these runs one at a time",
				r.Path, card.Scenario)
		}
		for _, c := range card.Cells {
			same := func(o outcome.CardCell) bool { return o.In("") == c.In("") }
			if !slices.ContainsFunc(known.Cells, same) {
				known.Cells = append(known.Cells, c)
			}
		}
	}
	return nil
}

// different makes sure that no folder is named twice, under whatever name.
func different(folders []string) error {
	var before []os.FileInfo
	for i, path := range folders {
		info, err := os.Stat(path)
		if err != nil {
			return notAFolder(path, err)
		}
		if at := slices.IndexFunc(before, func(other os.FileInfo) bool { return os.SameFile(info, other) }); at >= 0 {
			return fmt.Errorf("%s and %s are the same folder: its trials would count twice; name it once", folders[at], folders[i])
		}
		before = append(before, info)
	}
	return nil
}

// singly returns cards without what is expected of all trials of a cell together: a part of them
// does not tell, and is merged with the others.
func singly(cards []outcome.Card) []outcome.Card {
	cards = slices.Clone(cards)
	for i := range cards {
		cells := slices.Clone(cards[i].Cells)
		for k := range cells {
			cells[k].Expect = slices.DeleteFunc(slices.Clone(cells[k].Expect), func(e script.Expected) bool { return e.Sometimes })
			cells[k].Ranges = slices.DeleteFunc(slices.Clone(cells[k].Ranges), func(r outcome.CardRange) bool { return r.Of != bound.EveryValue })
		}
		cards[i].Cells = cells
	}
	return cards
}
