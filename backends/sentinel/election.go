package sentinel

import (
	"github.com/locklab/locklab/sim"
)

// objectivelyDown reports whether enough Sentinels, including this one, find the master down.
func (s *sentinel) objectivelyDown() bool {
	if !s.server(s.config.master).down() {
		return false
	}
	agree := 1
	for _, p := range s.peers {
		if p.masterDown {
			agree++
		}
	}
	return agree >= s.with.Quorum
}

// consult asks the other Sentinels whether they find the master down too and, if this one has begun
// a failover, for their votes. atOnce means that it has just begun one and does not wait for the
// next period.
func (s *sentinel) consult(atOnce bool) {
	now := s.host.Wall()
	for _, p := range s.peers {
		if now.Sub(p.replied) > 5*askPeriod { // what it said is too old to count
			p.masterDown, p.leader = false, ""
		}
		if !s.server(s.config.master).down() || !atOnce && now.Sub(p.asked) < askPeriod {
			continue
		}
		p.asked = now
		question := isMasterDown{master: s.config.master, epoch: s.config.epoch}
		if s.failover.state != none {
			question.candidate = s.host.ID()
		}
		s.ask(p.id, question, func(reply any) {
			o := reply.(opinion)
			p.replied, p.masterDown = s.host.Wall(), o.down
			if o.leader != "" {
				p.leader, p.leaderEpoch = o.leader, o.leaderEpoch
			}
		})
	}
}

// opinion answers another Sentinel. In TILT a Sentinel does not call a master down.
func (s *sentinel) opinion(r isMasterDown) (o opinion) {
	if r.master != s.config.master {
		return opinion{}
	}
	o.down = s.tilted.IsZero() && s.server(r.master).down()
	if r.candidate != "" {
		o.leader, o.leaderEpoch = s.vote(r.epoch, r.candidate)
	}
	return o
}

// vote gives this Sentinel's vote in an epoch to the first candidate that asks, and returns the
// candidate that has it. The vote is on disk before it is given.
func (s *sentinel) vote(epoch uint64, candidate sim.HostID) (leader sim.HostID, leaderEpoch uint64) {
	if epoch > s.config.epoch {
		s.config.epoch = epoch
		s.save()
	}
	if s.config.leaderEpoch < epoch && s.config.epoch <= epoch {
		s.config.leader, s.config.leaderEpoch = candidate, epoch
		s.save()
		if candidate != s.host.ID() {
			// A Sentinel that voted for another lets that one try first.
			s.failover.began = s.host.Wall().Add(sim.Between(s.host, 0, maxDesync))
		}
	}
	return s.config.leader, s.config.leaderEpoch
}

// elected reports whether this Sentinel leads the failover of an epoch. It needs the votes of more
// than half of all existing Sentinels, not only of those it can reach, and at least as many as the
// quorum (R16).
func (s *sentinel) elected(epoch uint64) bool {
	leader, leaderEpoch := s.vote(epoch, s.host.ID()) // its own vote, unless another has it already
	votes := 0
	if leader == s.host.ID() && leaderEpoch == epoch {
		votes++
	}
	for _, p := range s.peers {
		if p.leader == s.host.ID() && p.leaderEpoch == epoch {
			votes++
		}
	}
	return epoch == s.config.epoch && votes >= max(s.with.Majority(), s.with.Quorum)
}
