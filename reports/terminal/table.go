// Package terminal writes what was found for people at a terminal, fitted to its width, and
// for the programs at the other end of a pipe: the cells of a run, the agreement of the
// worlds, the claims, what there is to run, what was found in one history.
package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// cellTable writes first how the run came out and what it says of locks, then what was not
// as expected, then a row a cell, grouped by scenario and discipline, and last what the words mean.
func cellTable(w io.Writer, cells []scenarios.Summary, cards []scenarios.Card, opts Options) error {
	var b strings.Builder
	p := painter{on: opts.Colour}
	writeSummary(&b, p, cells, cards, opts.columns())
	if len(cells) > 0 {
		shown, quiet := telling(cells)
		t := fit(opts.columns(), shown, harmless(cells), func(l layout) *grid { return newGrid(cells, l) })
		t.write(&b, p)
		if countCells(cells).ran > 0 {
			writeKey(&b, p, t, quiet)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the table of results: %w", err)
	}
	return nil
}

// newGrid puts the cells in rows; cells of one scenario come together, in the order in
// which the scenarios first appear.
func newGrid(cells []scenarios.Summary, l layout) *grid {
	t := &grid{layout: l}
	worlds := oneWorld(cells) == ""
	t.head = append(t.head, word{text: "guard", paint: faint})
	if worlds {
		t.head = append(t.head, word{text: "world", paint: faint})
	}
	t.head = append(t.head, word{text: "n", paint: faint, right: true})
	for _, c := range t.columns {
		t.head = append(t.head, word{text: c.title, paint: faint})
	}
	if t.outcome {
		t.head = append(t.head, word{text: "outcome", paint: faint})
	}
	for _, c := range cells {
		t.add(c.Row(), t.row(c, worlds))
	}
	t.measure()
	return t
}

// row makes the row of one cell.
func (t *grid) row(c scenarios.Summary, worlds bool) gridRow {
	r := gridRow{name: c.Backend, words: []word{{text: c.Guard}}}
	if worlds {
		r.words = append(r.words, word{text: c.World})
	}
	if c.Unavailable != "" {
		r.words = append(r.words, word{text: "—", paint: faint, right: true})
		r.note = "not available: " + c.Unavailable
		return r
	}
	r.words = append(r.words, word{text: fmt.Sprint(c.Trials), right: true})
	for _, column := range t.columns {
		r.words = append(r.words, column.word(c, t.in))
	}
	if t.outcome {
		r.words = append(r.words, outcomeWord(c.Outcome))
	} else {
		r.mark = outcomeMark(c.Outcome)
	}
	return r
}

func outcomeWord(o scenarios.Outcome) word {
	switch o {
	case scenarios.AsExpected:
		return word{text: "as expected"}
	case scenarios.Undecided:
		return word{text: "undecided", paint: doubt}
	case scenarios.NotAsExpected:
		return word{text: "NOT AS EXPECTED", paint: alarm}
	}
	return word{text: o.String(), paint: alarm}
}

// outcomeMark stands before the row where there is no room for the outcome.
func outcomeMark(o scenarios.Outcome) word {
	switch o {
	case scenarios.AsExpected:
		return word{}
	case scenarios.Undecided:
		return word{text: "?", paint: doubt}
	}
	return word{text: "!", paint: alarm}
}

// harmless tells of a column that nothing in it was violated and no expectation missed.
func harmless(cells []scenarios.Summary) func(column) bool {
	harmed := map[check.Property]bool{}
	for _, c := range cells {
		for _, t := range c.Tallies {
			harmed[t.Property] = harmed[t.Property] || t.Violated > 0 || surprises(t) > 0
		}
	}
	return func(c column) bool { return !harmed[c.property] }
}
