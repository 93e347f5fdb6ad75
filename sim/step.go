package sim

import "time"

// Trigger says when a step fires: at a point of true time, or some time after the nth event of a
// kind on a host.
type Trigger struct {
	Host  HostID        `json:"host,omitempty"`
	Kind  Kind          `json:"kind,omitempty"` // empty means that the trigger is a time
	Nth   int           `json:"nth,omitempty"`  // 1 is the first
	After time.Duration `json:"after,omitempty"`
}

// Holds reports whether the process that records the event is held there until the fault has
// been applied. This makes "paused between check and write" happen every time.
func (t Trigger) Holds() bool { return t.Kind != "" && t.After == 0 }

// Step is one line of a scenario: a fault and when it happens.
type Step struct {
	When  Trigger       `json:"when"`
	Every time.Duration `json:"every,omitempty"` // true time between repetitions; 0 means it happens once
	Times int           `json:"times,omitempty"` // how often in all, if Every is set; 0 means until the end
	Do    Fault         `json:"do"`
}

// World is what a director may do to a running trial, in either world. Its methods are called
// one at a time, and the faults passed to it name hosts, not roles.
type World interface {
	// Can says why this world cannot do faults of this kind; nil means it can.
	Can(FaultKind) error
	// Await calls f once the fault can be applied: at once, or when a message is on its way
	// (FaultKind.AwaitsMessage), which may be never.
	Await(fault Fault, f func())
	// Apply applies the fault. An error means that it is not in effect.
	Apply(Fault) error
	// Undo ends the fault.
	Undo(Fault) error
	// Probe checks whether the fault is in effect right now; nil means it is proven.
	Probe(Fault) error
	// After calls f once d of true time has passed, unless the trial is over.
	After(d time.Duration, f func())
	// RecordFault adds an event of the world itself to the history.
	RecordFault(Event)
	// Hosts lists all hosts of the trial in a fixed order.
	Hosts() []HostID
	// Role asks the lock service which hosts currently play a part in it, such as its leader.
	// Empty means that no host does, or that the service has no such part.
	Role(Role) []HostID
	// Draw returns the next number of a random stream that only faults draw from.
	Draw() uint64
}
