//go:build linux

// Package redislive is package redis on a real server: redis-server, the client go-redis, and an
// observer that records what the server does.
package redislive

import (
	"context"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is redis.Backend with a real server.
type Backend struct{ redis.Backend }

var _ backends.Live = Backend{}

// Missing returns an error if redis-server is missing.
func (Backend) Missing(backends.Settings) error { return MissingServer() }

// Start starts redis-server.
func (Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	server, err := StartServer(lab, redis.ServerID, ServerOptions{NodeSettings: redis.NodeSettingsOf(s)})
	if err != nil {
		return err
	}
	return AwaitServer(ctx, lab, server)
}

// Observe starts the observer that records what the server does.
func (Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	return ObserveServer(ctx, lab, redis.ServerID, Observation{Tokens: s.Token, Durability: redis.NodeSettingsOf(s).Durability})
}

// Reset empties the server, which also shows that it answers.
func (Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	return ResetServers(ctx, lab, redis.NodeSettingsOf(s), redis.ServerID)
}

// Who returns no host: a single server has no roles.
func (Backend) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Dial gives a client's process its lock on the server at the first address.
func (b Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := b.dial(h, servers[0], s)
	if err != nil {
		return nil, err
	}
	return b.LockOn(h, p, s), nil
}

// dial makes the first connection to a server, and for a library's profile the pool that holds it.
func (b Backend) dial(h *live.Host, ip string, s backends.Settings) (redis.Port, error) {
	p := NewClient(h, ip)
	if err := p.ConnectAhead(); err != nil || b.Profile == redis.Documented {
		return p, err
	}
	return redis.NewPool(h, p, s), nil
}

// Duties are the observers of the lab's own server and of an attached one.
func (Backend) Duties() map[string]live.Duty {
	return map[string]live.Duty{observerDuty: observe, attachedDuty: observeAttached}
}
