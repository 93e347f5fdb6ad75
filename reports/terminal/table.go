// Package terminal writes for people at a terminal: the table of cells, the agreement of
// the worlds, the claims, what was found in one history.
package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/scenarios"
)

// TableOptions says how the table is to look.
type TableOptions struct {
	// Colour adds ANSI colours for a terminal. They only repeat what the words and marks
	// already say, and stay apart for people with colour blindness.
	Colour bool
}

// pageColumns is the width that the table keeps to for names of the usual length.
const pageColumns = 120

// Table writes what came out of a run: first one sentence, then what was not as
// expected, then a row a cell, grouped by scenario, and last what the words mean.
func Table(w io.Writer, cells []scenarios.Summary, opts TableOptions) error {
	var b strings.Builder
	p := painter{on: opts.Colour}
	writeSummary(&b, p, cells)
	if len(cells) > 0 {
		t := newGrid(cells, full)
		for t.width() > pageColumns && t.in < terse {
			t = newGrid(cells, t.in+1)
		}
		t.write(&b, p)
		if countCells(cells).ran > 0 {
			writeKey(&b, p, t)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the table of results: %w", err)
	}
	return nil
}

// grid is the table's text, before it is padded and coloured.
type grid struct {
	in      wording // words are shortened to fit
	worlds  bool    // there is a column for the world
	columns []column
	quiet   []column // left out
	head    []word
	groups  []group
	widths  []int
}

type group struct {
	scenario string
	rows     []gridRow
}

type gridRow struct {
	words []word
	note  string // instead of what follows the given words
}

// word is what stands in one place of the table.
type word struct {
	text  string
	paint paint
	right bool // flush right
}

func (w word) length() int { return utf8.RuneCountInString(w.text) }

// newGrid puts the cells in rows; cells of one scenario come together, in the order in
// which the scenarios first appear.
func newGrid(cells []scenarios.Summary, in wording) *grid {
	t := &grid{in: in, worlds: oneWorld(cells) == ""}
	t.columns, t.quiet = telling(cells)
	for _, title := range []string{"backend", "guard"} {
		t.head = append(t.head, word{text: title, paint: faint})
	}
	if t.worlds {
		t.head = append(t.head, word{text: "world", paint: faint})
	}
	t.head = append(t.head, word{text: "n", paint: faint, right: true})
	for _, c := range t.columns {
		t.head = append(t.head, word{text: c.title, paint: faint})
	}
	t.head = append(t.head, word{text: "outcome", paint: faint})
	place := map[string]int{}
	for _, c := range cells {
		i, known := place[c.Scenario]
		if !known {
			i = len(t.groups)
			place[c.Scenario] = i
			t.groups = append(t.groups, group{scenario: c.Scenario})
		}
		t.groups[i].rows = append(t.groups[i].rows, t.row(c))
	}
	t.measure()
	return t
}

// row makes the row of one cell.
func (t *grid) row(c scenarios.Summary) gridRow {
	r := gridRow{words: []word{{text: c.Backend}, {text: c.Guard}}}
	if t.worlds {
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
	r.words = append(r.words, outcomeWord(c.Outcome))
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

func (t *grid) measure() {
	t.widths = make([]int, len(t.head))
	widen := func(words []word) {
		for i, w := range words {
			t.widths[i] = max(t.widths[i], w.length())
		}
	}
	widen(t.head)
	for _, g := range t.groups {
		for _, r := range g.rows {
			widen(r.words)
		}
	}
}

const (
	rowIndent = 2
	columnGap = 2
)

// width is how many columns of the terminal a full row takes.
func (t *grid) width() int { return t.start(len(t.widths)) - columnGap }

// start is the terminal column at which the nth word of a row begins.
func (t *grid) start(n int) int {
	at := rowIndent
	for _, w := range t.widths[:n] {
		at += w + columnGap
	}
	return at
}

func (t *grid) write(b *strings.Builder, p painter) {
	b.WriteByte('\n')
	t.line(b, p, t.head)
	for i, g := range t.groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.paint(strong, g.scenario) + "\n")
		for _, r := range g.rows {
			if r.note != "" {
				t.noted(b, p, r)
				continue
			}
			t.line(b, p, r.words)
		}
	}
}

// line writes padded words, with no blanks at the end of the line.
func (t *grid) line(b *strings.Builder, p painter, words []word) {
	b.WriteString(strings.Repeat(" ", rowIndent))
	for i, w := range words {
		blanks := strings.Repeat(" ", t.widths[i]-w.length())
		switch {
		case w.right:
			b.WriteString(blanks + p.paint(w.paint, w.text))
		case i == len(words)-1:
			b.WriteString(p.paint(w.paint, w.text))
		default:
			b.WriteString(p.paint(w.paint, w.text) + blanks)
		}
		if i < len(words)-1 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
	}
	b.WriteByte('\n')
}

// noted writes a row whose verdicts give way to a sentence.
func (t *grid) noted(b *strings.Builder, p painter, r gridRow) {
	var head strings.Builder
	t.line(&head, p, r.words)
	b.WriteString(strings.TrimSuffix(head.String(), "\n"))
	at := t.start(len(r.words))
	for i, text := range fold(r.note, max(pageColumns-at, 30)) {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", at-columnGap))
		}
		b.WriteString(strings.Repeat(" ", columnGap) + p.paint(faint, text) + "\n")
	}
}
