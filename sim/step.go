package sim

import "time"

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
	When  Trigger       `json:"when"`
	Every time.Duration `json:"every,omitempty"` // true time after which it happens again; 0: it happens once
	Times int           `json:"times,omitempty"` // how often in all, when Every is set; 0: until the end
	Do    Fault         `json:"do"`
}

// World is what a director may do to a running trial, in either world. Its methods are
// called one at a time, and the faults that it is given name hosts, not roles.
type World interface {
	// Can says why this world cannot do faults of this kind; nil: it can.
	Can(FaultKind) error
	// Await calls f when the fault can be applied: at once, or when there is a message on its
	// way (FaultKind.AwaitsMessage), which may be never.
	Await(fault Fault, f func())
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
	// Hosts lists all hosts of the trial, in a fixed order.
	Hosts() []HostID
	// Role asks the lock service which hosts play a part in it at this moment: its
	// leader, for one. None: nobody does, or it has no such part.
	Role(Role) []HostID
	// Draw gives the next number of a random stream that only faults draw from.
	Draw() uint64
}
