package sim

import (
	"fmt"
	"time"
)

// FaultKind names a kind of fault.
type FaultKind string

// Pause stops every process of a host while its clocks go on and its kernel still
// accepts packets: a stop-the-world garbage collection, SIGSTOP, a page fault.
const Pause FaultKind = "pause"

// FaultKinds lists the kinds that exist.
func FaultKinds() []FaultKind { return []FaultKind{Pause} }

// Fault is something that is done to a host for a while.
type Fault struct {
	Kind FaultKind     `json:"kind"`
	Host HostID        `json:"host"`
	For  time.Duration `json:"for,omitempty"` // true time until it is undone; 0: not undone before the end
}

// Lane is the fault's name in timelines and in the history: "pause client-1".
func (f Fault) Lane() string { return fmt.Sprintf("%s %s", f.Kind, f.Host) }

// Trigger says when a step fires: at a point of true time, or a while after the nth
// event of a kind on a host.
type Trigger struct {
	Host  HostID        `json:"host,omitempty"`
	Kind  Kind          `json:"kind,omitempty"` // empty: the trigger is a time
	Nth   int           `json:"nth,omitempty"`  // 1: the first
	After time.Duration `json:"after,omitempty"`
}

// Holds tells whether the process that records the event is held there until the fault
// has been applied: so "paused between check and write" happens every time.
func (t Trigger) Holds() bool { return t.Kind != "" && t.After == 0 }

// Step is one line of a scenario: a fault and when it happens.
type Step struct {
	When Trigger `json:"when"`
	Do   Fault   `json:"do"`
}

// World is what a director may do to a running trial, in either world. Its methods are
// called one at a time.
type World interface {
	// Can says why this world cannot do faults of this kind; nil: it can.
	Can(FaultKind) error
	// Apply does the fault; an error says that it is not in effect.
	Apply(Fault) error
	// Undo ends the fault.
	Undo(Fault) error
	// Probe looks whether the fault is in effect at this moment; nil: proven.
	Probe(Fault) error
	// After calls f once d of true time has passed, unless the trial is over.
	After(d time.Duration, f func())
	// RecordFault puts an event of the world itself into the history.
	RecordFault(Event)
}
