package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim/check"
)

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

// Worst returns the worst outcome of the cells that ran, or AsExpected if none did.
func Worst(cells []Summary) Outcome {
	worst := AsExpected
	for _, c := range cells {
		if c.Outcome.Ran() {
			worst = max(worst, c.Outcome)
		}
	}
	return worst
}

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

// Result is one judged trial, a row of results.jsonl.
type Result struct {
	Scenario    string           `json:"scenario"`
	Backend     string           `json:"backend"`
	Guard       string           `json:"guard"`
	Discipline  string           `json:"discipline"`
	World       string           `json:"world"`
	Seed        uint64           `json:"seed"`
	TTL         time.Duration    `json:"ttl"` // the lease, ns
	Outcome     Outcome          `json:"outcome"`
	Surprises   []string         `json:"surprises,omitempty"` // one sentence for each expectation that was not met
	Findings    []check.Finding  `json:"findings"`
	Measures    []check.Measured `json:"measures,omitempty"` // what could be measured
	Values      []Values         `json:"values,omitempty"`   // of measures whose values are judged together, over all trials
	Fingerprint string           `json:"fingerprint"`
	// Slack, in ns, is how much the machine may have lengthened or shortened a length of time in a
	// live trial; see check.Slack.
	Slack time.Duration `json:"slack,omitempty"`
	// Profile lists the options that a virtual trial took from the real servers that it is compared
	// with, instead of its own: "leadership-check-on-revoke=off".
	Profile   []string `json:"profile,omitempty"`
	Arguments []string `json:"arguments,omitempty"` // extra arguments of the command that runs the trial again
	// TooSlow has one sentence for each earlier try of a live trial for which the machine was too
	// slow. None of these tries counts, whatever came out.
	TooSlow []string `json:"too-slow,omitempty"`
	History string   `json:"history,omitempty"` // file, relative to the run's folder; empty if not kept
}

// ID returns a name that is unique among the trials of a run. It includes the discipline unless
// that is attentive. The name is safe to use as a file name on every file system.
func (r *Result) ID() string {
	guard := r.Guard
	if d := Unusual(r.Discipline); d != "" {
		guard += "." + d
	}
	id := fmt.Sprintf("%s.%s.%s.%s.seed-%d", r.Scenario, r.Backend, guard, r.World, r.Seed)
	return strings.Map(func(c rune) rune {
		if c == '/' || c == '=' || c == ' ' {
			return '_'
		}
		return c
	}, id)
}
