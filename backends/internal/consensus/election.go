package consensus

import "time"

// askForVotes makes the member stand: first as a PreCandidate, which changes nothing for the
// others, then as a Candidate in a new term.
func (n *Node) askForVotes(now time.Duration, as Role) {
	n.role, n.leader = as, ""
	n.postponeElection(now)
	kind := AskPreVote
	if as == Candidate {
		kind = AskVote
		n.state.Term, n.state.Vote, n.unsaved = n.state.Term+1, n.id, true
	}
	for _, p := range n.peers {
		p.voted = false
		n.send(Message{Kind: kind, To: p.id, LastIndex: n.Last(), LastTerm: n.termAt(n.Last())})
	}
	n.tally(now)
}

// answerCandidate votes: once per term, and only for a log that has at least everything that this
// one has (section 5.4.1). A pre-vote is not binding.
func (n *Node) answerCandidate(now time.Duration, m Message) {
	last := n.Last()
	upToDate := m.LastTerm > n.termAt(last) || m.LastTerm == n.termAt(last) && m.LastIndex >= last
	if m.Kind == AskPreVote {
		n.send(Message{Kind: PreVote, To: m.From, Granted: upToDate && m.Term == n.state.Term})
		return
	}
	free := n.state.Vote == "" || n.state.Vote == m.From
	granted := upToDate && free && m.Term == n.state.Term
	if granted {
		n.state.Vote, n.unsaved = m.From, true
		n.postponeElection(now)
	}
	n.send(Message{Kind: Vote, To: m.From, Granted: granted})
}

// countVote records an answer to askForVotes.
func (n *Node) countVote(now time.Duration, m Message) {
	expected := map[Role]Kind{PreCandidate: PreVote, Candidate: Vote}[n.role]
	if m.Kind != expected || m.Term != n.state.Term || !m.Granted {
		return
	}
	n.peer(m.From).voted = true
	n.tally(now)
}

// tally goes on to the next step once a majority supports this member.
func (n *Node) tally(now time.Duration) {
	votes := 0
	for _, p := range n.peers {
		if p.voted {
			votes++
		}
	}
	if !n.majority(votes) {
		return
	}
	switch n.role {
	case PreCandidate:
		n.askForVotes(now, Candidate)
	case Candidate:
		n.lead(now)
	case Follower, Leader: // do not stand
	}
}

// lead makes the member the leader of its term. Its first entry is empty; committing it commits
// everything that earlier leaders left (section 8).
func (n *Node) lead(now time.Duration) {
	n.role, n.leader = Leader, n.id
	for _, p := range n.peers {
		p.next, p.match, p.round, p.active = n.Last()+1, 0, n.round, false
	}
	n.quorumDue = now + n.timing.Election
	n.Propose(now, nil)
}

// keepQuorum checks, every election timeout, whether a majority has answered since the last check.
// A leader without one steps down: by then another may lead the majority.
func (n *Node) keepQuorum(now time.Duration) bool {
	active := 0
	for _, p := range n.peers {
		if p.active {
			active++
		}
		p.active = false
	}
	if !n.majority(active) {
		n.follow(now, n.state.Term, "")
		return false
	}
	n.quorumDue = now + n.timing.Election
	return true
}
