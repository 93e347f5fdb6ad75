package consensus

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Config is what a member runs.
type Config struct {
	Members []sim.HostID
	Timing  Timing
	// Apply executes a committed command. Every member calls it for every command, in the order of
	// the log, starting with the first one each time its host is switched on. Its result goes to
	// the proposer of the command on this member.
	Apply func(Entry) any
	// Changed, if not nil, is called when the member's role, term or leader has changed.
	Changed func(Status)
	// Receive gets the messages posted to this host that are not consensus; if it is nil they are
	// dropped.
	Receive func(from sim.HostID, message any)
}

// stateFile is the member's file on its host's disk.
const stateFile = "consensus"

// reconnectAfter is how long a member hears nothing from another before it closes its connection
// there and opens a new one, which does not wait for the old one's next retransmission (etcd 3.5,
// rafthttp: ConnReadTimeout and ConnWriteTimeout).
const reconnectAfter = 5 * time.Second

// Server runs a Node on a simulated host. It lives from one start of the host to the next crash;
// create it in the function passed to virtual.Host.Boot. Its callbacks run outside any process, may
// call it, and must not block.
type Server struct {
	host    *virtual.Host
	config  Config
	node    *Node
	applied uint64
	known   Status // as last passed to Changed
	pending []proposal
	reads   []read
	contact []contact
	spare   []*Message // have been read, and can be sent anew
	busy    bool
	timer   *virtual.Timer
	armed   bool          // the timer will fire
	due     time.Duration // when it does

	saving  bool          // it waits for the disk; since:
	stopped time.Duration // and with this to do afterwards:
	behind  []func()
	settled bool          // it was Established when it began to wait
	lost    time.Duration // how long it has waited in total
}

type proposal struct {
	index, term uint64
	done        func(result any, ok bool)
}

type read struct {
	round, term uint64
	done        func(ok bool)
}

// contact is when another member was last heard, or its connection opened anew.
type contact struct {
	id    sim.HostID
	since time.Duration
}

// Start starts the member with what its disk kept.
func Start(h *virtual.Host, c Config) *Server {
	var state State
	if kept, ok := h.Disk().Read(stateFile); ok {
		state = kept.(State)
	}
	s := &Server{host: h, config: c, node: NewNode(h.ID(), c.Members, c.Timing, h.Uint64, state, h.Now())}
	s.known = s.node.Status()
	for _, m := range c.Members {
		s.contact = append(s.contact, contact{id: m, since: h.Now()})
	}
	h.Receive(s.receive)
	s.rearm()
	return s
}

// Status returns what the algorithm knows.
func (s *Server) Status() Status { return s.node.Status() }

// Deposed reports whether the member has ceased to lead at this very moment.
func (s *Server) Deposed() bool { return s.node.role != Leader && s.node.deposed == s.clock() }

// Known returns the status that the member's user was last told. It is out of date while the member
// waits for its disk.
func (s *Server) Known() Status { return s.known }

// Established reports whether the member leads and has applied everything that earlier leaders
// committed, as far as its user has been told.
func (s *Server) Established() bool {
	if s.saving {
		return s.settled
	}
	n := s.node
	return n.role == Leader && n.termAt(n.commit) == n.state.Term && s.applied == n.commit
}

// Log returns a copy of the member's log.
func (s *Server) Log() []Entry { return slices.Clone(s.node.state.Log) }

// Applied returns the index of the last entry that the member has applied.
func (s *Server) Applied() uint64 { return s.applied }

// Stand makes the member stand for election now, instead of waiting until it misses a leader.
func (s *Server) Stand() {
	s.do(func(now time.Duration) { s.node.askForVotes(now, PreCandidate) })
}

// Propose puts a command into the log. It returns false if the member does not lead; the command
// then certainly has no effect. Otherwise done gets the result once the command is applied here, or
// ok false once another leader's entry has taken its place. Until then, which may be forever, the
// outcome is unknown.
func (s *Server) Propose(command any, done func(result any, ok bool)) bool {
	leads := false
	s.do(func(now time.Duration) {
		var p proposal
		p.index, p.term, leads = s.node.Propose(now, command)
		if p.done = done; leads {
			s.pending = append(s.pending, p)
		}
	})
	return leads
}

// Read calls done(true) once the state machine shows everything that was acknowledged before the
// call, or done(false) if the member does not lead, or no longer does.
func (s *Server) Read(done func(ok bool)) {
	s.do(func(now time.Duration) {
		// Without leadership the read has no term, and fails as soon as it is looked at.
		r := read{done: done}
		if round, ok := s.node.Read(now); ok {
			r.round, r.term = round, s.node.Status().Term
		}
		s.reads = append(s.reads, r)
	})
}

func (s *Server) receive(from sim.HostID, message any) {
	m, ok := message.(*Message)
	if !ok {
		if s.config.Receive != nil {
			s.config.Receive(from, message)
		}
		return
	}
	s.contactOf(from).since = s.host.Now()
	s.node.Step(s.clock(), *m)
	s.spare = append(s.spare, m)
	s.thenGoOn()
}

func (s *Server) contactOf(id sim.HostID) *contact {
	return &s.contact[slices.IndexFunc(s.contact, func(c contact) bool { return c.id == id })]
}

// do makes something happen to the node and then does everything that follows from it. What
// callbacks start meanwhile is done before the outermost do ends.
func (s *Server) do(happen func(now time.Duration)) {
	happen(s.clock())
	s.thenGoOn()
}

// thenGoOn does what follows, unless the member is at it or waits for its disk.
func (s *Server) thenGoOn() {
	if !s.busy && !s.saving {
		s.goOn()
	}
}

// goOn does everything that follows from what has happened, until the member waits for its disk.
func (s *Server) goOn() {
	s.busy = true
	for !s.saving && s.work() {
		if s.host.Down() { // a step of the scenario crashed the host while it recorded an event
			return
		}
	}
	s.busy = false
	s.rearm()
}

// work does one of the remaining things; false means that nothing is left.
func (s *Server) work() bool {
	save, send := s.node.Take()
	if save != nil {
		return s.save(*save, send)
	}
	s.postAll(send)
	s.node.Reuse(send)
	return s.follow()
}

func (s *Server) postAll(messages []Message) {
	for _, m := range messages {
		s.post(m)
	}
}

// follow does one thing that follows from the algorithm's state; false means that nothing does.
func (s *Server) follow() bool {
	status := s.node.Status()
	switch {
	case s.applied < s.node.Commit():
		s.applied++
		s.apply(s.node.Entry(s.applied))
	case status != s.known:
		s.known = status
		if s.config.Changed != nil {
			s.config.Changed(status)
		}
	default:
		return s.answerRead(status)
	}
	return true
}

func (s *Server) post(m Message) {
	c := s.contactOf(m.To)
	if s.host.Now()-c.since > reconnectAfter {
		c.since = s.host.Now()
		s.host.HangUp(m.To)
	}
	message := &Message{}
	if last := len(s.spare) - 1; last >= 0 {
		message, s.spare = s.spare[last], s.spare[:last]
	}
	*message = m
	s.host.Post(m.To, message)
}

func (s *Server) apply(e Entry) {
	var result any
	if e.Command != nil {
		result = s.config.Apply(e)
	}
	var mine []proposal
	s.pending = slices.DeleteFunc(s.pending, func(p proposal) bool {
		if p.index != e.Index {
			return false
		}
		mine = append(mine, p)
		return true
	})
	for _, p := range mine {
		if p.term == e.Term {
			p.done(result, true)
		} else {
			p.done(nil, false)
		}
	}
}

// answerRead answers the first read that can be answered; false means that there is none.
func (s *Server) answerRead(status Status) bool {
	for i, r := range s.reads {
		failed := status.Role != Leader || status.Term != r.term
		if failed || r.round <= s.node.Confirmed() {
			s.reads = slices.Delete(s.reads, i, i+1)
			r.done(!failed)
			return true
		}
	}
	return false
}

// rearm makes sure that the timer fires no later than the node is due. If it fires early, because
// the leader has been heard since, it is set again.
func (s *Server) rearm() {
	due := s.node.Due()
	if s.armed && s.due <= due {
		return
	}
	s.due, s.armed = due, true
	if s.timer == nil {
		s.timer = s.host.After(due-s.clock(), s.tick)
		return
	}
	s.timer.Reset(due - s.clock())
}

// tick lets the algorithm do what is due.
func (s *Server) tick() {
	s.armed = false
	if !s.saving { // else it is set again when the disk is done
		s.do(s.node.Tick)
	}
}
