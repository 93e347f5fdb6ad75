package sentinel

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// deployment is the set of hosts and what their configuration files say.
type deployment struct {
	servers   []sim.HostID // the first one is the first master
	sentinels []sim.HostID
	quorum    int // how many Sentinels must find the master down

	lag         time.Duration // from a write on the master until it is sent
	minReplicas int
	maxLag      time.Duration

	downAfter       time.Duration
	failoverTimeout time.Duration
	tilt            time.Duration // how long a Sentinel does not act after its clock has jumped
}

// tiltPeriod returns that time: 30 s, as in Sentinel, for a lease of 10 s, and three leases for any
// other, so that it means the same to a lock in both worlds.
func tiltPeriod(ttl time.Duration) time.Duration { return 3 * ttl }

func deploy(s backends.Settings) *deployment {
	d := &deployment{
		servers: []sim.HostID{MasterID},
		lag:     s.Span(optionLag), minReplicas: s.Int(optionMinReplicas), maxLag: s.Span(optionMaxLag),
		downAfter: s.Span(optionDownAfter), failoverTimeout: s.Span(optionFailoverTimeout),
		tilt: tiltPeriod(s.TTL),
	}
	for n := range s.Int(optionReplicas) {
		d.servers = append(d.servers, ReplicaID(n+1))
	}
	for n := range s.Int(optionSentinels) {
		d.sentinels = append(d.sentinels, ID(n+1))
	}
	if d.quorum = s.Int(optionQuorum); d.quorum == 0 {
		d.quorum = d.majority() // as in the documented example, 2 of 3
	}
	return d
}

// majority is the smallest number of Sentinels that is more than half of them.
func (d *deployment) majority() int { return len(d.sentinels)/2 + 1 }

// playing returns the hosts that play a role when this server is the master; "" means that there is
// none. All other servers are replicas.
func (d *deployment) playing(role sim.Role, master sim.HostID) []sim.HostID {
	switch {
	case master == "":
		return nil
	case role == sim.Master:
		return []sim.HostID{master}
	case role == sim.Replica:
		return slices.DeleteFunc(slices.Clone(d.servers), func(id sim.HostID) bool { return id == master })
	}
	return nil
}
