package sentinel

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate switches the servers and the Sentinels on. Its roles are "master" and "replica".
func (Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	w.SetRoles(start(w, s).role)
	return func(h *virtual.Host) backends.Lock {
		own := s.Of(h.ID())
		return redis.NewLock(h, dial(h, own), own)
	}
}

// dial gives a client host its port.
func dial(h *virtual.Host, s backends.Settings) *Port {
	return NewPort(h, simulatedNetwork{h}, Deploy(s).Sentinels, s)
}

// simulatedNetwork is the network of a simulated host.
type simulatedNetwork struct{ host *virtual.Host }

func (n simulatedNetwork) MasterOf(sentinel sim.HostID, timeout time.Duration) (sim.HostID, error) {
	r, err := n.host.Send(sentinel, masterAddress{}).Wait(timeout)
	if err != nil {
		return "", err
	}
	return r.(sim.HostID), nil
}

func (n simulatedNetwork) Command(server sim.HostID, c redis.Command, sent func(), left func() time.Duration) (Answer, error) {
	call := n.host.Send(server, c)
	if sent != nil {
		sent()
	}
	r, err := call.Wait(left())
	if err != nil {
		return Answer{}, err
	}
	return r.(Answer), nil
}

func (n simulatedNetwork) WaitReplicas(server sim.HostID, a Answer, replicas int, limit, timeout time.Duration) (int, error) {
	r, err := n.host.Send(server, wait{a.offset, replicas, limit}).Wait(timeout)
	if err != nil {
		return 0, err
	}
	return r.(int), nil
}

// service is the whole deployment, as only a simulation can see it.
type service struct {
	*Deployment
	nodes  []*server
	guards []*sentinel
	over   map[string]bool // locks whose end some server has recorded
}

func start(w *virtual.World, s backends.Settings) *service {
	all := &service{Deployment: Deploy(s), over: map[string]bool{}}
	for _, id := range all.Servers {
		all.nodes = append(all.nodes, startServer(w.Host(id), all))
	}
	for _, id := range all.Sentinels {
		all.guards = append(all.guards, startSentinel(w.Host(id), all.Deployment))
	}
	return all
}

// isGone reports whether no running server knows a lock any more although nobody ended it.
func (a *service) isGone(value string) bool {
	return !a.over[value] && !slices.ContainsFunc(a.nodes, func(s *server) bool {
		return !s.host.Down() && s.data.holds(value)
	})
}

// role returns the hosts that play a role at this moment.
func (a *service) role(name string) []sim.HostID { return a.Playing(sim.Role(name), a.master()) }

// master is the server that more than half of all Sentinels name; while they disagree there is
// none.
func (a *service) master() sim.HostID {
	for _, id := range a.Servers {
		votes := 0
		for _, s := range a.guards {
			if !s.host.Down() && s.masterNow() == id {
				votes++
			}
		}
		if votes >= a.Majority() {
			return id
		}
	}
	return ""
}
