package redis

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// SimulateNode runs a Redis server on a host. It reports to record what happens to the lock there,
// as events of the kinds Granted, Extended, Freed, Expired and Forgotten. A single server's events
// go into the history as they are; where several servers vote, they go to the vote counter.
func SimulateNode(w *virtual.World, id sim.HostID, s NodeSettings, record func(*virtual.Host, sim.Event)) {
	simulateNode(w, id, s, record)
}

func simulateNode(w *virtual.World, id sim.HostID, s NodeSettings, record func(*virtual.Host, sim.Event)) *node {
	n := &node{host: w.Host(id), settings: s, record: record}
	n.host.Boot(n.boot)
	return n
}

// node is a machine that runs a Redis server, before and after each crash.
type node struct {
	host     *virtual.Host
	settings NodeSettings
	record   func(*virtual.Host, sim.Event)
	server   *simulatedServer // the present one; nil if never switched on
}

// boot starts a server with what the disk kept.
func (n *node) boot() {
	before := n.server
	if before == nil || n.settings.RestartDelay == 0 {
		n.start(before)
		return
	}
	n.host.After(n.settings.RestartDelay, func() { n.start(before) })
}

func (n *node) start(before *simulatedServer) {
	n.server = &simulatedServer{node: n, model: n.load(), synced: n.host.Now()}
	n.server.schedule(LockKey)
	n.host.ServeLater(n.server.serve)
	if before != nil && !before.stuck { // else the disk has all that was answered
		n.forgot(before.model.find(LockKey), n.server.model.find(LockKey))
	}
}

// forgot compares the lock's key before a crash with what the disk kept of it. Only a simulation
// can: the server itself does not know what it forgot. If a released lock is back because its
// release was not on the disk, that is a grant to nobody and not recorded.
func (n *node) forgot(had, has *key) {
	if had == nil || has != nil && has.value == had.value {
		return
	}
	kind := sim.Forgotten
	if had.expired(n.host.Wall()) {
		kind = sim.Expired
	}
	n.record(n.host, sim.Event{Kind: kind, Grant: had.value})
}

// fileName is the append-only file, which here holds the result of replaying it.
const fileName = "appendonly.aof"

func (n *node) load() *Model {
	if kept, ok := n.host.Disk().Read(fileName); ok {
		return kept.(*Model).Clone()
	}
	return NewModel()
}

// simulatedServer is one run of the server, from a boot to the next crash. It keeps time by
// its host's wall clock.
type simulatedServer struct {
	*node
	model  *Model
	sweep  *virtual.Timer // wakes the expire cycle when the lock's time is up
	sync   *virtual.Timer // wakes the fsync of everysec; nil if nothing is to be synced
	synced time.Duration  // when the last fsync of everysec began, on the monotonic clock
	stuck  bool           // its only thread waits for the disk; and after that:
	later  []func()
}

func (s *simulatedServer) serve(client sim.HostID, request any, call *virtual.Call) {
	if s.stuck {
		s.later = append(s.later, func() { s.serve(client, request, call) })
		return
	}
	c := request.(Command)
	r := s.model.Apply(s.host.Wall(), c)
	if !r.OK && len(r.Ended) == 0 || c.Kind == CommandHello { // nothing to persist
		s.answer(client, c, r, call)
		return
	}
	s.persist(func() {
		s.schedule(LockKey)
		s.answer(client, c, r, call)
	})
}

// answer records what a command did and replies. Recording may crash this very host, so nothing is
// done to it afterwards.
func (s *simulatedServer) answer(client sim.HostID, c Command, r Reply, call *virtual.Call) {
	s.ended(r)
	if e, changed := Happened(c, r); changed {
		if e.Kind == sim.Freed {
			e.Client = client
		}
		s.record(s.host, e)
	}
	call.Reply(r.message())
}

// The most frequent replies, as messages. They are made once, as clients that try again and again
// get little else.
var refused, done any = Reply{}, Reply{OK: true}

// message returns the reply as something to send.
func (r Reply) message() any {
	if !r.Had && r.Token == 0 && r.Deleted == "" && r.Ended == nil {
		if r.OK {
			return done
		}
		return refused
	}
	return r
}

// Happened returns what a command did to the lock, if anything.
func Happened(c Command, r Reply) (e sim.Event, ok bool) {
	e = sim.Event{Grant: c.Value, Token: r.Token}
	switch c.Kind {
	case CommandSetNX, CommandSetNXWithToken:
		e.Kind = sim.Granted
	case CommandObtain:
		e.Kind = sim.Granted
		if r.Had {
			e.Kind = sim.Extended
		}
	case CommandCompareAndExpire:
		e.Kind = sim.Extended
	case CommandCompareAndDelete, CommandDelete:
		e.Kind, e.Grant = sim.Freed, r.Deleted
	case CommandExpireCycle: // is never OK: the values that ended are in the reply
	case CommandHello, CommandAdd:
		return e, false
	}
	return e, r.OK
}

func (s *simulatedServer) ended(r Reply) {
	for _, value := range r.Ended {
		s.record(s.host, sim.Event{Kind: sim.Expired, Grant: value})
	}
}

// schedule sets the expire cycle for the moment at which the key expires by the wall clock,
// whatever is done to that clock until then. Redis instead looks ten times a second (hz 10). Doing
// so here would fill the event queue, and change only that an expiry nobody asks about is noticed
// up to 100 ms late.
func (s *simulatedServer) schedule(key string) {
	if s.sweep != nil {
		s.sweep.Stop()
		s.sweep = nil
	}
	if at, ok := s.model.NextExpiry(key); ok {
		s.sweep = s.host.AtWall(at, func() { s.cycle(key) })
	}
}

func (s *simulatedServer) cycle(key string) {
	if s.stuck {
		s.later = append(s.later, func() { s.cycle(key) })
		return
	}
	r := s.model.Apply(s.host.Wall(), Command{Kind: CommandExpireCycle})
	tell := func() {
		s.schedule(key) // the clock may have been set back while the host was paused
		s.ended(r)
	}
	if len(r.Ended) == 0 {
		tell()
		return
	}
	s.persist(tell) // Redis writes a DEL for a key that it expires
}
