package sentinel

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// deployment is who takes part, and what their configuration files say.
type deployment struct {
	servers   []sim.HostID // the first one is the master at first
	sentinels []sim.HostID

	lag         time.Duration // from a write on the master until it is sent
	minReplicas int
	maxLag      time.Duration

	downAfter       time.Duration
	failoverTimeout time.Duration
}

func deploy(s backends.Settings) *deployment {
	d := &deployment{
		servers: []sim.HostID{MasterID},
		lag:     s.Span(optionLag), minReplicas: s.Int(optionMinReplicas), maxLag: s.Span(optionMaxLag),
		downAfter: s.Span(optionDownAfter), failoverTimeout: s.Span(optionFailoverTimeout),
	}
	for n := range s.Int(optionReplicas) {
		d.servers = append(d.servers, ReplicaID(n+1))
	}
	for n := range s.Int(optionSentinels) {
		d.sentinels = append(d.sentinels, ID(n+1))
	}
	return d
}

// majority is how many Sentinels must vote for the one that fails over. It also serves as
// the quorum that must find the master down, as in the documented example (2 of 3).
func (d *deployment) majority() int { return len(d.sentinels)/2 + 1 }
