package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Outcome compares what was measured with what the scenario expects.
type Outcome int8

// The outcomes, from best to worst. A violation that theory predicts is as expected; its
// absence is not.
const (
	AsExpected    Outcome = iota
	Undecided             // a precondition failed, or a property with an expectation is undecided
	NotAsExpected         // a property came out other than expected
)

var outcomeNames = [...]string{"as expected", "undecided", "not as expected"}

func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomeNames) {
		return fmt.Sprintf("Outcome(%d)", int8(o))
	}
	return outcomeNames[o]
}

// MarshalText gives "as expected", "undecided" or "not as expected".
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, name := range outcomeNames {
		if name == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("outcome %q, expected one of %q", text, outcomeNames)
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
	Fingerprint string           `json:"fingerprint"`
	// Profile lists options in which a virtual trial followed the real servers that it is
	// compared with, and not its own: "leadership-check-on-revoke=off".
	Profile   []string `json:"profile,omitempty"`
	Arguments []string `json:"arguments,omitempty"` // of the command, besides, to run the trial again
	History   string   `json:"history,omitempty"`   // file, relative to the run's folder; empty: not kept
}

// ID names the trial among all trials of a run; the discipline stands there if it is not
// attentive. Every file system takes it as a name.
func (r *Result) ID() string {
	guard := r.Guard
	if r.Discipline != string(Attentive) {
		guard += "." + r.Discipline
	}
	id := fmt.Sprintf("%s.%s.%s.%s.seed-%d", r.Scenario, r.Backend, guard, r.World, r.Seed)
	return strings.Map(func(c rune) rune {
		if c == '/' || c == '=' || c == ' ' {
			return '_'
		}
		return c
	}, id)
}
