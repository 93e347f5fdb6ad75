package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Outcome compares what was measured with what the scenario expects. A cell has the worst
// outcome of its trials, or says why it has none.
type Outcome int8

// The outcomes of trials, from best to worst, then those of cells that were not run. A
// violation that theory predicts is as expected; its absence is not.
const (
	AsExpected      Outcome = iota
	NothingExpected         // the scenario says nothing of this cell
	Undecided               // a precondition failed, or a property with an expectation is undecided
	NotAsExpected           // a property came out other than expected
	NotApplicable           // the script does something that this cell cannot have, in any world
	NotAvailable            // this machine, or this world, cannot run it
)

// outcomes are the word and the sign of each outcome.
var outcomes = [...]struct{ name, sign string }{
	{"as expected", "✓"},
	{"nothing expected", "·"},
	{"undecided", "?"},
	{"not as expected", "!"},
	{"not applicable", "Ø"},
	{"not available", "×"},
}

// Outcomes lists them all, in their order.
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

// Sign is one character that stands for the outcome.
func (o Outcome) Sign() string {
	if o < 0 || int(o) >= len(outcomes) {
		panic(fmt.Sprintf("there is no sign of %s", o))
	}
	return outcomes[o].sign
}

// Ran tells whether trials were run: whether this is an outcome of trials.
func (o Outcome) Ran() bool { return o != NotApplicable && o != NotAvailable }

// Surprising tells whether somebody should look at the trial: it is not as expected, or
// undecided.
func (o Outcome) Surprising() bool { return o == Undecided || o == NotAsExpected }

// Worst is the worst outcome of cells that were run; AsExpected if none was.
func Worst(cells []Summary) Outcome {
	worst := AsExpected
	for _, c := range cells {
		if c.Outcome.Ran() {
			worst = max(worst, c.Outcome)
		}
	}
	return worst
}

// MarshalText gives the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
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

// Result is one trial, judged: a row of results.jsonl.
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
	Values      []Values         `json:"values,omitempty"`   // of measures whose values are judged all together
	Fingerprint string           `json:"fingerprint"`
	// Slack is by how much the machine may have made a length of time in a live trial longer or
	// shorter, ns: see check.Slack.
	Slack time.Duration `json:"slack,omitempty"`
	// Profile lists options in which a virtual trial followed the real servers that it is
	// compared with, and not its own: "leadership-check-on-revoke=off".
	Profile   []string `json:"profile,omitempty"`
	Arguments []string `json:"arguments,omitempty"` // of the command, besides, to run the trial again
	// TooSlow has one sentence for each earlier try of a live trial that the machine was too
	// slow for. None of them counts, whatever came out.
	TooSlow []string `json:"too-slow,omitempty"`
	History string   `json:"history,omitempty"` // file, relative to the run's folder; empty: not kept
}

// ID names the trial among all trials of a run; the discipline stands there if it is not
// attentive. Every file system takes it as a name.
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
