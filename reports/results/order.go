package results

import (
	"cmp"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// order knows the place of each trial in a run.
type order struct {
	cells map[outcome.CellName]int // only ever looked up
}

func newOrder(cards []outcome.Card) order {
	o := order{map[outcome.CellName]int{}}
	for _, card := range cards {
		for _, c := range card.Cells {
			o.cells[c.In(card.Scenario)] = len(o.cells)
		}
	}
	return o
}

// place is the place of a trial in a run: its cell, then its seed. That of a live trial is at once,
// as they are reported in no order.
type place struct {
	cell int
	seed uint64
}

func (o order) of(r *outcome.Result) place {
	if r.World == sim.LiveWorld {
		return place{-1, 0}
	}
	return place{o.cells[r.Cell()], r.Seed}
}

// heads are the shards that have rows left, as a heap: first the one whose row is the next.
type heads []*shardRows

func (h heads) Len() int      { return len(h) }
func (h heads) Swap(i, k int) { h[i], h[k] = h[k], h[i] }
func (h heads) Less(i, k int) bool {
	a, b := h[i].place, h[k].place
	return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.seed, b.seed), cmp.Compare(h[i].index, h[k].index)) < 0
}
func (h *heads) Push(any) { panic("no shard comes later") }
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
