package backends

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// SetKeeper is a backend whose service can keep a set, to which clients add elements over the same
// connections as they would take the lock, and without taking it.
type SetKeeper interface {
	Simulated
	// KeepsSet tells whether this one does: an option set of a lock library has no such command.
	KeepsSet() bool
	// SimulateSet puts the service's model on its hosts, which exist already. It returns the
	// function that gives a client host its access to the set, and the one that reads the set when
	// the trial is over.
	SimulateSet(*virtual.World, Settings) (func(*virtual.Host) Adder, SetReader)
}

// KeepsSet tells whether a backend's service can keep a set.
func KeepsSet(b Backend) bool {
	k, ok := b.(SetKeeper)
	return ok && k.KeepsSet()
}

// Adder is one client's access to the set.
type Adder interface {
	// Add adds an element; nil is the service's acknowledgement. The error wraps sim.ErrUnknown if
	// the element may be in the set all the same, now or later. Any other is the service's refusal.
	Add(element string) error
}

// SetReader reads the set. It is an error if nobody can tell what is in it: because the server that
// has it is down, or because the service does not agree on which that is.
type SetReader func() (SetContents, error)

// SetContents is what a set has in it.
type SetContents struct {
	Host     sim.HostID // the server that was asked
	Elements []string   // each once, in no order that means anything
}
