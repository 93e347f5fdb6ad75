package terminal

import (
	"slices"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/sim/check"
)

// layout is one way to lay out a table.
type layout struct {
	page    int // width of the terminal, in columns
	in      wording
	names   int      // lock service names are broken to this many columns; 0: they stay whole
	outcome bool     // the last column shows the outcome; otherwise a mark before the row does
	stacked bool     // the name stands on a line of its own, above the rows of its guards
	bare    bool     // only verdicts are shown
	columns []column // properties that are shown
	dropped []column // properties with no room
}

// leastName is the width down to which names are broken before the table gives up something else.
const leastName = 20

// fit returns the roomiest layout in which every row fits the terminal. To save room it first
// shortens words, then breaks names, then replaces the outcome by a mark, then puts names above
// their rows. After that it drops things: properties with nothing bad to report, then everything
// that is not a verdict, and finally other properties.
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
	l.stacked, l.names = true, terminal-typeset.RowIndent
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

// leastTelling returns the column that will be missed least, and whether all is well in it: the
// last harmless one if there is one, otherwise the last. The one about money goes after all others,
// and the first column stays.
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
