package etcd

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Requests from clients to a member, besides a Command.
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

// A member's answers, besides a Reply. A Reply to a keepAlive with a TTL of 0 means that the lease
// is gone.
type (
	noLeader struct{} // the request was certainly not executed
	timedOut struct{} // it may have been executed, or may yet be
	account  struct{ Entry Entry }
	found    struct {
		Key      Key
		OK       bool
		Revision uint64
	}
)

// What members pass on to the leader, and the answers.
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
	count   uint64        // of requests passed on
	life    int           // of the host
	lonely  time.Duration // since when it has known no leader; -1 if it knows one
}

type passed struct {
	number uint64
	reply  func(any)
}

// boot starts a member with what its disk kept: the log, from which everything else follows.
func (c *cluster) boot(h *virtual.Host) *member {
	m := &member{cluster: c, host: h, model: NewModel(), life: h.Life(), lonely: h.Now()}
	m.raft = consensus.Start(h, consensus.Config{
		Members: c.members, Timing: c.timing,
		Apply: m.apply, Changed: m.changed, Receive: m.receive,
	})
	h.After(sim.Between(h, 0, scanPeriod), m.scan) // the members did not start at the same moment
	if h.ID() == c.members[0] && m.raft.Status().Term == 0 {
		m.raft.Stand() // a trial begins with a cluster that is ready
	}
	return m
}

// handle serves a client's request, and gives up after a while. While the member knows no leader,
// the request waits.
func (m *member) handle(request any, reply func(any)) {
	if w, ok := request.(watchDelete); ok {
		if each := (watch{w, reply}); !m.notified(each) {
			m.watches = append(m.watches, each)
		}
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

// leaderlessTicks is for how many election timeouts a member may know no leader before it ends the
// streams of clients that require one (v3rpc, interceptor.go: maxNoLeaderCnt).
const leaderlessTicks = 3

// ends reports whether a request ends the stream that it came on, because the member has known no
// leader for too long.
func (m *member) ends(request any) bool {
	_, stream := request.(keepAlive)
	return stream && m.host.Now()-m.lonely >= leaderlessTicks*m.cluster.timing.Election
}

// serveAgain repeats a read's request to the leader until there is an answer, since the leader may
// be gone (server.go, linearizableReadLoop: readIndexRetryTime).
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

// serve executes a request as the leader, or passes it on to the leader.
//
// Proposals and reads go into the algorithm, and when it passes them on they wait for the disk with
// its other messages. A renewal does not involve the log: it goes to the member that this one was
// told to follow, at a separate port (v3_server.go: LeaseRenew; lease/leasehttp).
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

// servePassedOn serves a request from a member that took this one for the leader. If it is not the
// leader, it passes a proposal or a read on again, or drops it if it knows no leader (raft.go:
// stepFollower, stepCandidate); it refuses a renewal (lease/leasehttp).
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

// take reads a segment from a connection.
func (m *member) take(from sim.HostID, s *segment) {
	s.arrived = true
	if s.Life != m.life {
		m.host.Post(from, reset{s.Conn})
		return
	}
	switch s.Request.(type) {
	case probe:
		m.host.Post(from, alive{s.Conn})
	case cancelled: // the request itself goes on
	default:
		m.handle(s.Request, func(a any) {
			if m.host.Life() == m.life {
				m.host.Post(from, answer{Conn: s.Conn, Call: s.Call, Answer: a})
			}
		})
	}
}

// lead serves a request as the leader, provided that the member is one.
func (m *member) lead(request any, reply func(any)) {
	switch r := request.(type) {
	case Command:
		if r.Kind == CommandLeaseGrant {
			r.TTL = max(WholeSeconds(r.TTL), minTTL(m.cluster.timing.Election))
		}
		led := m.raft.Propose(r, func(result any, ok bool) {
			if ok { // else another entry took its place in the log, which nobody checks: it times out
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
			m.cluster.recorder.renewed(m.host, r.Lease)
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

// changed makes the lessor count on the leader only, and there from the start.
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
