package etcd

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// cluster is what the members share.
type cluster struct {
	world           *virtual.World
	members         []sim.HostID
	running         []*member // the latest start of each
	leadershipCheck bool
	timing          consensus.Timing
	recorder        recorder
}

// Simulate puts the members on their hosts.
func (b Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	c := &cluster{
		world: w, members: b.Servers(s), leadershipCheck: s.On(OptionLeadership), timing: TimingOf(s),
		recorder: recorder{Succession: Succession{Token: tokenOf(s)}},
	}
	c.running = make([]*member, len(c.members))
	for i, id := range c.members {
		h := w.Host(id)
		h.Boot(func() { c.running[i] = c.boot(h) })
	}
	w.SetRoles(c.role)
	if s.Inside {
		w.Host(c.members[0]).Record(ledger.Opened())
	}
	return func(h *virtual.Host) backends.Lock {
		own := s.Of(h.ID())
		return NewLock(h, newSimulatedPort(h, c.hosts(), own.Span(OptionTCP)), own)
	}
}

func (c *cluster) hosts() (hosts []*virtual.Host) {
	for _, id := range c.members {
		hosts = append(hosts, c.world.Host(id))
	}
	return hosts
}

// role returns the members that play a role.
func (c *cluster) role(role string) []sim.HostID {
	return Divide(c.members, c.leader(), sim.Role(role))
}

// Divide returns the leader, a majority that contains the leader, or a minority that does not. An
// empty leader means that nobody leads.
func Divide(members []sim.HostID, leader sim.HostID, role sim.Role) []sim.HostID {
	switch role {
	case sim.Leader:
		if leader == "" {
			return nil
		}
		return []sim.HostID{leader}
	case sim.Majority, sim.Minority:
		var inOrder []sim.HostID // the leader first
		if leader != "" {
			inOrder = append(inOrder, leader)
		}
		for _, id := range members {
			if id != leader {
				inOrder = append(inOrder, id)
			}
		}
		half := len(inOrder)/2 + 1
		if role == sim.Majority {
			return inOrder[:half]
		}
		return inOrder[half:]
	}
	return nil
}

// leader is the member that leads the latest term, "" if none leads.
func (c *cluster) leader() (id sim.HostID) {
	latest := uint64(0)
	for _, m := range c.running {
		if s := m.raft.Status(); !m.host.Down() && s.Role == consensus.Leader && s.Term > latest {
			id, latest = m.host.ID(), s.Term
		}
	}
	return id
}
