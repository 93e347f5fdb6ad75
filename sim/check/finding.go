// Package check judges histories. Each checker is a pure function from a history to a
// finding and runs in linear (or n log n) time; it never looks at anything else, so a
// history on disk can be judged again.
package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Verdict is a checker's answer. Of several, the worst wins.
type Verdict int8

// The verdicts, from best to worst.
const (
	Holds     Verdict = iota // the property held throughout the history
	Undecided                // the history cannot tell
	Violated                 // it did not hold, and the evidence shows where
)

var verdictNames = [...]string{"holds", "undecided", "violated"}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdictNames) {
		return fmt.Sprintf("Verdict(%d)", int8(v))
	}
	return verdictNames[v]
}

// MarshalText returns "holds", "undecided" or "violated".
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

// Finding is a checker's answer for one history.
type Finding struct {
	Property Property `json:"property"`
	Verdict  Verdict  `json:"verdict"`
	Why      string   `json:"why,omitempty"`      // one sentence that names what happened
	Evidence []int64  `json:"evidence,omitempty"` // sequence numbers of the events that show it
	// Brief is set in a live trial if two clients overlapped for no longer than the machine
	// itself may have caused (see Slack): on a fast machine there might have been no overlap.
	Brief bool `json:"brief,omitempty"`
	// Unserved lists, for availability, the clients that were not served in time, each once.
	Unserved []sim.HostID `json:"unserved,omitempty"`
}

// Checker judges one property.
type Checker func(*trace.Trace) Finding
