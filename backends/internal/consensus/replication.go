package consensus

import (
	"slices"
	"time"
)

// Propose puts a command at the end of the leader's log and sends it to the others. It returns the
// command's index and term; ok is false if the member does not lead. The command counts only once
// it is committed, and is lost forever if an entry of another term is committed at that index.
func (n *Node) Propose(now time.Duration, command any) (index, term uint64, ok bool) {
	if n.role != Leader {
		return 0, 0, false
	}
	e := Entry{Index: n.Last() + 1, Term: n.state.Term, Command: command}
	n.state.Log = append(n.state.Log, e)
	n.unsaved = true
	n.broadcast(now)
	n.advance(now) // a single member is a majority
	return e.Index, e.Term, true
}

// Read begins a linearizable read (section 8). Once Confirmed has reached the returned round, the
// member was still the leader after the read began, so the state machine, with everything applied
// that is committed by then, shows every write that was acknowledged before. ok is false if the
// member does not lead.
func (n *Node) Read(now time.Duration) (round uint64, ok bool) {
	if n.role != Leader {
		return 0, false
	}
	n.broadcast(now)
	return n.round, true
}

// Confirmed is the latest round that a majority has answered; 0 while the leader has not committed
// an entry of its own term and so may not know what is committed.
func (n *Node) Confirmed() uint64 {
	if n.role != Leader || n.termAt(n.commit) != n.state.Term {
		return 0
	}
	return n.ofMajority(n.round, func(p *peer) uint64 { return p.round })
}

// ofMajority is the highest value that a majority has reached, including the member's own.
func (n *Node) ofMajority(own uint64, of func(*peer) uint64) uint64 {
	values := append(n.values[:0], own)
	for _, p := range n.peers {
		values = append(values, of(p))
	}
	slices.Sort(values)
	n.values = values
	return values[(len(values)-1)/2]
}

// broadcast sends each of the others what it lacks; with nothing to send it is the heartbeat.
func (n *Node) broadcast(now time.Duration) {
	n.round++
	n.heartbeatDue = now + n.timing.Heartbeat
	for _, p := range n.peers {
		n.sendAppend(p)
	}
}

// sendAppend assumes that what it sends will arrive. If not, the next message does not fit the
// peer's log, and the answer says where to go on.
func (n *Node) sendAppend(p *peer) {
	previous := p.next - 1
	n.send(Message{
		Kind: Append, To: p.id, LastIndex: previous, LastTerm: n.termAt(previous),
		Entries: slices.Clip(n.state.Log[previous:]), Commit: n.commit, Round: n.round,
	})
	p.next = n.Last() + 1
}

// answerLeader takes the leader's entries into the log (section 5.3).
func (n *Node) answerLeader(now time.Duration, m Message) {
	if m.Term < n.state.Term { // a leader of the past; the answer's term tells it so
		n.send(Message{Kind: Appended, To: m.From, Round: m.Round})
		return
	}
	n.follow(now, m.Term, m.From)
	n.heard = now
	if m.LastIndex > n.Last() || n.termAt(m.LastIndex) != m.LastTerm {
		n.send(Message{Kind: Appended, To: m.From, LastIndex: n.tryNext(m), Round: m.Round})
		return
	}
	for _, e := range m.Entries {
		if e.Index <= n.Last() && n.termAt(e.Index) == e.Term {
			continue // already there
		}
		if e.Index <= n.Last() {
			// The differing entry, and all after it, were never committed. The array may be
			// shared with messages and the disk, so it is not overwritten: appending to the
			// clipped slice copies it.
			n.state.Log = slices.Clip(n.state.Log[:e.Index-1])
		}
		n.state.Log = append(n.state.Log, e)
		n.unsaved = true
	}
	agreed := m.LastIndex + uint64(len(m.Entries))
	n.commit = max(n.commit, min(m.Commit, agreed))
	n.send(Message{Kind: Appended, To: m.From, Granted: true, LastIndex: agreed, Round: m.Round})
}

// tryNext returns the last index at which the logs may agree, after they did not at the message's
// index. It skips entries of a later term than the leader has there.
func (n *Node) tryNext(m Message) uint64 {
	hint := min(m.LastIndex-1, n.Last())
	for hint > n.commit && n.termAt(hint) > m.LastTerm {
		hint--
	}
	return hint
}

// countAppended records an answer to an append.
func (n *Node) countAppended(now time.Duration, m Message) {
	if n.role != Leader || m.Term != n.state.Term {
		return
	}
	p := n.peer(m.From)
	p.active = true
	p.round = max(p.round, m.Round)
	if !m.Granted {
		p.next = max(p.match, min(m.LastIndex, p.next-1)) + 1
		n.sendAppend(p)
		return
	}
	p.match = max(p.match, m.LastIndex)
	p.next = max(p.next, p.match+1)
	n.advance(now)
}

// advance commits what a majority has, but only up to an entry of the leader's own term: an older
// one may yet be replaced although a majority has it (section 5.4.2).
func (n *Node) advance(now time.Duration) {
	index := n.ofMajority(n.Last(), func(p *peer) uint64 { return p.match })
	if index > n.commit && n.termAt(index) == n.state.Term {
		n.commit = index
		n.broadcast(now) // so that the others learn it now and not at the next heartbeat
	}
}
