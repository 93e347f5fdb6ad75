package sentinel

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// instance is a Redis server as a Sentinel sees it. Times are on the Sentinel's wall clock; the
// zero time means never.
type instance struct {
	id        sim.HostID
	pinged    time.Time // when it was last sent PING
	pending   time.Time // the first unanswered PING
	answered  time.Time // when it last answered
	downSince time.Time // subjectively down

	asked    time.Time // when it was last sent INFO
	informed time.Time // when it last answered INFO
	info     info
	sameRole time.Time // since when it has reported its present role
	sameLead time.Time // since when it has reported its present master
	greeted  time.Time // when it was last sent a hello

	upSince   time.Time // since when it has not been down
	ordered   bool      // in this failover it was told to follow the promoted replica
	following bool      // and it does
}

func newInstance(id sim.HostID, now time.Time) *instance {
	return &instance{id: id, answered: now, sameRole: now, sameLead: now, upSince: now}
}

func (i *instance) down() bool { return !i.downSince.IsZero() }

// server returns what this Sentinel knows of a server.
func (s *sentinel) server(id sim.HostID) *instance {
	for _, i := range s.servers {
		if i.id == id {
			return i
		}
	}
	panic("a Sentinel was told of a server that does not exist: " + string(id))
}

// question sends the periodic commands: PING, INFO and the hello, to each server.
func (s *sentinel) question() {
	now := s.host.Wall()
	for _, i := range s.servers {
		if now.Sub(i.pinged) >= min(pingPeriod, s.with.DownAfter) {
			s.ping(i, now)
		}
		// The last answer decides when INFO is due, so a lost one is soon repeated.
		if now.Sub(i.informed) >= s.infoPeriod(i) && now.Sub(i.asked) >= infoPeriodInNeed {
			i.asked = now
			s.ask(i.id, infoRequest{}, func(reply any) { s.refresh(i, reply.(info)) })
		}
		if now.Sub(i.greeted) >= helloPeriod {
			s.greet(i, now)
		}
	}
}

func (s *sentinel) ping(i *instance, now time.Time) {
	i.pinged = now
	if i.pending.IsZero() {
		i.pending = now
	}
	s.ask(i.id, ping{}, func(any) { i.pending, i.answered = time.Time{}, s.host.Wall() })
}

// infoPeriod returns how often to ask a server; in need, Sentinel asks the replicas more often.
func (s *sentinel) infoPeriod(i *instance) time.Duration {
	inNeed := s.objectivelyDown() || s.failover.state != none
	lostTouch := i.info.master != "" && !i.info.linked
	if i.id != s.config.master && (inNeed || lostTouch) {
		return infoPeriodInNeed
	}
	return infoPeriod
}

func (s *sentinel) greet(i *instance, now time.Time) {
	i.greeted = now
	s.ask(i.id, hello{from: s.host.ID(), epoch: s.config.epoch, master: s.masterNow(), configEpoch: s.config.configEpoch}, noMatter)
}

// checkSubjectivelyDown updates whether a server is subjectively down: it has left a PING
// unanswered for longer than down-after or, while this Sentinel takes it for the master, has long
// reported that it is a replica.
func (s *sentinel) checkSubjectivelyDown(i *instance) {
	now := s.host.Wall()
	silent := !i.pending.IsZero() && now.Sub(i.pending) > s.with.DownAfter
	abdicated := i.id == s.config.master && i.info.master != "" && now.Sub(i.sameRole) > s.with.DownAfter+2*infoPeriod
	switch {
	case !silent && !abdicated:
		if i.down() {
			i.downSince, i.upSince = time.Time{}, now
		}
	case !i.down():
		i.downSince = now
	}
}

// refresh processes an INFO and corrects what it shows to be wrong.
func (s *sentinel) refresh(i *instance, got info) {
	if s.server(i.id) != i {
		return // it was asked before the Sentinel began to watch all of them anew
	}
	now := s.host.Wall()
	if first := i.informed.IsZero(); first || (got.master == "") != (i.info.master == "") {
		i.sameRole = now
	}
	if got.master != i.info.master {
		i.sameLead = now
	}
	i.info, i.informed = got, now
	if !s.tilted.IsZero() || i.id == s.config.master {
		return
	}
	switch {
	case got.master == "" && s.failover.state == awaitPromotion && i.id == s.failover.promoted:
		s.promoted()
	case got.master == "":
		s.demote(i)
	default:
		s.redirect(i)
	}
}

// demote tells a server to follow the master if it takes itself for one: an old master that has
// come back. Sentinel first waits for four hello periods, in case its own configuration is the
// outdated one.
func (s *sentinel) demote(i *instance) {
	now := s.host.Wall()
	const patience = 4 * helloPeriod
	if i.id != s.failover.promoted && s.masterLooksSane() && s.upFor(i, patience) && now.Sub(i.sameRole) > patience {
		s.ask(i.id, replicaOf{s.config.master}, noMatter)
	}
}

// redirect tells a replica that has long followed another server to follow the master, and notes
// its progress in a failover.
func (s *sentinel) redirect(i *instance) {
	if s.failover.state == reconfigure {
		i.following = i.ordered && i.info.master == s.failover.promoted && i.info.linked
		return
	}
	patience := s.with.FailoverTimeout
	if i.info.master != s.config.master && s.masterLooksSane() && s.upFor(i, patience) && s.host.Wall().Sub(i.sameLead) > patience {
		s.ask(i.id, replicaOf{s.config.master}, noMatter)
	}
}

func (s *sentinel) masterLooksSane() bool {
	m := s.server(s.config.master)
	return !m.down() && !m.informed.IsZero() && m.info.master == "" && s.host.Wall().Sub(m.informed) < 2*infoPeriod
}

// upFor reports whether a server has been up for longer than d.
func (s *sentinel) upFor(i *instance, d time.Duration) bool {
	return !i.down() && s.host.Wall().Sub(i.upSince) > d
}
