//go:build linux

package backends

import (
	"context"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Live is a backend that can also be run for real.
type Live interface {
	Backend
	// Missing says what this machine lacks for it, and what to do; nil: nothing.
	Missing() error
	// Start starts the service's processes on their hosts, which exist already, and
	// returns once the service answers. The processes end with the lab.
	Start(ctx context.Context, lab *live.Lab, s Settings) error
	// Dial is called in a client's process: it connects to the servers at these
	// addresses (in the order of Servers) and gives the client its lock.
	Dial(h *live.Host, servers []string, s Settings) (Lock, error)
	// Roles are the programs that this backend runs as processes of this same binary:
	// services of locklab's own, and observers of foreign ones.
	Roles() map[string]live.Role
}

// ServerAddresses gives the addresses of a backend's servers, in their order.
func ServerAddresses(lab *live.Lab, servers []sim.HostID) []string {
	var out []string
	for _, id := range servers {
		out = append(out, lab.Address(id))
	}
	return out
}
