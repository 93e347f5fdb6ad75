//go:build linux

// Package redlocklive is package redlock on real servers.
package redlocklive

import (
	"context"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is redlock.Backend with real servers.
type Backend struct{ redlock.Backend }

var (
	_ backends.Concluder = Backend{}
	_ backends.Adapted   = Backend{}
	_ backends.Legible   = Backend{}
)

// MessageWords reads the Redis serialization protocol.
func (Backend) MessageWords(head []byte) (string, bool) { return redislive.MessageWords(head) }

// liveTimeout is the minimum time that a live client waits for a server: 100 ms with a lease of 2
// s. The documentation has 5 to 50 ms with a lease of 10 s. Half a percent would be 10 ms, and a
// busy machine sometimes takes longer. Votes would then be lost without any fault of the script,
// and would stay on their servers if the release does not arrive in time, either.
const liveTimeout = "0.05ttl"

// LiveSettings makes clients wait longer for a server, unless somebody asked for a time.
func (Backend) LiveSettings(s backends.Settings) (backends.Settings, error) {
	if s.Written(redlock.OptionTimeout) {
		return s, nil
	}
	longer, err := s.WithValues([]string{redlock.OptionTimeout + "=" + liveTimeout})
	if err != nil || longer.Span(redlock.OptionTimeout) < s.Span(redlock.OptionTimeout) {
		return s, err
	}
	return longer, nil
}

// Missing returns an error if redis-server is missing.
func (Backend) Missing(backends.Settings) error { return redislive.MissingServer() }

// Start starts the servers.
func (b Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	var servers []*live.Proc
	for _, id := range b.Servers(s) {
		server, err := redislive.StartServer(lab, id, redislive.ServerOptions{NodeSettings: redis.NodeSettingsOf(s)})
		if err != nil {
			return err
		}
		servers = append(servers, server)
	}
	for _, server := range servers {
		if err := redislive.AwaitServer(ctx, lab, server); err != nil {
			return err
		}
	}
	return nil
}

// Observe starts an observer beside each server. None of them sees the lock as a whole: see
// Conclude.
func (b Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	for _, id := range b.Servers(s) {
		o := redislive.Observation{Votes: true, Durability: redis.NodeSettingsOf(s).Durability}
		if err := redislive.ObserveServer(ctx, lab, id, o); err != nil {
			return err
		}
	}
	return nil
}

// Reset empties the servers.
func (b Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	return redislive.ResetServers(ctx, lab, redis.NodeSettingsOf(s), b.Servers(s)...)
}

// Who returns no host: the servers know nothing of each other.
func (Backend) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Dial gives a client's process its lock on all the servers.
func (b Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	return b.dial(h, servers, s, func(p redis.Port) redis.Port { return p })
}

func (b Backend) dial(h *live.Host, servers []string, s backends.Settings, port func(redis.Port) redis.Port) (backends.Lock, error) {
	var clients []*redislive.Client
	for _, ip := range servers {
		c := redislive.NewClient(h, ip)
		if err := c.ConnectAhead(); err != nil {
			return nil, err
		}
		clients = append(clients, c)
	}
	return b.NewLock(h, s, func(node int, sent func(value string)) redis.Port {
		clients[node].Sent, clients[node].Unannounced = sent, s.On(redlock.OptionSequential)
		if b.Pooled() {
			return port(redis.NewPool(h, clients[node], s))
		}
		return port(clients[node])
	}), nil
}

// Duties is the observer.
func (Backend) Duties() map[string]live.Duty { return redislive.Backend{}.Duties() }

// Conclude counts the votes that the observers saw.
func (b Backend) Conclude(events []sim.Event, s backends.Settings) []sim.Event {
	return b.CountVotes(events, s)
}
