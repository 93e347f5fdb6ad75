//go:build linux

package backends

import (
	"context"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Live is a backend that can also be run for real. A service is started once and serves
// one trial after the other: Start, then for each trial Observe, the trial itself, Reset.
type Live interface {
	Backend
	// Missing says what this machine lacks for the backend with these settings, and what
	// to do; nil: nothing.
	Missing(s Settings) error
	// Start starts the service's processes on their hosts, which exist already, and
	// returns once the service answers. The processes end with the lab.
	Start(ctx context.Context, lab *live.Lab, s Settings) error
	// Observe starts the processes that live for one trial, before its clients: the
	// observers that record what the service does.
	Observe(ctx context.Context, lab *live.Lab, s Settings) error
	// Reset puts the service back, after a trial, into the state in which Start left it:
	// all servers up, agreed on who leads, and no trace of a lock. It returns once that is
	// verified; an error says that the service has to be started anew in another lab.
	Reset(ctx context.Context, lab *live.Lab, s Settings) error
	// Who asks the service which of its hosts play a part at this moment: sim.Leader,
	// sim.Master, sim.Replica, sim.Majority or sim.Minority. None: nobody does, or it has no
	// such part.
	Who(ctx context.Context, lab *live.Lab, s Settings, role sim.Role) ([]sim.HostID, error)
	// Dial is called in a client's process: it connects to the servers at these
	// addresses (in the order of Servers) and gives the client its lock.
	Dial(h *live.Host, servers []string, s Settings) (Lock, error)
	// Roles are the programs that this backend runs as processes of this same binary:
	// services of locklab's own, and observers of foreign ones.
	Roles() map[string]live.Role
}

// Concluder is a Live backend of whose observers each sees one server, while what happened
// to the lock as a whole follows only from all that they saw together.
type Concluder interface {
	Live
	// Conclude is called when a trial is over, with its events in the order of true time.
	// It gives the history as somebody would have recorded it who saw all servers at once,
	// in the same order. It must not change the events that it is given.
	Conclude(events []sim.Event, s Settings) []sim.Event
}

// Clockbound is a Live backend whose servers may be programs that do something wrong, of
// which no machine is capable, when their monotonic clock is shifted under them.
type Clockbound interface {
	Live
	// Clockbound says why that clock of a server can be neither stepped nor suspended; nil:
	// it can.
	Clockbound() error
}

// Legible is a Live backend of whose messages it can be told, as they stand on the wire, what they are.
type Legible interface {
	Live
	// MessageWords is a live.Reader of what the service's clients and servers send to each other.
	MessageWords(head []byte) (words string, ok bool)
}

// ServerAddresses gives the addresses of a backend's servers, in their order.
func ServerAddresses(lab *live.Lab, servers []sim.HostID) []string {
	var out []string
	for _, id := range servers {
		out = append(out, lab.Address(id))
	}
	return out
}

// StartObserver starts an observer on a host, and waits until it observes.
func StartObserver(ctx context.Context, lab *live.Lab, on sim.HostID, role string, spec any) error {
	observer, err := lab.Agent(on).StartHelper(role, spec)
	if err != nil {
		return err
	}
	return observer.AwaitReady(ctx)
}
