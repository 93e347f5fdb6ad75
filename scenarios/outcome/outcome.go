// Package outcome is what comes out of trials: a result for each, judged against what the script
// expects, summaries of cells, and how far the two worlds agree.
package outcome

import "fmt"

// Outcome says how a trial compares with what its scenario expects. A cell has the worst outcome of
// its trials, or one that says why it ran none.
type Outcome int8

// The outcomes of trials, from best to worst, then those of cells that did not run. A violation
// that theory predicts is as expected; its absence is not.
const (
	AsExpected      Outcome = iota
	NothingExpected         // the scenario expects nothing of this cell
	Undecided               // a precondition failed, or a property with an expectation is undecided
	NotAsExpected           // a property came out differently from what was expected
	NotApplicable           // the script does something that is impossible in this cell, in any world
	NotAvailable            // this machine, or this world, cannot run it
)

// outcomes holds the name and the sign of each outcome.
var outcomes = [...]struct{ name, sign string }{
	{"as expected", "✓"},
	{"nothing expected", "·"},
	{"undecided", "?"},
	{"not as expected", "!"},
	{"not applicable", "Ø"},
	{"not available", "×"},
}

// Outcomes lists all outcomes in the order of their constants.
func Outcomes() (all []Outcome) {
	for i := range outcomes {
		all = append(all, Outcome(i))
	}
	return all
}

func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomes) {
		return fmt.Sprintf("Outcome(%d)", int8(o))
	}
	return outcomes[o].name
}

// Sign returns one character that stands for the outcome. It panics if o is not one of Outcomes.
func (o Outcome) Sign() string {
	if o < 0 || int(o) >= len(outcomes) {
		panic(fmt.Sprintf("there is no sign of %s", o))
	}
	return outcomes[o].sign
}

// Ran reports whether this is an outcome of trials, not of a cell that did not run.
func (o Outcome) Ran() bool { return o != NotApplicable && o != NotAvailable }

// Surprising reports whether somebody should look at the trial, because it is undecided or not as
// expected.
func (o Outcome) Surprising() bool { return o == Undecided || o == NotAsExpected }

// MarshalText returns the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText parses a name that MarshalText returned. Any other text is an error.
func (o *Outcome) UnmarshalText(text []byte) error {
	var names []string
	for _, each := range Outcomes() {
		if each.String() == string(text) {
			*o = each
			return nil
		}
		names = append(names, each.String())
	}
	return fmt.Errorf("outcome %q, expected one of %q", text, names)
}
