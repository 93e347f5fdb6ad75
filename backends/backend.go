package backends

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Backend is a lock service together with the client algorithm that builds a lock on it. A
// Simulated backend runs in the virtual world, a Live one in the live world.
type Backend interface {
	// Name is its name on the command line and in scenario files: "redis".
	Name() string
	// Title describes it in one line.
	Title() string
	// Options lists what can be set, as in "redis+renew+retry=0.1ttl".
	Options() []Option
	// IssuesTokens reports whether it can hand out fencing tokens.
	IssuesTokens() bool
	// Servers lists the hosts that the service needs; none for a lock without a service.
	Servers(Settings) []sim.HostID
	// Parts lists the roles that the service itself assigns to its hosts: those of sim.Leader,
	// sim.Master, sim.Replica, sim.Majority and sim.Minority that some host may play.
	Parts(Settings) []sim.Role
	// Never lists the kinds of lock and service events that cannot occur with these settings, such
	// as sim.Renewed where nothing renews.
	Never(Settings) []sim.Kind
}

// Copying is a backend whose servers each keep a copy of the lock and decide on their own what
// becomes of it, without asking a majority: a lock that one of them has ended may still be held at
// another.
type Copying interface {
	Backend
	// Copies does nothing; it marks the backend.
	Copies()
}

// Presuming is a backend whose lock may tell a client that it holds the lock although the
// service never granted it, because the algorithm leaves out the step that prevents this.
type Presuming interface {
	Backend
	// Presumes reports whether it does so with these settings.
	Presumes(s Settings) bool
}

// Checked is a backend with options that must fit each other or the lease.
type Checked interface {
	Backend
	// Check reports settings that are valid alone but not together; nil means they fit.
	Check(s Settings) *Misfit
}

// Syncing is a backend whose servers wait for their disks, so the disks can be made to stall.
type Syncing interface {
	Backend
	// Syncs says why no server waits for its disk with these settings; nil means they do wait.
	Syncs(s Settings) error
}

// Syncs says why no server of a backend waits for its disk; nil means they do wait.
func Syncs(b Backend, s Settings) error {
	if b, ok := b.(Syncing); ok {
		return b.Syncs(s)
	}
	return fmt.Errorf("%s waits for no disk", b.Name())
}

// Simulated is a backend that can run in the virtual world.
type Simulated interface {
	Backend
	// Simulate puts the service's model on its hosts, which exist already, and returns the function
	// that gives a client host its lock.
	Simulate(*virtual.World, Settings) func(*virtual.Host) Lock
}

// Registry is an ordered list of backends.
type Registry []Backend

// Find returns the backend of this name.
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

// ElectedParts returns the roles, for Backend.Parts, in a cluster of this many members that elects
// a leader. With fewer than three members, no member can be outside the majority.
func ElectedParts(members int) []sim.Role {
	parts := []sim.Role{sim.Leader, sim.Majority}
	if members >= 3 {
		parts = append(parts, sim.Minority)
	}
	return parts
}

// NodeKinds are the events of services whose clients count the votes of independent nodes. All
// other backends list them in Backend.Never.
func NodeKinds() []sim.Kind { return []sim.Kind{sim.NodeGranted, sim.NodeExtended, sim.NodeEnded} }

// WithoutRenewal are the events that do not occur if nothing renews a lease, and so nothing notices
// in that way that it is lost.
func WithoutRenewal() []sim.Kind {
	return []sim.Kind{sim.Renewed, sim.Lost, sim.Extended, sim.NodeExtended}
}
