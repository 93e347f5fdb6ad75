package sentinel

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// The rhythm of replication (redis.conf and replication.c of Redis 7).
const (
	cronPeriod      = time.Second      // replicas report their offset, masters count them
	keepAlivePeriod = 10 * time.Second // repl-ping-replica-period
	linkTimeout     = 60 * time.Second // repl-timeout
	dialTimeout     = 5 * time.Second  // until a replica that gets no answer dials again
)

// follower is a replica as its master sees it.
type follower struct {
	id     sim.HostID
	offset int       // the stream position that it last reported
	heard  time.Time // when it last reported, by the master's wall clock
	pinged time.Time // when it was last sent a keep-alive
}

// link is a replica's connection to its master.
type link struct {
	up     bool
	dialed time.Time // when it last sent PSYNC, by the replica's wall clock
	heard  time.Time // when it last heard of its master
	lost   time.Time // since when it has been down
}

// follow makes the server a replica of another, or a master if there is none. A replica keeps its
// data until the new master's data replaces it; anything only it had is lost then.
func (s *server) follow(master sim.HostID) {
	if master == s.master {
		return
	}
	s.host.Disk().Write(roleFile, master)
	s.host.Disk().Sync(func() {})
	if s.master != "" {
		s.host.HangUp(s.master)
	}
	for _, f := range s.followers {
		s.host.HangUp(f.id)
	}
	s.followers, s.good = nil, 0
	s.answerWaiters(true)
	s.master = master
	s.link = link{lost: s.host.Wall()}
	if master != "" {
		s.dial()
	}
	s.schedule(redis.LockKey)
}

// dial opens a connection to the master and asks for its data.
func (s *server) dial() {
	s.host.HangUp(s.master)
	s.link.dialed = s.host.Wall()
	s.host.Post(s.master, psync{})
}

// cron is what servers do every second.
func (s *server) cron() {
	s.host.After(cronPeriod, s.cron)
	now := s.host.Wall()
	if s.master != "" {
		if s.link.up && now.Sub(s.link.heard) > linkTimeout {
			s.unlink()
		}
		switch {
		case s.link.up:
			s.acknowledge()
		case now.Sub(s.link.dialed) >= dialTimeout:
			s.dial()
		}
		return
	}
	s.followers = slices.DeleteFunc(s.followers, func(f *follower) bool { return now.Sub(f.heard) > linkTimeout })
	for _, f := range s.followers {
		if now.Sub(f.pinged) >= keepAlivePeriod {
			f.pinged = now
			s.send(f, keepAlive{})
		}
	}
	s.countGood()
}

// countGood counts the replicas that have reported recently. Redis counts once a second and not at
// each write, and knows the time of a report only to the second, so a replica counts for up to a
// second longer than the allowed lag (refreshGoodSlavesCount in replication.c).
func (s *server) countGood() {
	s.good = 0
	for _, f := range s.followers {
		lag := time.Duration(s.second(s.host.Wall())-s.second(f.heard)) * time.Second
		if lag <= s.service.MaxLag {
			s.good++
		}
	}
}

// second returns a time as a server sees it that only looks at whole seconds.
func (s *server) second(t time.Time) int64 { return t.Add(s.ahead).Unix() }

func (s *server) unlink() { s.link = link{lost: s.host.Wall()} }

func (s *server) acknowledge() { s.host.Post(s.master, ack{s.data.offset()}) }

// propagate sends a write to the replicas. Nothing waits for that, which makes the replication
// asynchronous.
func (s *server) propagate(w write) {
	for _, f := range s.followers {
		s.send(f, stream{w})
	}
}

// send puts a message into the stream to a replica. It leaves after the lag, unless the server
// crashes first or has lost that replica.
func (s *server) send(f *follower, message any) {
	s.host.After(s.service.Lag, func() {
		if slices.Contains(s.followers, f) {
			s.host.Post(f.id, message)
		}
	})
}

// receive handles messages from other servers.
func (s *server) receive(from sim.HostID, message any) {
	switch m := message.(type) {
	case psync:
		s.admit(from)
	case ack:
		s.acknowledged(from, m)
	default:
		if s.master == from { // a former master may still have something under way
			s.replicate(message)
		}
	}
}

// admit sends a new replica all data. A server that is a replica itself has none to give.
func (s *server) admit(id sim.HostID) {
	if s.master != "" {
		return
	}
	s.host.HangUp(id)
	now := s.host.Wall()
	s.followers = slices.DeleteFunc(s.followers, func(f *follower) bool { return f.id == id })
	s.followers = append(s.followers, &follower{id: id, heard: now, pinged: now})
	s.countGood()
	s.host.Post(id, fullSync{slices.Clip(s.data.writes)})
}

// acknowledged records a replica's progress.
func (s *server) acknowledged(from sim.HostID, a ack) {
	i := slices.IndexFunc(s.followers, func(f *follower) bool { return f.id == from })
	if s.master != "" || i < 0 {
		s.host.Post(from, hungUp{})
		return
	}
	s.followers[i].offset, s.followers[i].heard = a.offset, s.host.Wall()
	s.answerWaiters(false)
}

// replicate handles the master's messages. Replicated writes are not recorded: they say nothing new
// about who holds the lock.
func (s *server) replicate(message any) {
	s.link.heard = s.host.Wall()
	switch m := message.(type) {
	case fullSync:
		had := s.data
		s.data = load(m.writes)
		s.link.up = true
		s.acknowledge()
		s.forgot(had)
	case stream:
		if s.link.up {
			s.data.apply(m.write)
		}
	case keepAlive:
	case getAck:
		if s.link.up {
			s.acknowledge()
		}
	case hungUp:
		s.unlink()
		s.dial()
	default:
		panic("unknown message from a Redis master")
	}
}

func (s *server) info() info {
	i := info{master: s.master, offset: s.data.offset(), linked: s.link.up}
	if !i.linked {
		i.unlinked = s.host.Wall().Sub(s.link.lost)
	}
	return i
}
