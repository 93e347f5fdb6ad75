package backends

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Backend is a lock service together with the client algorithm that makes a lock of it. It
// runs in the worlds that it is made for: the virtual one if it is Simulated, the live one
// if it is Live.
type Backend interface {
	// Name is what the command line and scenario files call it: "redis".
	Name() string
	// Title says in one line what it is.
	Title() string
	// Options lists what can be set about it: "redis+renew+retry=0.1ttl".
	Options() []Option
	// IssuesTokens tells whether it can hand out fencing tokens.
	IssuesTokens() bool
	// Servers lists the hosts that the service needs; none for a lock without one.
	Servers(Settings) []sim.HostID
	// Parts lists the roles that the service itself gives to its hosts: of sim.Leader,
	// sim.Master, sim.Replica, sim.Majority and sim.Minority those that some host may play.
	Parts(Settings) []sim.Role
	// Never lists the kinds of events of locks and lock services that cannot occur with these
	// settings, such as sim.Renewed where nothing renews.
	Never(Settings) []sim.Kind
}

// Copying is a backend whose servers each keep a copy of the lock and decide by themselves what
// becomes of it, without asking a majority: what one has ended, another may still have.
type Copying interface {
	Backend
	// Copies does nothing; it says that this is so.
	Copies()
}

// Presumptuous is a backend whose lock may tell a client that it holds the lock although the
// service never gave it: because the algorithm leaves out a step that is there for that.
type Presumptuous interface {
	Backend
	// Presumes tells whether it does so with these settings.
	Presumes(s Settings) bool
}

// Checked is a backend with options that must fit each other, or the lease.
type Checked interface {
	Backend
	// Check says what cannot be about these settings, nil if they can. Each of them is possible
	// by itself.
	Check(s Settings) *Misfit
}

// Syncing is a backend with servers that wait for their disks: these can stall.
type Syncing interface {
	Backend
	// Syncs says why no server waits for its disk with these settings; nil: they do.
	Syncs(s Settings) error
}

// Syncs says why nobody waits for the disks of a backend's servers; nil: they do.
func Syncs(b Backend, s Settings) error {
	if b, ok := b.(Syncing); ok {
		return b.Syncs(s)
	}
	return fmt.Errorf("%s waits for no disk", b.Name())
}

// Simulated is a backend that can be run in the virtual world.
type Simulated interface {
	Backend
	// Simulate puts the service's model on its hosts, which exist already, and returns
	// the function that gives a client host its lock.
	Simulate(*virtual.World, Settings) func(*virtual.Host) Lock
}

// Registry is an ordered list of backends.
type Registry []Backend

// Find gives the backend of this name.
func (r Registry) Find(name string) (Backend, error) {
	for _, b := range r {
		if b.Name() == name {
			return b, nil
		}
	}
	var names []string
	for _, b := range r {
		names = append(names, b.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("there is no backend %q, expected one of %s", name, strings.Join(names, ", "))
}

// ElectedParts are the parts in a cluster of so many members that elects a leader, for
// Backend.Parts. Fewer than three members have nobody outside their majority.
func ElectedParts(members int) []sim.Role {
	parts := []sim.Role{sim.Leader, sim.Majority}
	if members >= 3 {
		parts = append(parts, sim.Minority)
	}
	return parts
}

// NodeKinds are the events of services whose clients count the votes of independent nodes.
// All others list them in Backend.Never.
func NodeKinds() []sim.Kind { return []sim.Kind{sim.NodeGranted, sim.NodeExtended, sim.NodeEnded} }

// WithoutRenewal are the events that do not occur where nobody prolongs a lease, and nobody
// finds out by that that it is lost.
func WithoutRenewal() []sim.Kind {
	return []sim.Kind{sim.Renewed, sim.Lost, sim.Extended, sim.NodeExtended}
}
