package redlock

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate runs a Redis server on each of the hosts.
func (b Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	servers := b.Servers(s)
	count := newTally(servers, quorum(s))
	for _, id := range servers {
		redis.SimulateNode(w, id, redis.NodeSettingsOf(s), func(h *virtual.Host, e sim.Event) { count.note(h, e) })
	}
	return func(h *virtual.Host) backends.Lock {
		own := s.Of(h.ID())
		return b.NewLock(h, own, func(node int, sent func(value string)) redis.Port {
			if b.Pooled() {
				return redis.DialPool(h, servers[node], sent, own)
			}
			return redis.DialNode(h, servers[node], sent)
		})
	}
}
