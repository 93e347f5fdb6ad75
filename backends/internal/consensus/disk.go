package consensus

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// A member saves its log in the same loop that ticks, sends, and tells the server what it has
// learnt (etcd, etcdserver/raft.go, raftNode.start). Until the disk is done, that loop waits, and
// only the algorithm goes on.

// save puts the state on the disk. A leader sends while it saves: its own disk is one of those that
// count towards the majority, and the others need not wait for it (Ongaro's dissertation, section
// 10.2.1, and raftNode.start). All others send only what is saved.
//
// Until the disk is done, messages and proposals go into the algorithm but nothing comes out:
// neither answers, nor what is committed, nor that another member leads.
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

// Post sends a message to another member, in order with those of the algorithm: not before the disk
// is done.
func (s *Server) Post(to sim.HostID, message any) {
	if s.saving {
		s.behind = append(s.behind, func() { s.host.Post(to, message) })
		return
	}
	s.host.Post(to, message)
}

// TickedAt returns when the algorithm's clock last moved, on the host's monotonic clock. It does
// not move while the member waits for its disk.
func (s *Server) TickedAt() time.Duration {
	if s.saving {
		return s.stopped
	}
	return s.host.Now()
}

// clock is the algorithm's clock. A member ticks in the same loop that saves its log, so the clock
// stands still while that loop waits for the disk (etcd, etcdserver/raft.go, raftNode.start).
func (s *Server) clock() time.Duration { return s.TickedAt() - s.lost }
