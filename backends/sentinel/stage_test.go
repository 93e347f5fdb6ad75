package sentinel

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

// stage is a Redis with failover and some clients with a lock on it, all a millisecond apart.
// Without options the master is taken for down after 5 s, and a write leaves it for the replica
// after 10 ms. Its stories show random values as letters and leave out requests.
type stage struct {
	*locktest.Stage
	service *service
}

// opened is a backend that exposes its service.
type opened struct {
	Backend
	service *service
}

func (o *opened) Simulate(w *virtual.World, set backends.Settings) func(*virtual.Host) backends.Lock {
	servers := o.Servers(set)
	for _, from := range servers {
		for _, to := range servers {
			w.SetLatency(from, to, virtual.Latency{Base: time.Millisecond})
		}
	}
	o.service = start(w, set)
	return func(h *virtual.Host) backends.Lock { return redis.NewLock(h, dial(h, set), set) }
}

func newStage(t rapid.TB, spec string, seed uint64, token bool, clients ...sim.HostID) stage {
	t.Helper()
	var o opened
	s := locktest.NewStage(t, &o, settings(t, spec, token), seed, clients...)
	s.Story = locktest.Story{Letters: true, Without: []sim.Kind{sim.AcquireSent, sim.Deadline}}
	return stage{s, o.service}
}

func settings(t rapid.TB, spec string, token bool) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, spec, ttl, token, Backend{})
	return s
}

// taking is a client that takes the lock and keeps it forever.
func taking(wait time.Duration) locktest.Plan {
	return func(h sim.Host, l backends.Lock) { locktest.Take(h, l, wait) }
}

// takingThen is taking, followed by then once the client has the lock.
func takingThen(then func()) locktest.Plan {
	return func(h sim.Host, l backends.Lock) {
		if locktest.Take(h, l, 0) != nil {
			then()
		}
	}
}

// at does something to the world at a point of true time, and notes it in the transcript.
func (s stage) at(at time.Duration, what string, f func()) {
	s.World.After(at, func() {
		s.World.RecordFault(sim.Event{Kind: sim.FaultApplied, Note: what})
		f()
	})
}

// apart cuts off these hosts, in both directions, from all others.
func (s stage) apart(hosts ...sim.HostID) { s.between(hosts, s.Cut) }

// together undoes that.
func (s stage) together(hosts ...sim.HostID) { s.between(hosts, s.Mend) }

func (s stage) between(hosts []sim.HostID, do func(sim.HostID, ...sim.HostID)) {
	others := slices.DeleteFunc(s.World.Hosts(), func(id sim.HostID) bool { return slices.Contains(hosts, id) })
	for _, h := range hosts {
		do(h, others...)
	}
}

// roles notes in the transcript which server most Sentinels take for the master and which servers
// take themselves for one, whenever either changes.
func (s stage) roles(every time.Duration) {
	last := fmt.Sprintf("the Sentinels name %s; masters: [%s]", MasterID, MasterID)
	var look func()
	look = func() {
		var masters []sim.HostID
		for _, n := range s.service.nodes {
			if !n.host.Down() && n.master == "" {
				masters = append(masters, n.host.ID())
			}
		}
		now := fmt.Sprintf("the Sentinels name %s; masters: %v", s.service.master(), masters)
		if now != last {
			s.World.RecordFault(sim.Event{Kind: sim.FaultProven, Note: now})
			last = now
		}
		s.World.After(every, look)
	}
	look()
}

// both reports whether two clients believed at once that they held the lock, each until the
// deadline that it was told.
func both(events []sim.Event) bool {
	var until time.Duration
	for _, e := range events {
		if e.Kind == sim.Acquired {
			if e.At < until {
				return true
			}
			until = e.Until
		}
	}
	return false
}

// eachTick looks at every running Sentinel, often enough to see each of its states: a tick of its
// timer, 50 ms or more, lies between any two of them.
func (s stage) eachTick(look func(*sentinel)) {
	for _, g := range s.service.guards {
		if !g.host.Down() {
			look(g)
		}
	}
	s.World.After(20*time.Millisecond, func() { s.eachTick(look) })
}
