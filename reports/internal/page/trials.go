package page

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Trial is a trial that can be stepped through. Its picture, its events and what everybody
// believed are packed as soon as they are known, so that many trials fit in memory.
type Trial struct {
	Kept   results.Kept
	Events int // in the history
	packed string
	// The result in words, and whether it is a violation.
	verdict  string
	violated bool
	sketch   sketch // its timeline; only the telling trial of a scenario, which is shown without JavaScript, keeps its markup
}

// NewTrial packs the story of a kept trial. svg is its timeline as canvas.Figure writes it, and
// layout says where time and lanes lie in it (timeline.Draw). It returns an error if the picture is
// not a plain drawing.
func NewTrial(k results.Kept, h *sim.History, svg []byte, layout timeline.Layout) (Trial, error) {
	s := newStory(h, k.Result.Findings, layout)
	t := Trial{Kept: k, Events: len(h.Events)}
	t.verdict, t.violated = words.Verdict(h, k.Result.Findings)
	var err error
	if t.sketch, err = drawing(svg); err != nil {
		return Trial{}, fmt.Errorf("the timeline of %s: %w", k.ID, err)
	}
	if !k.Telling {
		s.SVG, t.sketch.markup = string(t.sketch.markup), ""
	}
	if t.packed, err = s.pack(); err != nil {
		return Trial{}, fmt.Errorf("pack the story of %s: %w", k.ID, err)
	}
	return t, nil
}

// MaxTrials bounds how many trials can be stepped through in one page. A trial takes about
// 8 kB.
const MaxTrials = 1200

// Choose returns at most limit trials, in their order. It takes the telling ones first, then one of
// each cell, then others.
func Choose(kept []results.Kept, limit int) []results.Kept {
	if len(kept) <= limit {
		return kept
	}
	rank := make([]int, len(kept))
	seen := map[outcome.CellName]int{}
	for i, k := range kept {
		rank[i] = seen[k.Result.Cell()]
		seen[k.Result.Cell()]++
		if k.Telling {
			rank[i] = -1
		}
	}
	order := make([]int, len(kept))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank[a], rank[b]) })
	order = order[:limit]
	slices.Sort(order)
	chosen := make([]results.Kept, limit)
	for i, at := range order {
		chosen[i] = kept[at]
	}
	return chosen
}
