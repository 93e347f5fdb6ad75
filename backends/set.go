package backends

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// SetKeeper is a backend whose service can keep a set. Clients add elements over the same
// connections that they would use for the lock, without taking the lock.
type SetKeeper interface {
	Simulated
	// KeepsSet reports whether this one does: a library's profile has no such command.
	KeepsSet() bool
	// SimulateSet puts the service's model on its hosts, which exist already. It returns a function
	// that gives a client host its access to the set, and one that reads the set when the trial is
	// over.
	SimulateSet(*virtual.World, Settings) (func(*virtual.Host) Adder, SetReader)
}

// KeepsSet reports whether a backend's service can keep a set.
func KeepsSet(b Backend) bool {
	k, ok := b.(SetKeeper)
	return ok && k.KeepsSet()
}

// Adder is one client's access to the set.
type Adder interface {
	// Add adds an element; nil is the service's acknowledgement. The error wraps sim.ErrUnknown if
	// the element may still end up in the set, now or later. Any other error is the service's
	// refusal.
	Add(element string) error
}

// SetReader reads the set. It fails if the contents cannot be known, because the server that has
// the set is down or because the service does not agree on which server that is.
type SetReader func() (SetContents, error)

// SetContents is the contents of a set.
type SetContents struct {
	Host     sim.HostID // the server that was asked
	Elements []string   // each once, in no particular order
}
