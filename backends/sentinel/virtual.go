package sentinel

import (
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate switches the servers and the Sentinels on. Its roles are "master" and "replica".
func (Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	w.SetRoles(start(w, s).role)
	return func(h *virtual.Host) backends.Lock { return redis.NewLock(h, dial(h, s), s) }
}

// dial gives a client host its port.
func dial(h *virtual.Host, s backends.Settings) *port {
	return &port{
		host: h, sentinels: slices.Clone(deploy(s).sentinels),
		replicas: s.Int(optionWait), waitTimeout: s.Span(optionWaitTimeout),
	}
}

// service is all of it, as only a simulation can see it.
type service struct {
	*deployment
	nodes  []*server
	guards []*sentinel
	over   map[string]bool // locks that a server has recorded the end of
}

func start(w *virtual.World, s backends.Settings) *service {
	all := &service{deployment: deploy(s), over: map[string]bool{}}
	for _, id := range all.servers {
		all.nodes = append(all.nodes, startServer(w.Host(id), all))
	}
	for _, id := range all.sentinels {
		all.guards = append(all.guards, startSentinel(w.Host(id), all.deployment))
	}
	return all
}

// isGone tells whether no server that is switched on knows of a lock any more, which
// nobody has ended.
func (a *service) isGone(value string) bool {
	return !a.over[value] && !slices.ContainsFunc(a.nodes, func(s *server) bool {
		return !s.host.Down() && s.data.holds(value)
	})
}

// role says who plays a part at this moment. The master is whom more than half of all
// Sentinels name; while they disagree there is none. Replicas are all other servers.
func (a *service) role(name string) []sim.HostID {
	master := a.master()
	if name == "master" && master != "" {
		return []sim.HostID{master}
	}
	if name != "replica" || master == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.servers), func(id sim.HostID) bool { return id == master })
}

func (a *service) master() sim.HostID {
	for _, id := range a.servers {
		votes := 0
		for _, s := range a.guards {
			if !s.host.Down() && s.masterNow() == id {
				votes++
			}
		}
		if votes >= a.majority() {
			return id
		}
	}
	return ""
}
