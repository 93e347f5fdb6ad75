package terminal

import (
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/typeset"
)

// grid is the text of a table, before it is padded and coloured.
type grid struct {
	layout
	head   []word // titles, except that of the names
	groups []group
	widths []int // the first is that of the names, 0 if they stand above the rows
}

type group struct {
	scenario string
	rows     []gridRow
}

type gridRow struct {
	name  string // of the lock service
	words []word
	note  string // replaces the words that are missing
	mark  word   // stands before the row
}

// word is the text in one place of the table.
type word struct {
	text  string
	paint typeset.Paint
	right bool // flush right
}

func (w word) length() int { return utf8.RuneCountInString(w.text) }

// add appends a row to the group of its scenario.
func (t *grid) add(scenario string, r gridRow) {
	for i := range t.groups {
		if t.groups[i].scenario == scenario {
			t.groups[i].rows = append(t.groups[i].rows, r)
			return
		}
	}
	t.groups = append(t.groups, group{scenario, []gridRow{r}})
}

func (t *grid) measure() {
	t.widths = make([]int, len(t.head)+1)
	name := func(text string) {
		for _, line := range typeset.BreakName(text, t.names) {
			if !t.stacked {
				t.widths[0] = max(t.widths[0], utf8.RuneCountInString(line))
			}
		}
	}
	widen := func(words []word) {
		for i, w := range words {
			t.widths[i+1] = max(t.widths[i+1], w.length())
		}
	}
	name("backend")
	widen(t.head)
	for _, g := range t.groups {
		for _, r := range g.rows {
			name(r.name)
			widen(r.words)
		}
	}
}

// indent is the column at which rows begin.
func (t *grid) indent() int {
	if t.stacked {
		return 2 * typeset.RowIndent
	}
	return typeset.RowIndent
}

// width is how many columns of the terminal a full row takes.
func (t *grid) width() int { return t.start(len(t.widths)) - typeset.ColumnGap }

// start returns the terminal column at which the nth word of a row begins. Word 0 is the name, if
// the row has it.
func (t *grid) start(n int) int {
	at := t.indent()
	for _, w := range t.widths[:n] {
		if w > 0 {
			at += w + typeset.ColumnGap
		}
	}
	return at
}

func (t *grid) write(b *strings.Builder, p typeset.Painter) {
	b.WriteByte('\n')
	head := gridRow{words: t.head}
	if !t.stacked {
		head.name = "backend"
	}
	t.line(b, p, head, typeset.Faint)
	for i, g := range t.groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Paint(typeset.Strong, g.scenario) + "\n")
		for j, r := range g.rows {
			if t.stacked && (j == 0 || g.rows[j-1].name != r.name) {
				for _, line := range typeset.BreakName(r.name, t.names) {
					b.WriteString(strings.Repeat(" ", typeset.RowIndent) + line + "\n")
				}
			}
			t.line(b, p, r, typeset.Plain)
		}
	}
}

// line writes a row, padded and without trailing blanks. What does not fit into the name column
// continues below.
func (t *grid) line(b *strings.Builder, p typeset.Painter, r gridRow, names typeset.Paint) {
	var line strings.Builder
	line.WriteString(strings.Repeat(" ", t.indent()-typeset.RowIndent) + p.Paint(r.mark.paint, r.mark.text) + strings.Repeat(" ", typeset.RowIndent-r.mark.length()))
	below := []string{}
	if !t.stacked {
		all := typeset.BreakName(r.name, t.names)
		line.WriteString(p.Paint(names, all[0]) + strings.Repeat(" ", t.widths[0]-utf8.RuneCountInString(all[0])+typeset.ColumnGap))
		below = all[1:]
	}
	for i, w := range r.words {
		blanks := strings.Repeat(" ", t.widths[i+1]-w.length())
		switch {
		case w.right:
			line.WriteString(blanks + p.Paint(w.paint, w.text))
		case i == len(r.words)-1:
			line.WriteString(p.Paint(w.paint, w.text))
		default:
			line.WriteString(p.Paint(w.paint, w.text) + blanks)
		}
		if i < len(r.words)-1 {
			line.WriteString(strings.Repeat(" ", typeset.ColumnGap))
		}
	}
	notes, at := t.noteLines(r)
	for n := range max(1, len(notes), len(below)+1) {
		text, filled := line.String(), at-typeset.ColumnGap
		if n == 0 && len(r.words) > 0 && !r.words[len(r.words)-1].right {
			filled -= t.widths[len(r.words)] - r.words[len(r.words)-1].length()
		}
		if n > 0 {
			text = strings.Repeat(" ", t.indent())
			if n <= len(below) {
				text += below[n-1]
			}
			filled = utf8.RuneCountInString(text)
		}
		if n < len(notes) && notes[n] != "" {
			text += strings.Repeat(" ", at-filled) + p.Paint(typeset.Faint, notes[n])
		}
		b.WriteString(strings.TrimRight(text, " ") + "\n")
	}
}

// leastNote is the least width of a note beside its row; a narrower one goes below.
const leastNote = 30

// noteLines folds the sentence that replaces a row's verdicts, and returns the column at which it
// begins.
func (t *grid) noteLines(r gridRow) (lines []string, at int) {
	if r.note == "" {
		return nil, 0
	}
	at = t.start(len(r.words) + 1)
	if room := t.page - at; room >= leastNote {
		return typeset.Fold(r.note, room), at
	}
	at = t.indent() + 2*typeset.ColumnGap
	below := strings.Count(strings.Join(typeset.BreakName(r.name, t.names), "\n"), "\n")
	if t.stacked {
		below = 0
	}
	return append(make([]string, 1+below), typeset.Fold(r.note, t.page-at)...), at
}
