package sentinel

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Deployment is the set of hosts and what their configuration files say.
type Deployment struct {
	Servers   []sim.HostID // the first one is the first master
	Sentinels []sim.HostID
	Quorum    int // how many Sentinels must find the master down

	Lag         time.Duration // from a write on the master until it is sent
	MinReplicas int
	MaxLag      time.Duration

	DownAfter       time.Duration
	FailoverTimeout time.Duration
	Tilt            time.Duration // how long a Sentinel does not act after its clock has jumped
}

// tiltPeriod returns that time: 30 s, as in Sentinel, for a lease of 10 s, and three leases for any
// other, so that it means the same to a lock in both worlds.
func tiltPeriod(ttl time.Duration) time.Duration { return 3 * ttl }

// Deploy returns the deployment with these settings.
func Deploy(s backends.Settings) *Deployment {
	d := &Deployment{
		Servers: []sim.HostID{MasterID},
		Lag:     s.Span(OptionLag), MinReplicas: s.Int(OptionMinReplicas), MaxLag: s.Span(OptionMaxLag),
		DownAfter: s.Span(OptionDownAfter), FailoverTimeout: s.Span(OptionFailoverTimeout),
		Tilt: tiltPeriod(s.TTL),
	}
	for n := range s.Int(OptionReplicas) {
		d.Servers = append(d.Servers, ReplicaID(n+1))
	}
	for n := range s.Int(OptionSentinels) {
		d.Sentinels = append(d.Sentinels, ID(n+1))
	}
	if d.Quorum = s.Int(OptionQuorum); d.Quorum == 0 {
		d.Quorum = d.Majority() // as in the documented example, 2 of 3
	}
	return d
}

// Majority is the smallest number of Sentinels that is more than half of them.
func (d *Deployment) Majority() int { return len(d.Sentinels)/2 + 1 }

// Playing returns the hosts that play a role when this server is the master; "" means that there is
// none. All other servers are replicas.
func (d *Deployment) Playing(role sim.Role, master sim.HostID) []sim.HostID {
	switch {
	case master == "":
		return nil
	case role == sim.Master:
		return []sim.HostID{master}
	case role == sim.Replica:
		return slices.DeleteFunc(slices.Clone(d.Servers), func(id sim.HostID) bool { return id == master })
	}
	return nil
}
