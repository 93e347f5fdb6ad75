// Package check judges histories. Each checker is a pure function from a history to a
// finding and runs in linear (or n log n) time; it never looks at anything else, so a
// history on disk can be judged again.
package check

import (
	"fmt"

	"github.com/locklab/locklab/sim/trace"
)

// Verdict is what a checker says. Composed, the worst wins.
type Verdict int8

// The verdicts, from best to worst.
const (
	Holds     Verdict = iota // the property held throughout the history
	Undecided                // the history does not tell
	Violated                 // it did not hold, and the evidence shows where
)

var verdictNames = [...]string{"holds", "undecided", "violated"}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdictNames) {
		return fmt.Sprintf("Verdict(%d)", int8(v))
	}
	return verdictNames[v]
}

// MarshalText gives "holds", "undecided" or "violated".
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("verdict %q, expected holds, undecided or violated", text)
}

// Property names what is judged.
type Property string

// The properties. See the checker of the same name for what exactly each one says.
const (
	Overlap         Property = "overlap"          // two clients believe they hold the lock at once
	OverlapValid    Property = "overlap-valid"    // the same, each belief ending at the client's own deadline
	WorkOverlap     Property = "work-overlap"     // two clients are at work under the lock at once, told or not
	LostUpdate      Property = "lost-update"      // an acknowledged withdrawal is missing from the balance, or an element from the set
	StaleWrite      Property = "stale-write"      // the ledger took a write from a superseded holder
	DuplicateEffect Property = "duplicate-effect" // the ledger applied one effect twice
	TokenOrder      Property = "token-order"      // fencing tokens repeat or go back
	FreshRefused    Property = "fresh-refused"    // the guard refused the rightful holder
	ForeignRelease  Property = "foreign-release"  // the lock service freed a grant at the request of somebody else
	Availability    Property = "availability"     // a client that asked for the lock did not get it in time
	FaultsHappened  Property = "faults-happened"  // precondition: every fault of the script took effect
	RecordingSane   Property = "recording-sane"   // precondition: the history can be what happened
	KeptUp          Property = "kept-up"          // precondition: the machine was quick enough for the trial
)

// Properties lists those that a scenario may expect, in the order of reports.
func Properties() []Property {
	return []Property{
		Overlap, OverlapValid, WorkOverlap, LostUpdate, StaleWrite, DuplicateEffect,
		TokenOrder, FreshRefused, ForeignRelease, Availability,
	}
}

// Preconditions lists those that must hold for the others to mean anything.
func Preconditions() []Property { return []Property{FaultsHappened, RecordingSane, KeptUp} }

// Finding is a checker's answer for one history.
type Finding struct {
	Property Property `json:"property"`
	Verdict  Verdict  `json:"verdict"`
	Why      string   `json:"why,omitempty"`      // one sentence that names what happened
	Evidence []int64  `json:"evidence,omitempty"` // sequence numbers of the events that show it
	// Brief says of a live trial that two were at once for no longer than the machine may have
	// made of it (Slack): a quick one might have shown nothing.
	Brief bool `json:"brief,omitempty"`
}

// Checker judges one property.
type Checker func(*trace.Trace) Finding
