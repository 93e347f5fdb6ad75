// Package terminal writes results for people at a terminal, fitted to its width, and for the
// programs at the other end of a pipe: the cells of a run, the agreement of the worlds, the claims,
// what there is to run, the findings on one history.
package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// cellTable writes how the run came out and what that says about locks, then what was not as
// expected, then one row per cell, grouped by scenario and discipline, and finally what the words
// mean.
func cellTable(w io.Writer, cells []outcome.Summary, cards []outcome.Card, opts typeset.Options) error {
	var b strings.Builder
	p := typeset.Painter{On: opts.Colour}
	writeSummary(&b, p, cells, cards, opts.Width())
	if len(cells) > 0 {
		shown, quiet := telling(cells)
		rows, pointless := applicable(cells)
		t := fit(opts.Width(), shown, harmless(cells), func(l layout) *grid { return newGrid(rows, l) })
		if len(rows) > 0 {
			t.write(&b, p)
		}
		writePointless(&b, pointless, opts.Width())
		if countCells(cells).ran > 0 {
			writeKey(&b, p, t, quiet)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the table of results: %w", err)
	}
	return nil
}

// applicable separates the cells that make sense under their scripts from those that do not.
func applicable(cells []outcome.Summary) (rows, pointless []outcome.Summary) {
	for _, c := range cells {
		if c.Outcome == outcome.NotApplicable {
			pointless = append(pointless, c)
		} else {
			rows = append(rows, c)
		}
	}
	return rows, pointless
}

// writePointless says why scripts make no sense with some cells: each reason once, with the
// scenarios that it applies to.
func writePointless(b *strings.Builder, cells []outcome.Summary, width int) {
	var reasons []string
	of := map[string][]string{} // the scenarios, by reason
	count := map[string]int{}
	for _, c := range cells {
		if !slices.Contains(reasons, c.Why) {
			reasons = append(reasons, c.Why)
		}
		if !slices.Contains(of[c.Why], c.Scenario) {
			of[c.Why] = append(of[c.Why], c.Scenario)
		}
		count[c.Why]++
	}
	if len(reasons) > 0 {
		b.WriteString("\n" + outcome.NotApplicable.String() + "\n")
	}
	for _, why := range reasons {
		text := fmt.Sprintf("%s: %s (%s)", why, strings.Join(of[why], ", "), words.Many(count[why], "cell"))
		typeset.Hang(b, "  "+outcome.NotApplicable.Sign()+" ", text, width)
	}
}

// newGrid puts the cells in rows. Cells of one scenario stand together, in the order in which the
// scenarios first appear.
func newGrid(cells []outcome.Summary, l layout) *grid {
	t := &grid{layout: l}
	worlds := oneWorld(cells) == ""
	t.head = append(t.head, word{text: "guard", paint: typeset.Faint})
	if worlds {
		t.head = append(t.head, word{text: "world", paint: typeset.Faint})
	}
	t.head = append(t.head, word{text: "n", paint: typeset.Faint, right: true})
	for _, c := range t.columns {
		t.head = append(t.head, word{text: c.title, paint: typeset.Faint})
	}
	if t.outcome {
		t.head = append(t.head, word{text: "outcome", paint: typeset.Faint})
	}
	for _, c := range cells {
		t.add(c.Row(), t.row(c, worlds))
	}
	t.measure()
	return t
}

// row builds the row of one cell.
func (t *grid) row(c outcome.Summary, worlds bool) gridRow {
	r := gridRow{name: c.Backend, words: []word{{text: c.Guard}}}
	if worlds {
		r.words = append(r.words, word{text: c.World})
	}
	if !c.Outcome.Ran() {
		r.words = append(r.words, word{text: c.Outcome.Sign(), paint: typeset.Faint, right: true})
		r.note = c.Outcome.String() + ": " + c.Why
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

func outcomeWord(o outcome.Outcome) word {
	switch o {
	case outcome.NotAsExpected:
		return word{text: "NOT AS EXPECTED", paint: typeset.Alarm}
	case outcome.Undecided:
		return word{text: o.String(), paint: typeset.Doubt}
	case outcome.NothingExpected:
		return word{text: o.String(), paint: typeset.Faint}
	}
	return word{text: o.String()}
}

// outcomeMark returns the mark that stands before a row with no room for the outcome in words.
func outcomeMark(o outcome.Outcome) word {
	switch o {
	case outcome.AsExpected:
		return word{}
	case outcome.Undecided:
		return word{text: o.Sign(), paint: typeset.Doubt}
	case outcome.NotAsExpected:
		return word{text: o.Sign(), paint: typeset.Alarm}
	}
	return word{text: o.Sign(), paint: typeset.Faint}
}

// harmless returns a function that reports whether a column has neither a violation nor a missed
// expectation.
func harmless(cells []outcome.Summary) func(column) bool {
	harmed := map[check.Property]bool{}
	for _, c := range cells {
		for _, t := range c.Tallies {
			harmed[t.Property] = harmed[t.Property] || t.Violated > 0 || surprises(t) > 0
		}
	}
	return func(c column) bool { return !harmed[c.property] }
}
