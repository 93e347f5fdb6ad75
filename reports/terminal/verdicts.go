package terminal

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// column is a property in the table: its short title, and what a violation means.
type column struct {
	property check.Property
	title    string
	meaning  string
	optional bool // no column if nothing is expected of it and it was never violated
	// echo is another property. If nothing is expected of this one and it came out like that one in
	// every cell, it has no column. Empty if there is none.
	echo check.Property
}

// columns follow the order of check.Properties.
var columns = func() (all []column) {
	for _, p := range check.Properties() {
		r := p.Row()
		all = append(all, column{p, r.Column, cmp.Or(r.Brief, r.Violation), r.Quiet, r.Echoes})
	}
	return all
}()

// telling returns the columns to show for these cells, and the quiet ones, which say nothing more:
// an optional property that was never violated and of which nothing is expected, or an echo. A
// property that no cell was judged by, as in results older than the property, is in neither list.
func telling(cells []outcome.Summary) (shown, quiet []column) {
	for _, c := range columns {
		said, judged := !c.optional && c.echo == "", c.echo == ""
		for _, cell := range cells {
			t := cell.Tally(c.property)
			said = said || c.tells(cell)
			judged = judged || t.Holds+t.Undecided+t.Violated > 0
		}
		switch {
		case said:
			shown = append(shown, c)
		case judged:
			quiet = append(quiet, c)
		}
	}
	return shown, quiet
}

// tells reports whether a cell says something about the property that no other column says.
func (c column) tells(cell outcome.Summary) bool {
	t := cell.Tally(c.property)
	if t.Expected != nil || c.echo == "" {
		return t.Expected != nil || t.Violated > 0
	}
	other := cell.Tally(c.echo)
	return t.Holds+t.Violated > 0 && (t.Holds != other.Holds || t.Violated != other.Violated)
}

// wording is how much room the words of the table take.
type wording int

// From the longest words to the shortest.
const (
	full  wording = iota // violated ✓
	brief                // viol. ✓
	terse                // viol✓
)

// The marks after a verdict.
const (
	predicted = " ✓" // violated, as the scenario's theory says
	surprise  = " !" // some trial came out other than expected
)

// word returns what the trials of a cell say of the property.
func (c column) word(cell outcome.Summary, in wording) word {
	for _, t := range cell.Tallies {
		if t.Property == c.property {
			return tallyWord(t, in)
		}
	}
	return word{text: "—", paint: typeset.Faint}
}

func tallyWord(t outcome.Tally, in wording) word {
	n := t.Holds + t.Undecided + t.Violated
	violated, undecided := "violated", "undecided"
	someViolated, someUndecided := " "+violated, " "+undecided
	asPredicted, asSurprise := predicted, surprise
	switch in {
	case brief:
		violated, undecided = "viol.", "undec."
		someViolated, someUndecided = "", " ?"
	case terse:
		violated, undecided = "viol", "undec"
		someViolated, someUndecided = "", "?"
		asPredicted, asSurprise = strings.TrimSpace(predicted), strings.TrimSpace(surprise)
	case full:
	}
	var w word
	switch {
	case nothingToJudge(t):
		return word{text: "—", paint: typeset.Faint}
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
		return word{text: w.text + asSurprise, paint: typeset.Alarm}
	case t.TooFew() != "":
		w.paint = typeset.Doubt
	case t.Expected != nil && *t.Expected == check.Violated && t.Violated > 0:
		return word{text: w.text + asPredicted, paint: typeset.Theory}
	case t.Expected != nil && t.Undecided > 0:
		w.paint = typeset.Doubt
	case t.Expected == nil:
		w.paint = typeset.Faint // nothing was expected
	}
	return w
}

// nothingToJudge reports whether no trial says anything about a property and nothing was expected
// of it, as with tokens where there are none.
func nothingToJudge(t outcome.Tally) bool {
	return t.Holds+t.Violated == 0 && (t.Undecided == 0 || t.Expected == nil)
}

// contrast says what was expected of a cell and did not happen: "overlap should have been violated,
// but held in 8 of 20 trials".
func contrast(t outcome.Tally) string {
	n := words.Many(t.Holds+t.Undecided+t.Violated, "trial")
	if t.Share != nil {
		return fmt.Sprintf("%s should have been violated in %s, but was violated in %d", t.Property, inShare(t), t.Violated)
	}
	if t.Sometimes {
		return fmt.Sprintf("%s should have been violated sometimes, but held in all %s", t.Property, n)
	}
	switch *t.Expected {
	case check.Holds:
		return fmt.Sprintf("%s should have held, but was violated in %d of %s", t.Property, t.Violated, n)
	case check.Violated:
		return fmt.Sprintf("%s should have been violated, but held in %d of %s", t.Property, t.Holds, n)
	case check.Undecided:
	}
	return fmt.Sprintf("%s should have been undecided, but was decided in %d of %s", t.Property, t.Holds+t.Violated, n)
}

// surprises counts the trials that came out other than expected. An undecided trial is
// no surprise: it says nothing.
func surprises(t outcome.Tally) int {
	if t.Expected == nil {
		return 0
	}
	switch {
	case t.Sometimes && t.Missed():
		return max(t.Holds, t.Violated)
	case t.Sometimes:
		return 0
	}
	switch *t.Expected {
	case check.Holds:
		return t.Violated
	case check.Violated:
		return t.Holds
	case check.Undecided:
	}
	return t.Holds + t.Violated
}
