package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
)

// writeKey explains titles, words and marks, and names what is not shown.
func writeKey(b *strings.Builder, p typeset.Painter, t *grid, quiet []column) {
	b.WriteByte('\n')
	say := func(line string) {
		for _, each := range typeset.Fold(line, t.page) {
			b.WriteString(p.Paint(typeset.Faint, each) + "\n")
		}
	}
	writeTitles(b, p, t)
	marks := []string{"✓ violated as predicted, a pass", outcome.NotAsExpected.Sign() + " not as expected"}
	if !t.outcome {
		marks = append(marks, outcome.Undecided.Sign()+" undecided, before a row", outcome.NothingExpected.Sign()+" nothing expected, before a row")
	}
	marks = append(marks, "no mark: as expected, or nothing expected", "— nothing to judge",
		outcome.NotApplicable.Sign()+" not applicable", outcome.NotAvailable.Sign()+" not available")
	writeEntries(b, p, t.page, marks)
	if t.in != full {
		dot, blank := ".", " "
		if t.in == terse {
			dot, blank = "", ""
		}
		writeEntries(b, p, t.page, []string{
			fmt.Sprintf("viol%s violated", dot), "2/5 violated in 2 of 5 trials",
			fmt.Sprintf("undec%s undecided", dot), fmt.Sprintf("2/5%s? undecided in 2 of 5 trials", blank),
		})
	}
	var idle []column
	for _, c := range quiet {
		if c.echo != "" {
			say(fmt.Sprintf("no column, same result as %s everywhere: %s", c.echo, c.property))
			continue
		}
		idle = append(idle, c)
	}
	if len(idle) > 0 {
		say("no column, nothing expected and nothing violated: " + properties(idle))
	}
	if len(t.dropped) > 0 {
		say("no room for " + properties(t.dropped) + ": widen the terminal or use --format csv")
	}
}

func properties(columns []column) string {
	var names []string
	for _, c := range columns {
		names = append(names, string(c.property))
	}
	return strings.Join(names, ", ")
}

// writeTitles explains the columns, two on a line if there is room.
func writeTitles(b *strings.Builder, p typeset.Painter, t *grid) {
	const half = typeset.PageColumns / 2
	each := 1
	if t.page >= typeset.PageColumns {
		each = 2
	}
	for i := 0; i < len(t.columns); i += each {
		line := ""
		for _, c := range t.columns[i:min(i+each, len(t.columns))] {
			entry := fmt.Sprintf("%-9s%s", c.title, c.meaning)
			if string(c.property) != c.title && t.page > typeset.LeastColumns {
				entry += " (" + string(c.property) + ")"
			}
			if line != "" {
				line = typeset.Pad(line, half)
			}
			line += entry
		}
		b.WriteString(p.Paint(typeset.Faint, line) + "\n")
	}
}

// writeEntries writes entries side by side, as many on a line as fit.
func writeEntries(b *strings.Builder, p typeset.Painter, width int, entries []string) {
	const gap = "    "
	line := ""
	for _, e := range entries {
		switch {
		case line == "":
			line = e
		case utf8.RuneCountInString(line+gap+e) <= width:
			line += gap + e
		default:
			b.WriteString(p.Paint(typeset.Faint, line) + "\n")
			line = e
		}
	}
	b.WriteString(p.Paint(typeset.Faint, line) + "\n")
}
