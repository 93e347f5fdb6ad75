package sentinel

import (
	"errors"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// ErrReadOnly is a replica's answer to a write. The write was not executed.
var ErrReadOnly = errors.New("READONLY You can't write against a read only replica")

// ErrNoReplicas is the answer of a master that has too few replicas in contact
// (min-replicas-to-write). The write was not executed.
var ErrNoReplicas = errors.New("NOREPLICAS Not enough good replicas to write")

// server is one Redis server. Its data is in memory only: after a crash it comes back empty. Only
// the master that it follows is on disk, where Sentinel has it written (CONFIG REWRITE).
type server struct {
	host    *virtual.Host
	service *service
	memory
}

// memory is what a server loses when it crashes.
type memory struct {
	data   dataset
	master sim.HostID // the master that the server follows; "" if it is one itself
	sweep  *virtual.Timer

	followers []*follower // of a master: the replicas in contact
	good      int         // of a master: how many of them count for min-replicas-to-write
	waiters   []*waiter

	link link // of a replica

	ahead time.Duration // the fraction of a real second at which the host's clock showed a whole one
}

// roleFile is where a server stores the master that it follows.
const roleFile = "redis.conf"

func startServer(h *virtual.Host, all *service) *server {
	s := &server{host: h, service: all}
	h.Boot(s.boot)
	return s
}

func (s *server) boot() {
	before := s.memory
	s.memory = memory{data: load(nil)}
	if s.host.ID() != s.service.Servers[0] {
		s.master = s.service.Servers[0]
	}
	if role, ok := s.host.Disk().Read(roleFile); ok {
		s.master = role.(sim.HostID)
	}
	s.host.ServeLater(s.serve)
	s.host.Receive(s.receive)
	s.link.lost = s.host.Wall()
	if s.master != "" {
		s.dial()
	}
	// A server starts at any moment of a second and counts its seconds from there. That a simulated
	// wall clock begins at a whole second is equally arbitrary.
	s.host.After(sim.Between(s.host, 0, cronPeriod), s.cron)
	s.ahead = sim.Between(s.host, 0, time.Second)
	if before.data.model != nil {
		s.forgot(before.data)
	}
}

// forgot records that a lock was lost together with this server's data, unless another server still
// has it or it had already ended. Only a simulation can know that.
func (s *server) forgot(had dataset) {
	r := had.would(write{at: s.host.Wall(), command: redis.Command{Kind: redis.CommandDelete, Key: redis.LockKey}})
	switch {
	case len(r.Ended) > 0 && s.service.isGone(r.Ended[0]):
		s.ended(sim.Event{Kind: sim.Expired, Grant: r.Ended[0]})
	case r.OK && s.service.isGone(r.Deleted):
		s.ended(sim.Event{Kind: sim.Forgotten, Grant: r.Deleted})
	}
}

// ended records the end of a lock.
func (s *server) ended(e sim.Event) {
	s.service.over[e.Grant] = true
	s.host.Record(e)
}

func (s *server) serve(client sim.HostID, request any, call *virtual.Call) {
	switch r := request.(type) {
	case redis.Command:
		if a, alive := s.execute(client, r); alive {
			call.Reply(a)
		}
	case wait:
		s.wait(r, call)
	case ping:
		call.Reply(ping{})
	case infoRequest:
		call.Reply(s.info())
	case replicaOf:
		s.follow(r.master)
		call.Reply(nil)
	case hello:
		s.passOn(r)
		call.Reply(nil)
	default:
		panic("unknown request to a Redis server")
	}
}

// execute runs a client's command. alive is false if a step of the scenario switched off the host
// in the middle of it.
func (s *server) execute(client sim.HostID, c redis.Command) (a Answer, alive bool) {
	w := write{at: s.host.Wall(), command: c}
	if err := s.refusal(); err != nil {
		if s.writes(w) {
			return Answer{Err: err}, true
		}
		return Answer{offset: s.data.offset()}, true
	}
	r, changed := s.data.apply(w)
	if !s.record(client, c, r) {
		return Answer{}, false
	}
	if changed {
		s.schedule(redis.LockKey)
		s.propagate(w)
	}
	return Answer{Reply: r, offset: s.data.offset()}, true
}

// refusal says why the server does not take writes now; nil means it does.
func (s *server) refusal() error {
	switch {
	case s.master != "":
		return ErrReadOnly
	case s.good < s.service.MinReplicas:
		return ErrNoReplicas
	}
	return nil
}

// writes reports whether a command would write. SET is a write whatever it finds. A script that
// compares first is stopped only when it gets to its write. What it reads on a replica has expired
// once the replica's own clock says so, although the replica keeps the key until its master deletes
// it.
func (s *server) writes(w write) bool {
	switch w.command.Kind {
	case redis.CommandCompareAndDelete, redis.CommandCompareAndExpire:
		return s.data.would(w).OK
	case redis.CommandSetNX, redis.CommandSetNXWithToken, redis.CommandDelete, redis.CommandExpireCycle,
		redis.CommandHello, redis.CommandObtain, redis.CommandAdd:
	}
	return true
}

// record writes down what a command did to the lock. It returns false if a step of the scenario
// crashed the host because of it.
func (s *server) record(client sim.HostID, c redis.Command, r redis.Reply) bool {
	for _, value := range r.Ended {
		s.ended(sim.Event{Kind: sim.Expired, Grant: value})
		if s.host.Down() {
			return false
		}
	}
	if !r.OK {
		return true
	}
	e := sim.Event{Grant: c.Value, Token: r.Token}
	switch c.Kind {
	case redis.CommandSetNX, redis.CommandSetNXWithToken:
		e.Kind = sim.Granted
	case redis.CommandCompareAndExpire:
		e.Kind = sim.Extended
	case redis.CommandCompareAndDelete, redis.CommandDelete:
		e.Kind, e.Grant, e.Client = sim.Freed, r.Deleted, client
		s.service.over[e.Grant] = true
	case redis.CommandExpireCycle: // is never OK
	case redis.CommandHello, redis.CommandObtain: // need a pool of connections, which does not exist here
	case redis.CommandAdd: // does nothing to the lock
		return true
	}
	s.host.Record(e)
	return !s.host.Down()
}

// schedule sets a master's expire cycle for the moment at which the key expires by the server's own
// wall clock, whatever is done to that clock until then. Looking ten times a second, as Redis does,
// would only fill the event queue.
func (s *server) schedule(key string) {
	if s.sweep != nil {
		s.sweep.Stop()
		s.sweep = nil
	}
	if at, ok := s.data.model.NextExpiry(key); ok && s.master == "" {
		s.sweep = s.host.AtWall(at, func() { s.cycle(key) })
	}
}

func (s *server) cycle(key string) {
	w := write{at: s.host.Wall(), command: redis.Command{Kind: redis.CommandExpireCycle}}
	r, changed := s.data.apply(w)
	if changed {
		if !s.record("", w.command, r) {
			return
		}
		s.propagate(w)
	}
	s.schedule(key) // the clock may have been set back while the host was paused
}

// passOn sends a published hello to the Sentinels that have subscribed, which are all of them.
func (s *server) passOn(h hello) {
	for _, id := range s.service.Sentinels {
		if id != h.from {
			s.host.Send(id, h)
		}
	}
}
