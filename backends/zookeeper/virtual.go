package zookeeper

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate puts the ensemble on its hosts.
func (b Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	e := &ensemble{world: w, members: b.Servers(s), running: make([]*server, s.Int(optionServers))}
	t, seen := TimingOf(s), &recorder{token: tokenOf(s)}
	for i, id := range e.members {
		h := w.Host(id)
		h.Boot(func() { e.running[i] = boot(h, e.members, t, seen) })
	}
	w.SetRoles(e.role)
	return func(h *virtual.Host) backends.Lock {
		own := s.Of(h.ID())
		l := newLibrary(h, e.members, own.TTL, b.Profile.Races())
		h.After(readyAfter, l.connect)
		return NewLock(h, l, own)
	}
}

// readyAfter is when the clients of a trial begin to connect: an ensemble that has just been
// switched on needs a few round trips until it serves.
const readyAfter = 20 * time.Millisecond

// ensemble is all the servers.
type ensemble struct {
	world   *virtual.World
	members []sim.HostID
	running []*server
}

// role returns the hosts that play a role at this moment: the leader; the smallest majority with
// the leader in it; the minority that is left.
func (e *ensemble) role(role string) []sim.HostID {
	leader := -1
	term := uint64(0)
	for i, s := range e.running {
		if st := s.log.Status(); !s.host.Down() && st.Role == consensus.Leader && st.Term > term {
			leader, term = i, st.Term
		}
	}
	return Playing(sim.Role(role), e.members, leader)
}

// Playing returns the hosts that play a role when the member with this index leads; a negative
// index means that none does.
func Playing(role sim.Role, members []sim.HostID, leader int) []sim.HostID {
	if leader < 0 && role == sim.Leader {
		return nil
	}
	first, half := max(leader, 0), len(members)/2+1
	inOrder := append(append([]sim.HostID(nil), members[first:]...), members[:first]...)
	switch role {
	case sim.Leader:
		return inOrder[:1]
	case sim.Majority:
		return inOrder[:half]
	case sim.Minority:
		return inOrder[half:]
	}
	return nil
}
