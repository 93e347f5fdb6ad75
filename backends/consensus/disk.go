package consensus

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// A member saves its log in the loop that also ticks, sends and tells the server what it has
// learnt (etcd, etcdserver/raft.go, raftNode.start). While the disk is not done, that loop
// waits, and only the algorithm goes on.

// save puts the state on the disk. A leader sends while it saves: its own disk is one of
// those that count towards the majority, and no condition for the others (Ongaro's
// dissertation, section 10.2.1, and raftNode.start). All others send what is saved.
//
// As long as the disk is not done, messages and proposals go into the algorithm, and nothing
// comes out: neither answers, nor what is committed, nor that another member leads.
func (s *Server) save(state State, send []Message) bool {
	s.host.Disk().Write(stateFile, state)
	if s.node.role == Leader {
		s.postAll(send)
		send = nil
	}
	s.settled, s.saving, s.stopped = s.Established(), true, s.host.Now()
	s.host.Disk().Sync(func() {
		s.lost += s.host.Now() - s.stopped
		s.saving = false
		s.postAll(send)
		for _, f := range s.behind {
			f()
		}
		s.behind = nil
		if !s.busy {
			s.goOn()
		}
	})
	return !s.saving && s.follow()
}

// Post sends a message to another member, in turn with those of the algorithm: not before
// the disk is done.
func (s *Server) Post(to sim.HostID, message any) {
	if s.saving {
		s.behind = append(s.behind, func() { s.host.Post(to, message) })
		return
	}
	s.host.Post(to, message)
}

// TickedAt tells when the algorithm's clock has moved last, on the host's monotonic clock: it
// does not while the member waits for its disk.
func (s *Server) TickedAt() time.Duration {
	if s.saving {
		return s.stopped
	}
	return s.host.Now()
}

// clock is the algorithm's. A member ticks in the same loop that saves its log, so the clock
// stands still while that waits for the disk (etcd, etcdserver/raft.go, raftNode.start).
func (s *Server) clock() time.Duration { return s.TickedAt() - s.lost }
