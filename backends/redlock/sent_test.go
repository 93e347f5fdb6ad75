package redlock

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// unreachable is a node to which no connection can be made at first: the first request for the lock
// is never on its way.
type unreachable struct {
	redis.Port
	host  sim.Host
	tried bool
}

func (u *unreachable) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	if u.tried {
		return u.Port.SetNX(key, value, px, timeout)
	}
	u.tried = true
	u.host.Sleep(timeout)
	return false, fmt.Errorf("connect: %w", sim.ErrUnknown)
}

func TestTheLockIsAskedForOnceEveryRequestIsOnItsWayThatCanBe(t *testing.T) {
	for _, c := range []struct {
		spec string
		dead int // of five nodes, how many are unreachable at first
		want []sim.Kind
	}{
		{"redlock", 0, []sim.Kind{sim.AcquireSent, sim.Acquired}},
		{"redlock", 1, []sim.Kind{sim.AcquireSent, sim.Acquired}},
		{"redlock+sequential", 2, []sim.Kind{sim.AcquireSent, sim.Acquired}},
		{"redlock+top-up", 1, []sim.Kind{sim.AcquireSent, sim.Acquired}},
		{"redlock", 3, []sim.Kind{sim.AcquireSent, sim.NotAcquired}},
		{"redlock", 5, []sim.Kind{sim.NotAcquired}},
	} {
		s := newStage(t, c.spec, "client-1")
		h := s.World.Host("client-1")
		b, set := settings(t, c.spec)
		lock := b.NewLock(h, set, func(node int, sent func(string)) redis.Port {
			return &unreachable{Port: redis.DialNode(h, s.Servers[node], sent), host: h, tried: node >= c.dead}
		})
		s.Client("client-1", time.Second, func(h sim.Host, _ backends.Lock) { locktest.Take(h, lock, 0) })
		var got []sim.Kind
		for _, e := range locktest.Only(s.Run(8*time.Second), sim.AcquireSent, sim.Acquired, sim.NotAcquired) {
			got = append(got, e.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s with %d of 5 nodes out of reach: %v, expected %v", c.spec, c.dead, got, c.want)
		}
	}
}
