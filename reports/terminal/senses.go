package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
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
	if typeset.RowsWidth(rows) > width {
		titles, broken = [2]string{string(check.Overlap), string(check.OverlapValid)}, "%d of %d"
		names = leastName
		rows = sensesRows(cells, titles, broken, names)
	}
	b.WriteByte('\n')
	typeset.Hang(b, "", "TWO SENSES OF A BROKEN LOCK: two clients hold it at once, each of them …", width)
	if names > 0 {
		typeset.Hang(b, "", "… until it is told otherwise (overlap), or until its own deadline (overlap-valid)", width)
	}
	b.WriteByte('\n')
	typeset.WriteRows(b, rows)
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
		for i, part := range typeset.BreakName(s.Backend, names) {
			if i > 0 {
				row = make([]string, len(row))
			}
			row[1] = part
			rows = append(rows, row)
		}
	}
	return rows
}
