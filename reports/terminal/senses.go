package terminal

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
)

// writeTwoSenses shows, for every lock without a guard, how often it was broken in Kleppmann's
// sense and how often in antirez's. Trials in which nobody takes the lock are left out.
func writeTwoSenses(b *strings.Builder, judged []trial.Judged, width int) {
	judged = slices.DeleteFunc(slices.Clone(judged), func(j trial.Judged) bool { return j.Trial.Scenario.Adds() })
	cells := slices.DeleteFunc(trial.Summarize(judged), func(s outcome.Summary) bool { return s.Guard != "none" })
	if len(cells) == 0 {
		return
	}
	slices.SortStableFunc(cells, func(a, b outcome.Summary) int { return strings.Compare(a.Scenario, b.Scenario) })
	titles, broken := [2]string{"until it is told (overlap)", "until its own deadline (overlap-valid)"}, "broken in %d of %d"
	names := 0
	rows := sensesRows(cells, titles, broken, names)
	if rowsWidth(rows) > width {
		titles, broken = [2]string{string(check.Overlap), string(check.OverlapValid)}, "%d of %d"
		names = leastName
		rows = sensesRows(cells, titles, broken, names)
	}
	b.WriteByte('\n')
	hang(b, "", "TWO SENSES OF A BROKEN LOCK: two clients hold it at once, each of them …", width)
	if names > 0 {
		hang(b, "", "… until it is told otherwise (overlap), or until its own deadline (overlap-valid)", width)
	}
	b.WriteByte('\n')
	writeRows(b, rows)
}

// sensesRows builds the rows of the two senses; a broken name continues in the next row.
func sensesRows(cells []outcome.Summary, titles [2]string, broken string, names int) [][]string {
	rows := [][]string{{"scenario", "lock", titles[0], titles[1]}}
	for _, s := range cells {
		row := []string{s.Row(), ""}
		for _, p := range []check.Property{check.Overlap, check.OverlapValid} {
			// Undecided trials do not count: a lock that was not put to the test must not pass for
			// unbroken.
			t := s.Tally(p)
			text := "undecided"
			if decided := t.Holds + t.Violated; decided > 0 {
				text = fmt.Sprintf(broken, t.Violated, decided)
			}
			row = append(row, text)
		}
		for i, part := range breakName(s.Backend, names) {
			if i > 0 {
				row = make([]string, len(row))
			}
			row[1] = part
			rows = append(rows, row)
		}
	}
	return rows
}

// rowsWidth is how many columns writeRows needs.
func rowsWidth(rows [][]string) int {
	width := rowIndent - columnGap
	for _, w := range widthsOf(rows) {
		width += w + columnGap
	}
	return width
}

func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	return widths
}

// writeRows writes rows of plain text in columns.
func writeRows(b *strings.Builder, rows [][]string) {
	widths := widthsOf(rows)
	for _, row := range rows {
		line := strings.Repeat(" ", rowIndent)
		for i, text := range row {
			line += pad(text, widths[i]+columnGap)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
