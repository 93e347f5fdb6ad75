package zookeeper

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Timing is an ensemble's configuration.
type Timing struct {
	Tick      time.Duration
	SyncLimit time.Duration // how long a server serves without its leader or its majority
	WallClock bool          // sessions end by the wall clock
	Reap      time.Duration // how often to look for empty containers; 0 means that there are none
}

// TimingOf returns the configuration for these settings.
func TimingOf(s backends.Settings) Timing {
	t := Timing{
		Tick:      s.Span(OptionTick),
		SyncLimit: s.Span(OptionSyncLimit),
		WallClock: s.On(OptionWallClock),
	}
	if s.On(OptionContainer) {
		t.Reap = s.Span(OptionReap)
	}
	return t
}

// beat is how often a follower reports to its leader: the leader pings every half tick
// (Leader.lead), and the answer lists the sessions whose clients were heard since the last one
// (Learner.ping, getTouchSnapshot). The leader counts a session from when it reads that
// (LearnerHandler.run, touch), so a session served by a follower ends up to half a tick later
// still. Changes that a follower brings to the leader do not touch the session.
func (t Timing) beat() time.Duration { return t.Tick / 2 }

// consensus returns the timing of elections: a leader without a majority steps down, and followers
// without a leader elect another, within one to two election timeouts, so after about the sync
// limit.
func (t Timing) consensus() consensus.Timing {
	return consensus.Timing{Election: 2 * t.SyncLimit / 3, Heartbeat: min(t.Tick/2, t.SyncLimit/8)}
}

// Negotiate returns the session timeout that a client gets: 2 to 20 ticks.
func (t Timing) Negotiate(wanted time.Duration) time.Duration {
	return min(max(wanted, 2*t.Tick), 20*t.Tick)
}

// server is a machine that runs ZooKeeper, from one start to the next crash.
type server struct {
	host     *virtual.Host
	members  []sim.HostID
	timing   Timing
	log      *consensus.Server
	tree     *Tree
	recorder *recorder
	conns    []*connection // one for each client, in the order in which they came

	// As the leader:
	reign    uint64 // the term in which the sessions are registered; 0 if none
	sessions tracker

	// As a follower:
	following bool          // the leader has acknowledged a report of this term
	reported  time.Duration // when the latest acknowledged report was sent
	unread    []heard       // what the leader may not have heard of yet
}

// heard is a session whose client was heard, and when that was reported; 0 if not yet.
type heard struct {
	session uint64
	at      time.Duration
}

// boot starts a server with what the disk kept.
func boot(h *virtual.Host, members []sim.HostID, t Timing, w *recorder) *server {
	s := &server{host: h, members: members, timing: t, tree: NewTree(), recorder: w}
	// The clock that counts ticks (System.nanoTime) starts anywhere.
	s.sessions = tracker{tick: t.Tick, phase: sim.Between(h, 0, t.Tick-1)}
	s.log = consensus.Start(h, consensus.Config{
		Members: members, Timing: t.consensus(),
		Apply: s.apply, Changed: s.changed, Receive: s.receive,
	})
	h.After(sim.Between(h, 0, t.beat()), s.everyBeat) // the leader's pings fall anywhere between its ticks
	if h.ID() == members[0] && s.log.Status().Term == 0 {
		s.log.Stand() // a trial begins with an ensemble that is ready
	}
	return s
}

// changed handles a change of leadership: every server closes its clients' connections, as
// ZooKeeper's do when they go back to electing; clients connect again and have their sessions
// confirmed by the new leader.
func (s *server) changed(status consensus.Status) {
	s.reign, s.following, s.unread = 0, false, nil
	s.closeAll()
	switch status.Role {
	case consensus.Leader:
		s.log.Read(func(ok bool) { // so that everything that earlier leaders committed is applied
			if ok {
				s.beginReign()
			}
		})
	case consensus.Follower:
		if status.Leader != "" {
			s.report(status.Leader)
		}
	case consensus.PreCandidate, consensus.Candidate: // it will soon be clear who leads
	}
}

// beginReign gives every session its full timeout again (Z3).
func (s *server) beginReign() {
	s.reign = s.log.Status().Term
	s.sessions = tracker{tick: s.timing.Tick, phase: s.sessions.phase}
	for _, each := range s.tree.Sessions() {
		s.sessions.add(s.clock(), each.ID, each.Timeout, connID{})
	}
	s.expireAtTick(s.reign)
	if s.timing.Reap > 0 {
		s.reapContainers(s.reign)
	}
	for _, id := range s.members {
		if id != s.host.ID() {
			s.host.Post(id, upToDate{})
		}
	}
}

// leads reports whether this server is the leader and knows the sessions.
func (s *server) leads() bool {
	status := s.log.Status()
	return s.reign != 0 && status.Role == consensus.Leader && status.Term == s.reign
}

// serves reports whether clients may be answered: by the leader, and by a follower whose leader has
// heard it within the sync limit.
func (s *server) serves() bool {
	return s.leads() || s.following && s.host.Now()-s.reported < s.timing.SyncLimit
}

// clock is the clock that sessions are counted on (Z3): System.nanoTime since 3.5.1 and 3.4.11, the
// wall clock before.
func (s *server) clock() time.Duration {
	if s.timing.WallClock {
		return s.host.Wall().Sub(virtual.Epoch)
	}
	return s.host.Now()
}

// expireAtTick looks for expired sessions at the next tick, by the leader's present clock, and
// closes them through the log.
func (s *server) expireAtTick(reign uint64) {
	now := s.clock()
	s.host.After(s.sessions.nextTick(now)-now, func() {
		if !s.leads() || s.reign != reign {
			return
		}
		for _, id := range s.sessions.expire(s.clock()) {
			s.log.Propose(proposal{Command: Command{Kind: CommandClose, Session: id}}, func(any, bool) {})
		}
		s.expireAtTick(reign)
	})
}

// reapContainers removes the lock's parent, if it is a container, whenever it is empty.
func (s *server) reapContainers(reign uint64) {
	s.host.After(s.timing.Reap, func() {
		if !s.leads() || s.reign != reign {
			return
		}
		if s.tree.Reapable() {
			s.log.Propose(proposal{Command: Command{Kind: CommandReap}}, func(any, bool) {})
		}
		s.reapContainers(reign)
	})
}

// everyBeat reports to the leader, or closes the connections of a server that has none.
func (s *server) everyBeat() {
	if leader := s.log.Status().Leader; leader != "" && leader != s.host.ID() {
		s.report(leader)
	}
	if !s.serves() {
		s.closeAll()
	}
	s.host.After(s.timing.beat(), s.everyBeat)
}

// report tells the leader which clients were heard since its last acknowledgement.
func (s *server) report(leader sim.HostID) {
	var ids []uint64
	for i := range s.unread {
		if s.unread[i].at == 0 {
			s.unread[i].at = s.host.Now()
		}
		ids = append(ids, s.unread[i].session)
	}
	s.host.Post(leader, touched{at: s.host.Now(), sessions: ids})
}

// touch records that this server heard a session's client.
func (s *server) touch(session uint64) {
	switch i := slices.IndexFunc(s.unread, func(h heard) bool { return h.session == session }); {
	case s.leads():
		s.sessions.touch(s.clock(), session)
	case i >= 0:
		s.unread[i].at = 0
	default:
		s.unread = append(s.unread, heard{session: session})
	}
}

// receive handles messages from clients and other servers.
func (s *server) receive(from sim.HostID, message any) {
	switch m := message.(type) {
	case hello:
		s.open(from, m)
	case request:
		s.take(from, m)
	case forward:
		s.lead(m.proposal)
	case upToDate:
		if from == s.log.Status().Leader {
			s.report(from)
		}
	case touched:
		if s.leads() {
			for _, id := range m.sessions {
				s.sessions.touch(s.clock(), id)
			}
			s.host.Post(from, touchedAck{at: m.at})
		}
	case touchedAck:
		if from == s.log.Status().Leader {
			s.following, s.reported = true, m.at
			s.unread = slices.DeleteFunc(s.unread, func(h heard) bool { return h.at != 0 && h.at <= m.at })
		}
	case revalidate:
		if s.leads() {
			s.host.Post(from, s.judge(m))
		}
	case revalidated:
		s.admit(m)
	}
}

// submit brings a change to the leader.
func (s *server) submit(p proposal) {
	if s.leads() {
		s.lead(p)
		return
	}
	s.toLeader(forward{p})
}

// toLeader sends a message to the leader. If there is none it is dropped, and the clients that wait
// for its result are about to be disconnected.
func (s *server) toLeader(message any) {
	if leader := s.log.Status().Leader; leader != "" {
		s.host.Post(leader, message)
	}
}

// lead puts a change into the log, unless it comes over a connection that its client has given up
// for another (SessionMovedException).
func (s *server) lead(p proposal) {
	if !s.leads() || p.Kind != CommandOpen && !s.sessions.owns(p.Session, p.from.conn) {
		return
	}
	s.log.Propose(p, func(any, bool) {})
}

// apply executes a committed change, on each server in the order of the log.
func (s *server) apply(e consensus.Entry) any {
	p := e.Command.(proposal)
	before, held := s.tree.Holder()
	r := s.tree.Apply(Zxid(e.Term, e.Index), p.Command)
	if p.Kind == CommandOpen && s.leads() {
		s.sessions.add(s.clock(), r.Session, p.Timeout, p.from.conn)
	}
	if p.Kind == CommandClose {
		s.sessions.drop(p.Session)
	}
	s.recorder.saw(e.Index, s.tree, Change{Kind: p.Kind, Client: p.from.client, Removed: r.Removed, Held: held, Before: before})
	s.recorder.flush(s.host)
	s.tell(p, r)
	return nil
}
