//go:build linux

package backends

import (
	"context"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Live is a backend that can also run for real. A service is started once and serves one trial
// after the other: Start, then for each trial Observe, the trial itself, Reset.
type Live interface {
	Backend
	// Missing says what this machine lacks to run the backend with these settings, and what to do
	// about it; nil means nothing is missing.
	Missing(s Settings) error
	// Start starts the service's processes on their hosts, which exist already, and returns once
	// the service answers. The processes end with the lab.
	Start(ctx context.Context, lab *live.Lab, s Settings) error
	// Observe starts the processes that live for one trial: the observers that record what the
	// service does. It runs before the trial's clients start.
	Observe(ctx context.Context, lab *live.Lab, s Settings) error
	// Reset returns the service, after a trial, to the state in which Start left it: all servers up
	// and agreed on a leader, and no trace of a lock. It returns once it has verified that; an
	// error means that the service has to be started again in another lab.
	Reset(ctx context.Context, lab *live.Lab, s Settings) error
	// Who asks the service which of its hosts play a role right now: sim.Leader, sim.Master,
	// sim.Replica, sim.Majority or sim.Minority. The list is empty if no host plays it or the
	// service has no such role.
	Who(ctx context.Context, lab *live.Lab, s Settings, role sim.Role) ([]sim.HostID, error)
	// Dial is called in a client's process. It connects to the servers at these addresses, which
	// are in the order of Servers, and returns the client's lock.
	Dial(h *live.Host, servers []string, s Settings) (Lock, error)
	// Duties are the programs that this backend runs as processes of this same binary: locklab's own
	// services, and the observers of foreign ones.
	Duties() map[string]live.Duty
}

// Concluder is a Live backend whose observers each see a single server. What happened to the lock
// as a whole follows only from all their events together.
type Concluder interface {
	Live
	// Conclude is called when a trial is over, with its events in the order of true time. It
	// returns the history that an observer of all servers at once would have recorded, in the same
	// order. It must not change the events passed to it.
	Conclude(events []sim.Event, s Settings) []sim.Event
}

// Unshiftable is a Live backend whose servers misbehave in ways no real machine could if their
// monotonic clock is shifted.
type Unshiftable interface {
	Live
	// Unshiftable says why a server's monotonic clock can be neither stepped nor suspended; nil
	// means it can.
	Unshiftable() error
}

// Legible is a Live backend that can say what its messages are, as they stand on the wire.
type Legible interface {
	Live
	// MessageWords is a network.Reader of the messages between the service's clients and servers.
	MessageWords(head []byte) (words string, ok bool)
}

// ServerAddresses returns the addresses of a backend's servers, in their order.
func ServerAddresses(lab *live.Lab, servers []sim.HostID) []string {
	var out []string
	for _, id := range servers {
		out = append(out, lab.Address(id))
	}
	return out
}

// StartObserver starts an observer on a host and waits until it is observing.
func StartObserver(ctx context.Context, lab *live.Lab, on sim.HostID, duty string, spec any) error {
	observer, err := lab.Agent(on).StartHelper(duty, spec)
	if err != nil {
		return err
	}
	return observer.AwaitReady(ctx)
}
