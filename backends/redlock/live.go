//go:build linux

package redlock

import (
	"context"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

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
	if s.Written(optionTimeout) {
		return s, nil
	}
	longer, err := s.WithValues([]string{optionTimeout + "=" + liveTimeout})
	if err != nil || longer.Span(optionTimeout) < s.Span(optionTimeout) {
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
		clients[node].Sent, clients[node].Unannounced = sent, s.On(optionSequential)
		if b.pooled() {
			return port(redis.NewPool(h, clients[node], s))
		}
		return port(clients[node])
	}), nil
}

// Roles is the observer.
func (Backend) Roles() map[string]live.Role { return redislive.Backend{}.Roles() }

// Conclude counts the votes that the observers saw. Wherever a quorum has formed or fallen apart,
// it inserts what that means for the lock, at that moment and on that server. Events of other hosts
// stay as they are.
func (b Backend) Conclude(events []sim.Event, s backends.Settings) []sim.Event {
	count := newTally(b.Servers(s), quorum(s))
	var all []sim.Event
	for _, e := range events {
		vote, ok := voteOf(e)
		if !ok {
			all = append(all, e)
			continue
		}
		count.note(&recounted{of: e, all: &all}, vote)
	}
	return all
}

// voteOf converts an observer's event to what the node did to the lock.
func voteOf(e sim.Event) (vote sim.Event, ok bool) {
	vote = sim.Event{Grant: e.Grant, Client: e.Client}
	switch e.Kind {
	case sim.NodeGranted:
		vote.Kind = sim.Granted
	case sim.NodeExtended:
		vote.Kind = sim.Extended
	case sim.NodeEnded:
		vote.Kind = e.Ended
	default:
		return sim.Event{}, false
	}
	return vote, true
}

// recounted is the recorder of a tally made afterwards: every event gets the time and place of the
// node's event.
type recounted struct {
	of  sim.Event
	all *[]sim.Event
}

func (r *recounted) ID() sim.HostID { return r.of.Host }

func (r *recounted) Record(e sim.Event) {
	e.At, e.Host = r.of.At, r.of.Host
	*r.all = append(*r.all, e)
}
