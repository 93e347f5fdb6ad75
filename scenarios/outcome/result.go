package outcome

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/plaintext"
)

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

// Measured returns what was measured, and false if nothing was.
func (r Result) Measured(m check.Measure) (check.Measured, bool) {
	for _, each := range r.Measures {
		if each.Measure == m {
			return each, true
		}
	}
	return check.Measured{}, false
}

// Finding returns what was found about a property.
func (r Result) Finding(p check.Property) check.Finding {
	for _, f := range r.Findings {
		if f.Property == p {
			return f
		}
	}
	if p == check.KeptUp && r.World != sim.LiveWorld { // an older row; only live trials are measured for it
		return check.Finding{Property: p, Verdict: check.Holds}
	}
	return check.Finding{Property: p, Verdict: check.Undecided, Why: "it was not judged"}
}

// Valid reports whether the preconditions of the trial were met.
func (r Result) Valid() bool {
	for _, pre := range check.Preconditions() {
		if r.Finding(pre).Verdict != check.Holds {
			return false
		}
	}
	return true
}

// Sound returns the verdict on a property, undecided if a precondition was not met.
func (r Result) Sound(p check.Property) check.Verdict {
	if !r.Valid() {
		return check.Undecided
	}
	return r.Finding(p).Verdict
}

// Tried says how often a trial was tried; empty if once.
func (r *Result) Tried() string {
	if len(r.TooSlow) == 0 {
		return ""
	}
	return fmt.Sprintf("tried %d times because the machine was too slow", 1+len(r.TooSlow))
}

// Replay returns the command that runs this one trial again, quoted for a shell. file is the
// scenario's file if it is not a built-in one.
func (r Result) Replay(file string) string {
	name := r.Scenario
	if file != "" {
		name = file
	}
	if strings.HasPrefix(name, "-") {
		name = "./" + name // so it is not taken for a flag
	}
	words := []string{
		"locklab", "run", name, "--backend", r.Backend, "--guard", r.Guard, "--discipline", r.Discipline, "--world", r.World,
		"--seeds", fmt.Sprintf("%d..%d", r.Seed, r.Seed), "--ttl", r.TTL.String(),
	}
	return plaintext.Shell(append(words, r.Arguments...)...)
}
