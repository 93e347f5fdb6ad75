//go:build linux

// Package etcdlive runs the lock of package etcd on real etcd servers, through etcd's own client
// library.
package etcdlive

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is the lock on an etcd cluster, in both worlds.
type Backend struct{ etcd.Backend }

var _ backends.Adapted = Backend{}

const (
	observerDuty = "etcd-observer"
	connectLimit = 5 * time.Second  // for a client's first connections, before the trial starts
	resetLimit   = 30 * time.Second // for the members to agree again after a trial
)

// Missing returns an error if there is no etcd server that behaves as the settings say.
func (Backend) Missing(s backends.Settings) error {
	_, err := choose(s)
	return err
}

// Start starts the members, and returns once they have agreed on a leader and all of them serve
// linearizable reads.
func (b Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	server, err := choose(s)
	if err != nil {
		return err
	}
	members := b.Servers(s)
	var peers []string
	for _, id := range members {
		peers = append(peers, fmt.Sprintf("%s=http://%s", id, net.JoinHostPort(lab.Address(id), peerPort)))
	}
	var processes []*live.Proc
	for _, id := range members {
		p, err := lab.Agent(id).Start("etcd", serverArguments(server, etcd.TimingOf(quick(s)), string(id), lab.Address(id), peers), live.Needs(server.path))
		if err != nil {
			return err
		}
		processes = append(processes, p)
	}
	c, err := reachCluster(lab, members)
	if err != nil {
		return err
	}
	defer c.close()
	return live.Await(ctx, "wait until "+server.String()+" is ready", processes, func() error { return c.agreed(ctx) })
}

// Observe starts the observer. It runs on the first member's host and reaches all members through
// their sockets, whatever happens to the network or to any of them.
func (b Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	members := b.Servers(s)
	spec := observerSpec{Members: members, Sockets: sockets(lab, members), LeaseTokens: etcd.LeaseTokens(s), Inside: s.Inside}
	return backends.StartObserver(ctx, lab, members[0], observerDuty, spec)
}

// Reset waits until all members agree again and clears the store. Its revision keeps counting, and
// so do the tokens.
func (b Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	ctx, cancel := context.WithTimeoutCause(ctx, resetLimit, fmt.Errorf("it took longer than %v", resetLimit))
	defer cancel()
	c, err := reachCluster(lab, b.Servers(s))
	if err != nil {
		return fmt.Errorf("reset etcd: %w", err)
	}
	defer c.close()
	return live.Await(ctx, "reset etcd", nil, func() error {
		if err := c.agreed(ctx); err != nil {
			return err
		}
		return c.clear(ctx)
	})
}

// Who asks the members for their leader, and splits them around it as the virtual world does.
func (b Backend) Who(ctx context.Context, lab *live.Lab, s backends.Settings, role sim.Role) ([]sim.HostID, error) {
	members := b.Servers(s)
	c, err := reachCluster(lab, members)
	if err != nil {
		return nil, err
	}
	defer c.close()
	leader, err := c.leader(ctx)
	if err != nil {
		return nil, err
	}
	return etcd.Divide(members, leader, role), nil
}

// Dial gives a client's process its lock on the members at these addresses.
func (Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := dialMembers(h, servers, s)
	if err != nil {
		return nil, err
	}
	return etcd.NewLock(h, p, s), nil
}

func dialMembers(h *live.Host, servers []string, s backends.Settings) (*clientPort, error) {
	var addresses []string
	for _, ip := range servers {
		addresses = append(addresses, net.JoinHostPort(ip, servePort))
	}
	p, err := newPort(h, s.Span(etcd.OptionTCP), "tcp", addresses...)
	if err != nil {
		return nil, err
	}
	return p, p.connectAhead(connectLimit)
}

// Duties is the observer.
func (Backend) Duties() map[string]live.Duty {
	return map[string]live.Duty{observerDuty: observe}
}
