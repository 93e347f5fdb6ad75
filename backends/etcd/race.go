package etcd

import "github.com/locklab/locklab/sim"

// proposedFirst is how often, in per cent, a leader that was stopped and continues takes a proposal
// before it has read that it was deposed. Both lie ready at once, and the goroutines that read them
// race for the loop of its raft (rafthttp, peer.go: startPeer; raft, node.go: run). It was counted
// with real members: 46 of 192 (docs/fidelity.md).
const proposedFirst = 24

// inTurn serves a request from another member, or from a client if from is empty. A proposal that
// waited while the member was stopped comes after everything that members sent it meanwhile. If the
// member was deposed, a draw decides whether the proposal came first: it is then in a log that
// nobody adopts, and its member waits for it in vain. Of the proposals that the new leader itself
// had passed on, none came first (0 of 47).
func (m *member) inTurn(from sim.HostID, request any, serve func()) {
	_, proposal := request.(Command)
	if !proposal || !m.host.Resumed() {
		serve()
		return
	}
	m.host.After(0, func() {
		deposed := m.raft.Deposed() && m.raft.Status().Leader != from
		if !deposed || m.host.Uint64()%100 >= proposedFirst {
			serve()
		}
	})
}
