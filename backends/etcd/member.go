package etcd

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// What a client asks of a member, besides a Command.
type (
	keepAlive struct{ Lease uint64 }
	readKey   struct{ Key string }
	readLast  struct {
		Prefix string
		Max    uint64
	}
	readAccount struct{}
	watchDelete struct {
		Key      Key
		Revision uint64
	}
)

// What a member answers, besides a Reply. A Reply with a TTL of 0 to a keepAlive says that
// the lease is gone.
type (
	noLeader struct{} // the request has certainly not been carried out
	timedOut struct{} // it may have been, or may be yet
	account  struct{ Entry Entry }
	found    struct {
		Key      Key
		OK       bool
		Revision uint64
	}
)

// What members pass on to the leader, and what comes back.
type (
	passedOn struct {
		Number  uint64
		Request any
	}
	passedBack struct {
		Number uint64
		Answer any
	}
)

// member is an etcd server on a simulated host, from one start to the next crash.
type member struct {
	cluster *cluster
	host    *virtual.Host
	model   *Model
	lessor  Lessor
	raft    *consensus.Server
	watches []watch
	passed  []passed
	waiting []func()      // for a leader
	count   uint64        // of what was passed on
	life    int           // of the host
	lonely  time.Duration // since when it has known no leader; -1: it knows one
}

type watch struct {
	watchDelete
	reply func(any)
}

type passed struct {
	number uint64
	reply  func(any)
}

// boot starts a member with what its disk has kept: the log, from which all else follows.
func (c *cluster) boot(h *virtual.Host) *member {
	m := &member{cluster: c, host: h, model: NewModel(), life: h.Life(), lonely: h.Now()}
	m.raft = consensus.Start(h, consensus.Config{
		Members: c.members, Timing: c.timing,
		Apply: m.apply, Changed: m.changed, Receive: m.receive,
	})
	h.After(sim.Between(h, 0, scanPeriod), m.scan) // members were not started together
	if h.ID() == c.members[0] && m.raft.Status().Term == 0 {
		m.raft.Stand() // a trial begins with a cluster that is ready
	}
	return m
}

// handle serves a client's request, and gives it up after a while. While the member knows no
// leader, the request waits.
func (m *member) handle(request any, reply func(any)) {
	if w, ok := request.(watchDelete); ok {
		m.watches = append(m.watches, watch{w, reply})
		m.notify()
		return
	}
	over := false
	limit := m.host.After(queueing+2*m.cluster.timing.Election, func() {
		over = true
		reply(timedOut{})
	})
	var once func(any)
	once = func(answer any) {
		if answer == any(noLeader{}) && m.lonely >= 0 && !m.ends(request) {
			m.waiting = append(m.waiting, func() {
				if !over {
					m.serve(request, once)
				}
			})
			return
		}
		if !over {
			over = true
			limit.Stop()
			reply(answer)
		}
	}
	m.inTurn("", request, func() { m.serve(request, once) })
	m.serveAgain(request, once, &over)
}

// leaderlessTicks is for how many election timeouts a member may know no leader before it
// ends the streams of clients that asked for one (v3rpc, interceptor.go: maxNoLeaderCnt).
const leaderlessTicks = 3

// ends tells whether a request ends the stream that it came on, as the member has known no
// leader for too long.
func (m *member) ends(request any) bool {
	_, stream := request.(keepAlive)
	return stream && m.host.Now()-m.lonely >= leaderlessTicks*m.cluster.timing.Election
}

// serveAgain asks again for what a read needs from the leader as long as there is no answer:
// the leader may be gone (server.go, linearizableReadLoop: readIndexRetryTime).
func (m *member) serveAgain(request any, reply func(any), over *bool) {
	switch request.(type) {
	case readKey, readLast, readAccount:
		m.host.After(readRetry, func() {
			if !*over {
				m.serve(request, reply)
				m.serveAgain(request, reply, over)
			}
		})
	}
}

// serve carries a request out as the leader, or passes it on to the leader.
//
// Proposals and reads go into the algorithm, and what it passes on waits with its messages for
// the disk. A renewal is no matter of the log: it goes by whom the member was told to follow, and
// to that one's own port (v3_server.go: LeaseRenew; lease/leasehttp).
func (m *member) serve(request any, reply func(any)) {
	s, post := m.raft.Status(), m.raft.Post
	renewal, renews := request.(keepAlive)
	if renews {
		s, post = m.raft.Known(), m.host.Post
	}
	switch {
	case s.Role == consensus.Leader && renews:
		m.ensureLeadership(func(ok bool) {
			if !ok {
				reply(noLeader{}) // its client is to ask another member
				return
			}
			m.lead(renewal, reply)
		})
	case s.Role == consensus.Leader:
		m.lead(request, reply)
	case s.Leader == "":
		reply(noLeader{})
	default:
		m.count++
		m.passed = append(m.passed, passed{m.count, reply})
		post(s.Leader, passedOn{m.count, request})
	}
}

// servePassedOn serves what another member took this one to be the leader for. If it is not, it
// passes a proposal or a read on again, or drops it if it knows no leader (raft.go: stepFollower,
// stepCandidate); a renewal it refuses (lease/leasehttp).
func (m *member) servePassedOn(request any, reply func(any)) {
	_, renews := request.(keepAlive)
	s := m.raft.Status()
	switch {
	case renews || s.Role == consensus.Leader:
		m.lead(request, reply)
	case s.Leader != "":
		m.serve(request, reply)
	}
}

// receive serves what clients send over their connections, and what members pass on.
func (m *member) receive(from sim.HostID, message any) {
	switch p := message.(type) {
	case connect:
		m.host.Post(from, accepted{Conn: p.Conn, Life: m.life})
	case *segment:
		m.take(from, p)
	case passedOn:
		m.inTurn(from, p.Request, func() {
			m.servePassedOn(p.Request, func(answer any) { m.host.Post(from, passedBack{p.Number, answer}) })
		})
	case passedBack:
		if i := slices.IndexFunc(m.passed, func(q passed) bool { return q.number == p.Number }); i >= 0 {
			reply := m.passed[i].reply
			m.passed = slices.Delete(m.passed, i, i+1)
			reply(p.Answer)
		}
	}
}

// take reads what has come over a connection.
func (m *member) take(from sim.HostID, s *segment) {
	s.arrived = true
	if s.Life != m.life {
		m.host.Post(from, reset{s.Conn})
		return
	}
	switch s.Request.(type) {
	case probe:
		m.host.Post(from, alive{s.Conn})
	case cancelled: // what was asked for goes on
	default:
		m.handle(s.Request, func(a any) {
			if m.host.Life() == m.life {
				m.host.Post(from, answer{Conn: s.Conn, Call: s.Call, Answer: a})
			}
		})
	}
}

// lead serves a request as the leader, if that is what the member is.
func (m *member) lead(request any, reply func(any)) {
	switch r := request.(type) {
	case Command:
		if r.Kind == CommandLeaseGrant {
			r.TTL = max(wholeSeconds(r.TTL), minTTL(m.cluster.timing.Election))
		}
		led := m.raft.Propose(r, func(result any, ok bool) {
			if ok { // else its place in the log was taken, which nobody looks for: it times out
				reply(result)
			}
		})
		if !led {
			reply(noLeader{})
		}
	case keepAlive:
		if !m.raft.Established() {
			reply(noLeader{}) // it may have yet to learn of the lease
			return
		}
		ttl := m.lessor.Renew(m.host.Now(), r.Lease)
		if ttl > 0 {
			m.cluster.witness.renewed(m.host, r.Lease)
		}
		reply(Reply{TTL: ttl})
	case readKey:
		m.read(reply, func() (Key, bool) { return m.model.Get(r.Key) })
	case readLast:
		m.read(reply, func() (Key, bool) { return m.model.LastCreated(r.Prefix, r.Max) })
	case readAccount:
		m.linearize(reply, func() any { return account{m.model.Account()} })
	}
}

// read answers a linearizable read of keys.
func (m *member) read(reply func(any), look func() (Key, bool)) {
	m.linearize(reply, func() any {
		k, ok := look()
		return found{Key: k, OK: ok, Revision: m.model.Revision()}
	})
}

// linearize answers with what the store holds once all is in it that was acknowledged before.
func (m *member) linearize(reply func(any), look func() any) {
	m.raft.Read(func(ok bool) {
		if !ok {
			reply(noLeader{})
			return
		}
		reply(look())
	})
}

// apply carries out what was agreed on.
func (m *member) apply(e consensus.Entry) any {
	c := e.Command.(Command)
	r := m.model.Apply(c)
	switch c.Kind {
	case CommandLeaseGrant:
		m.lessor.Grant(m.host.Now(), GrantedLease{ID: r.Lease, TTL: r.TTL})
	case CommandLeaseRevoke, CommandLeaseExpire:
		m.lessor.Revoke(c.Lease)
	case CommandCreate, CommandDelete, CommandPut: // leave the leases as they are
	}
	m.cluster.witness.applied(m.host, e, m.model, r)
	m.notify()
	return r
}

// notify answers the watches whose key is gone. A member that has not come so far as the
// watcher has does not know yet.
func (m *member) notify() {
	m.watches = slices.DeleteFunc(m.watches, func(w watch) bool {
		if k, ok := m.model.Get(w.Key.Name); m.model.Revision() < w.Revision || ok && k == w.Key {
			return false
		}
		w.reply(Reply{OK: true})
		return true
	})
}

// changed lets the lessor count on the leader only, and there from the beginning.
func (m *member) changed(s consensus.Status) {
	switch {
	case s.Role == consensus.Leader || s.Leader != "":
		m.lonely = -1
	case m.lonely < 0:
		m.lonely = m.host.Now()
	}
	if s.Role == consensus.Leader {
		m.lessor.Promote(m.host.Now(), m.model.Leases(), m.cluster.timing.Election)
	} else {
		m.lessor.Demote()
	}
	if m.lonely < 0 {
		waiting := m.waiting
		m.waiting = nil
		for _, serve := range waiting {
			serve()
		}
	}
}
