package terminal

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/sim/check"
)

// layout is one way to lay a table out.
type layout struct {
	page    int // the terminal's columns
	in      wording
	names   int      // names of lock services are broken to this many columns; 0: they are whole
	outcome bool     // the last column says how the cell came out; otherwise a mark before its row
	stacked bool     // the name has a line of its own, above the rows of its guards
	bare    bool     // only verdicts are shown
	columns []column // the properties that are shown
	dropped []column // those for which there is no room
}

// leastName is how far names are broken before the table gives up something else.
const leastName = 20

// fit finds the roomiest layout in which no row is wider than the terminal: words are
// shortened first, then names are broken, then the outcome becomes a mark, then names stand
// above their rows, and then something is left out: properties of which there is nothing
// bad to say, what is no verdict, and at last other properties.
func fit(terminal int, shown []column, harmless func(column) bool, build func(layout) *grid) *grid {
	l := layout{page: terminal, outcome: true, columns: shown}
	for ; l.in < terse; l.in++ {
		if g := build(l); g.width() <= terminal {
			return g
		}
	}
	for _, l.outcome = range []bool{true, false} {
		l.names = 0
		g := build(l)
		if g.width() <= terminal {
			return g
		}
		if l.names = terminal - g.width() + g.widths[0]; l.names >= leastName {
			if g = build(l); g.width() <= terminal {
				return g
			}
		}
	}
	l.stacked, l.names = true, terminal-rowIndent
	for _, l.outcome = range []bool{true, false} {
		if g := build(l); g.width() <= terminal {
			return g
		}
	}
	for {
		g := build(l)
		if g.width() <= terminal || l.bare && len(l.columns) == 1 {
			return g
		}
		i, well := leastTelling(l.columns, harmless)
		if !well && !l.bare {
			l.bare = true
			continue
		}
		l.dropped = append([]column{l.columns[i]}, l.dropped...)
		l.columns = slices.Delete(slices.Clone(l.columns), i, i+1)
	}
}

// leastTelling gives the column that is missed least, and whether all is well in it: the
// last one of those; otherwise the last one that is not about money, and never that of the
// first property.
func leastTelling(columns []column, harmless func(column) bool) (at int, well bool) {
	for i := len(columns) - 1; i > 0; i-- {
		if harmless(columns[i]) && columns[i].property != check.LostUpdate {
			return i, true
		}
	}
	for i := len(columns) - 1; i > 0; i-- {
		if columns[i].property != check.LostUpdate {
			return i, false
		}
	}
	return len(columns) - 1, false
}

// breakName breaks the name of a lock service before the "+" of its options, and where an
// option alone is too long, after a "-" or "=" in it.
func breakName(name string, width int) []string {
	if width == 0 || utf8.RuneCountInString(name) <= width {
		return []string{name}
	}
	var lines []string
	line := ""
	put := func(piece string) {
		if line != "" && len(line)+len(piece) > width {
			lines = append(lines, line)
			line = ""
		}
		line += piece
	}
	for _, option := range partsOf(name, "+", false) {
		if len(option) <= width {
			put(option)
			continue
		}
		put(strings.Repeat(" ", width)) // what is broken has lines of its own
		line = ""
		for _, piece := range partsOf(option, "-=", true) {
			put(piece)
		}
		put(strings.Repeat(" ", width))
		line = ""
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// partsOf cuts a text before, or after, each of these characters.
func partsOf(text, at string, after bool) (parts []string) {
	from := 0
	for i := range len(text) {
		cut := i
		if after {
			cut = i + 1
		}
		if strings.IndexByte(at, text[i]) >= 0 && cut > from && cut < len(text) {
			parts = append(parts, text[from:cut])
			from = cut
		}
	}
	return append(parts, text[from:])
}
