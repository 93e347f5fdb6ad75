package reports

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// column is a property in the table: its short title, and what it means when violated.
type column struct {
	property check.Property
	title    string
	meaning  string
}

// columns are in the order of check.Properties.
var columns = []column{
	{check.Overlap, "overlap", "two clients believe they hold the lock"},
	{check.OverlapValid, "valid", "both within their own deadlines"},
	{check.LostUpdate, "lost", "an acknowledged withdrawal is gone"},
	{check.StaleWrite, "stale", "a superseded holder wrote"},
	{check.TokenOrder, "token", "fencing tokens repeat or go back"},
	{check.FreshRefused, "fresh", "the rightful holder was refused"},
}

// The marks behind a verdict.
const (
	predicted = " ✓" // violated, as the scenario's theory says
	surprise  = " !" // some trial came out other than expected
)

// word says what the trials of a cell said about the property.
func (c column) word(cell scenarios.Summary, short bool) word {
	for _, t := range cell.Tallies {
		if t.Property == c.property {
			return tallyWord(t, short)
		}
	}
	return word{text: "—", paint: faint}
}

func tallyWord(t scenarios.Tally, short bool) word {
	n := t.Holds + t.Undecided + t.Violated
	violated, undecided := "violated", "undecided"
	someViolated, someUndecided := " "+violated, " "+undecided
	if short {
		violated, undecided = "viol.", "undec."
		someViolated, someUndecided = "", " ?"
	}
	var w word
	switch {
	case n == 0, t.Undecided == n && t.Expected == nil: // nothing to judge, as with tokens where there are none
		return word{text: "—", paint: faint}
	case t.Violated == n:
		w.text = violated
	case t.Violated > 0:
		w.text = fmt.Sprintf("%d/%d%s", t.Violated, n, someViolated)
	case t.Undecided == n:
		w.text = undecided
	case t.Undecided > 0:
		w.text = fmt.Sprintf("%d/%d%s", t.Undecided, n, someUndecided)
	default:
		w.text = "holds"
	}
	switch {
	case surprises(t) > 0:
		return word{text: w.text + surprise, paint: alarm}
	case t.Expected != nil && *t.Expected == check.Violated && t.Violated > 0:
		return word{text: w.text + predicted, paint: theory}
	case t.Expected != nil && t.Undecided > 0:
		w.paint = doubt
	case t.Expected == nil:
		w.paint = faint // nobody asked
	}
	return w
}

// contrast says what a cell was expected to do and did not: "overlap should have been
// violated, but holds in 8 of 20 trials".
func contrast(t scenarios.Tally) string {
	n := many(t.Holds+t.Undecided+t.Violated, "trial")
	switch *t.Expected {
	case check.Holds:
		return fmt.Sprintf("%s should have held, but is violated in %d of %s", t.Property, t.Violated, n)
	case check.Violated:
		return fmt.Sprintf("%s should have been violated, but holds in %d of %s", t.Property, t.Holds, n)
	}
	return fmt.Sprintf("%s should have stayed undecided, but is not in %d of %s", t.Property, t.Holds+t.Violated, n)
}

// surprises counts the trials that came out other than expected. An undecided trial is
// no surprise: it says nothing.
func surprises(t scenarios.Tally) int {
	if t.Expected == nil {
		return 0
	}
	switch *t.Expected {
	case check.Holds:
		return t.Violated
	case check.Violated:
		return t.Holds
	}
	return t.Holds + t.Violated
}

// writeKey says what titles, words and marks mean.
func writeKey(b *strings.Builder, p painter, short bool) {
	b.WriteByte('\n')
	for i := 0; i < len(columns); i += 2 {
		line := ""
		for j, c := range columns[i:min(i+2, len(columns))] {
			entry := fmt.Sprintf("%-9s%s", c.title, c.meaning)
			if string(c.property) != c.title {
				entry += " (" + string(c.property) + ")"
			}
			if j == 0 {
				entry = fmt.Sprintf("%-60s", entry)
			}
			line += entry
		}
		b.WriteString(p.paint(faint, strings.TrimRight(line, " ")) + "\n")
	}
	marks := "✓ violated as predicted, a pass    ! not as expected    no mark: as expected, or nothing expected    — nothing to judge"
	b.WriteString(p.paint(faint, marks) + "\n")
	if short {
		b.WriteString(p.paint(faint, "viol. violated    2/5 violated in 2 of 5 trials    undec. undecided    2/5 ? undecided in 2 of 5 trials") + "\n")
	}
}
