package consensus

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Role is a member's present role.
type Role string

// The roles of Raft (section 5.1), and the candidate that has not spent a term yet.
const (
	Follower     Role = "follower"
	PreCandidate Role = "pre-candidate"
	Candidate    Role = "candidate"
	Leader       Role = "leader"
)

// Timing is how long members wait, each on its own monotonic clock.
type Timing struct {
	// Election is the least time that a follower goes without a leader before it stands; each time,
	// the wait is drawn between one and two of it. A leader that does not hear from a majority
	// within it steps down.
	Election  time.Duration
	Heartbeat time.Duration // the longest time between two messages of a leader
}

// State is what a member must not forget: it is on disk before any other member hears of it.
type State struct {
	Term uint64
	Vote sim.HostID // who got this member's vote in Term; "" if nobody
	Log  []Entry    // entry i is at i-1
}

// Status is what a member knows about itself and the others.
type Status struct {
	Role   Role
	Term   uint64
	Leader sim.HostID // "" if not known
}

// Node is one member as a pure state machine: time is passed in, and Take returns what has to be
// saved and sent. Its methods are named after what happens to it.
type Node struct {
	id     sim.HostID
	timing Timing
	random func() uint64
	peers  []*peer // the other members
	state  State

	role   Role
	leader sim.HostID
	commit uint64 // the log is committed up to here
	round  uint64 // of the leader's messages

	electionDue  time.Duration // when to stand; not for a leader
	heard        time.Duration // when the leader was last heard
	heartbeatDue time.Duration // a leader's next message
	quorumDue    time.Duration // when a leader checks for its majority
	deposed      time.Duration // when the member last ceased to lead; -1 means never

	unsaved bool
	outbox  []Message
	emptied []Message // room for the next outbox
	values  []uint64  // room for ofMajority
}

// peer is a member's record of another one.
type peer struct {
	id     sim.HostID
	voted  bool   // for this candidate
	next   uint64 // the entry to send it next
	match  uint64 // its log is known to agree up to here
	round  uint64 // the latest message that it has answered
	active bool   // it has answered since the leader's last check
}

// NewNode makes a member that remembers state, at the time now.
func NewNode(id sim.HostID, members []sim.HostID, timing Timing, random func() uint64, state State, now time.Duration) *Node {
	n := &Node{id: id, timing: timing, random: random, state: state, role: Follower, deposed: -1}
	for _, m := range members {
		if m != id {
			n.peers = append(n.peers, &peer{id: m})
		}
	}
	n.postponeElection(now)
	return n
}

// Status returns what the member knows.
func (n *Node) Status() Status { return Status{Role: n.role, Term: n.state.Term, Leader: n.leader} }

// Commit is the index up to which the member knows the log to be committed.
func (n *Node) Commit() uint64 { return n.commit }

// Entry returns an entry of the log, which must exist.
func (n *Node) Entry(index uint64) Entry { return n.state.Log[index-1] }

// Last is the index of the last entry; 0 means that the log is empty.
func (n *Node) Last() uint64 { return uint64(len(n.state.Log)) }

// Due is when Tick has something to do.
func (n *Node) Due() time.Duration {
	if n.role == Leader {
		return min(n.heartbeatDue, n.quorumDue)
	}
	return n.electionDue
}

// Take returns what has to be done, in this order: save the state if there is one, and only then
// send the messages.
func (n *Node) Take() (save *State, send []Message) {
	if n.unsaved {
		s := n.state
		s.Log = slices.Clip(s.Log) // appending to it makes a copy
		save = &s
	}
	send = n.outbox
	n.unsaved, n.outbox, n.emptied = false, n.emptied, nil
	return save, send
}

// Reuse takes back what Take returned, once it has been sent.
func (n *Node) Reuse(sent []Message) {
	if n.emptied == nil {
		n.emptied = sent[:0]
	}
}

// Tick does what is due by the clock.
func (n *Node) Tick(now time.Duration) {
	if n.role != Leader {
		if now >= n.electionDue {
			n.askForVotes(now, PreCandidate)
		}
		return
	}
	if now >= n.quorumDue && !n.keepQuorum(now) {
		return
	}
	if now >= n.heartbeatDue {
		n.broadcast(now)
	}
}

// Step handles a message.
func (n *Node) Step(now time.Duration, m Message) {
	asks := m.Kind == AskPreVote || m.Kind == AskVote
	if asks && n.hearsLeader(now) {
		return // a member that lost sight of a leader must not depose it (Raft, section 6)
	}
	if m.Term > n.state.Term {
		n.follow(now, m.Term, "")
	}
	switch m.Kind {
	case AskPreVote, AskVote:
		n.answerCandidate(now, m)
	case PreVote, Vote:
		n.countVote(now, m)
	case Append:
		n.answerLeader(now, m)
	case Appended:
		n.countAppended(now, m)
	default:
		panic(fmt.Sprintf("a member gets the unknown message %v", m.Kind))
	}
}

// follow makes the member a follower in a term.
func (n *Node) follow(now time.Duration, term uint64, leader sim.HostID) {
	if term > n.state.Term {
		n.state.Term, n.state.Vote, n.unsaved = term, "", true
	}
	if n.role == Leader {
		n.deposed = now
	}
	n.role, n.leader = Follower, leader
	n.postponeElection(now)
}

// hearsLeader reports whether there is a leader as far as the member knows.
func (n *Node) hearsLeader(now time.Duration) bool {
	return n.role == Leader || n.leader != "" && now-n.heard < n.timing.Election
}

// postponeElection draws when to stand, so that members seldom stand at once (section 5.2).
func (n *Node) postponeElection(now time.Duration) {
	n.electionDue = now + n.timing.Election + time.Duration(n.random()%uint64(n.timing.Election))
}

func (n *Node) send(m Message) {
	m.From, m.Term = n.id, n.state.Term
	n.outbox = append(n.outbox, m)
}

func (n *Node) peer(id sim.HostID) *peer {
	i := slices.IndexFunc(n.peers, func(p *peer) bool { return p.id == id })
	return n.peers[i]
}

// majority reports whether this many others are a majority together with the member itself.
func (n *Node) majority(others int) bool { return 2*(others+1) > len(n.peers)+1 }

// termAt is the term of a log entry, 0 before the first.
func (n *Node) termAt(index uint64) uint64 {
	if index == 0 {
		return 0
	}
	return n.state.Log[index-1].Term
}
