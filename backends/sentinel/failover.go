package sentinel

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// failoverState is how far a failover has come.
type failoverState int

// The states, in their order.
const (
	none failoverState = iota
	awaitElection
	selectReplica
	promote
	awaitPromotion
	reconfigure
)

// failover is one attempt of this Sentinel to replace the master.
type failover struct {
	state    failoverState
	epoch    uint64
	began    time.Time // or when it let another begin; the next attempt waits for twice failover-timeout
	changed  time.Time // when it entered this state
	promoted sim.HostID
}

func (s *sentinel) enter(state failoverState) {
	s.failover.state, s.failover.changed = state, s.host.Wall()
}

// abort gives up a failover. Its start time stays, so that the next attempt waits.
func (s *sentinel) abort() { s.failover = failover{began: s.failover.began} }

// startFailoverIfNeeded begins a failover in a new epoch if the master is objectively down and no
// other attempt began recently.
func (s *sentinel) startFailoverIfNeeded() bool {
	now := s.host.Wall()
	if s.failover.state != none || !s.objectivelyDown() || now.Sub(s.failover.began) < 2*s.with.FailoverTimeout {
		return false
	}
	s.config.epoch++
	s.save()
	s.failover = failover{epoch: s.config.epoch, began: now.Add(sim.Between(s.host, 0, maxDesync))}
	s.enter(awaitElection)
	return true
}

// continueFailover takes the next step of a failover if it is due.
func (s *sentinel) continueFailover() {
	now := s.host.Wall()
	late := now.Sub(s.failover.changed) > s.with.FailoverTimeout
	switch s.failover.state {
	case awaitElection:
		switch {
		case s.elected(s.failover.epoch):
			s.enter(selectReplica)
		case now.Sub(s.failover.began) > min(electionTimeout, s.with.FailoverTimeout):
			s.abort()
		}
	case selectReplica:
		best := s.bestReplica()
		if best == nil {
			s.abort()
			return
		}
		s.failover.promoted = best.id
		s.enter(promote)
	case promote:
		s.ask(s.failover.promoted, replicaOf{}, noMatter)
		s.enter(awaitPromotion)
	case awaitPromotion: // refresh sees it
		if late {
			s.abort()
		}
	case reconfigure:
		s.reconfigureReplicas(late)
	case none:
	}
}

// bestReplica chooses among the replicas that are up and were not out of contact with the master
// for long before it went down: the one with the most of the stream.
func (s *sentinel) bestReplica() *instance {
	now := s.host.Wall()
	master := s.server(s.config.master)
	longest := 10 * s.with.DownAfter
	if master.down() {
		longest += now.Sub(master.downSince)
	}
	var fit []*instance
	for _, i := range s.servers {
		stale := now.Sub(i.answered) > 5*pingPeriod || now.Sub(i.informed) > 5*infoPeriodInNeed
		if i != master && !i.down() && !stale && i.info.master != "" && i.info.unlinked <= longest {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return slices.MaxFunc(fit, func(a, b *instance) int {
		return cmp.Or(cmp.Compare(a.info.offset, b.info.offset), cmp.Compare(b.id, a.id))
	})
}

// promoted is called when the chosen replica says that it is a master: from now on this is the
// configuration, and the other Sentinels are told.
func (s *sentinel) promoted() {
	s.config.configEpoch = s.failover.epoch
	s.save()
	s.enter(reconfigure)
	s.greetAll()
}

// reconfigureReplicas makes the other replicas follow the new master, one at a time (parallel-syncs
// 1), and ends the failover when all of them do or it has taken too long.
func (s *sentinel) reconfigureReplicas(late bool) {
	busy, left := false, false
	for _, i := range s.servers {
		if i.id == s.config.master || i.id == s.failover.promoted || i.down() || i.following {
			continue
		}
		left = true
		if late || !i.ordered && !busy {
			i.ordered = true
			s.ask(i.id, replicaOf{s.failover.promoted}, noMatter)
		}
		busy = busy || i.ordered
	}
	if late || !left {
		s.switchMaster(s.failover.promoted)
		s.greetAll()
	}
}

// greetAll publishes the configuration at once.
func (s *sentinel) greetAll() {
	for _, i := range s.servers {
		s.greet(i, s.host.Wall())
	}
}
