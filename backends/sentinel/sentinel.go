package sentinel

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// The rhythm of a Sentinel (sentinel.c of Redis 7). There they are absolute times, which no option
// changes.
const (
	pingPeriod       = time.Second // or down-after, if that is less
	infoPeriod       = 10 * time.Second
	infoPeriodInNeed = time.Second // from replicas of a master that is objectively down
	helloPeriod      = 2 * time.Second
	askPeriod        = time.Second
	tiltTrigger      = 2 * time.Second
	electionTimeout  = 10 * time.Second // or failover-timeout, if that is less
	maxDesync        = time.Second
)

// sentinel is one Sentinel. It judges all times by its host's wall clock, as Sentinel does
// (mstime); only its timer uses the monotonic one.
type sentinel struct {
	host *virtual.Host
	with *Deployment

	config   config
	servers  []*instance // in the order of the deployment
	peers    []*peer     // the other Sentinels
	failover failover

	timer  *virtual.Timer // the next tick
	looked time.Time      // when the timer last ran
	tilted time.Time      // since when it does not trust its own sense of time; zero if it does
}

// config is what a Sentinel writes to its configuration file, and syncs, before it answers.
type config struct {
	epoch       uint64     // the highest it knows of
	master      sim.HostID // the server that it takes for the master
	configEpoch uint64     // of the failover that made it so
	leader      sim.HostID // the candidate that it last voted for
	leaderEpoch uint64     // and in which epoch
}

// peer is another Sentinel, as this one sees it.
type peer struct {
	id          sim.HostID
	asked       time.Time
	replied     time.Time
	masterDown  bool
	leader      sim.HostID
	leaderEpoch uint64
}

func startSentinel(h *virtual.Host, d *Deployment) *sentinel {
	s := &sentinel{host: h, with: d}
	h.Boot(s.boot)
	return s
}

const configFile = "sentinel.conf"

func (s *sentinel) boot() {
	now := s.host.Wall()
	*s = sentinel{host: s.host, with: s.with, looked: now, config: config{master: s.with.Servers[0]}}
	if kept, ok := s.host.Disk().Read(configFile); ok {
		s.config = kept.(config)
	}
	for _, id := range s.with.Servers {
		s.servers = append(s.servers, newInstance(id, now))
	}
	for _, id := range s.with.Sentinels {
		if id != s.host.ID() {
			s.peers = append(s.peers, &peer{id: id})
		}
	}
	s.host.ServeLater(s.serve)
	s.later()
}

// save is sentinelFlushConfig: nothing is answered or done before the disk has the configuration.
func (s *sentinel) save() {
	s.host.Disk().Write(configFile, s.config)
	s.host.Disk().Sync(func() {})
}

// later sets the timer: ten to twenty times a second, at random, so that Sentinels do not all stand
// for election at once.
func (s *sentinel) later() {
	wait := sim.Between(s.host, 50*time.Millisecond, 100*time.Millisecond)
	if s.timer == nil {
		s.timer = s.host.After(wait, s.tick)
		return
	}
	s.timer.Reset(wait)
}

// tick is sentinelTimer.
func (s *sentinel) tick() {
	s.later()
	s.checkTilt()
	s.question()
	if !s.tilted.IsZero() {
		if s.host.Wall().Sub(s.tilted) < s.with.Tilt {
			return
		}
		s.tilted = time.Time{}
	}
	for _, i := range s.servers {
		s.checkSubjectivelyDown(i)
	}
	if s.startFailoverIfNeeded() {
		s.consult(true)
	}
	s.continueFailover()
	s.consult(false)
}

// checkTilt checks whether the time since the last tick makes sense. If it is negative or two
// seconds or more, the clock was stepped or the process was stopped, and all of the Sentinel's
// measurements are in doubt: for a while it watches and does not act (R17).
func (s *sentinel) checkTilt() {
	now := s.host.Wall()
	if gap := now.Sub(s.looked); gap < 0 || gap >= tiltTrigger {
		s.tilted = now
	}
	s.looked = now
}

// serve answers clients, servers and other Sentinels.
func (s *sentinel) serve(_ sim.HostID, request any, call *virtual.Call) {
	switch r := request.(type) {
	case masterAddress:
		call.Reply(s.masterNow())
	case isMasterDown:
		call.Reply(s.opinion(r))
	case hello:
		s.learn(r)
		call.Reply(nil)
	default:
		panic("unknown request to a Sentinel")
	}
}

// masterNow is the server that the Sentinel names when asked: the promoted replica as soon as the
// Sentinel has seen that it is a master.
func (s *sentinel) masterNow() sim.HostID {
	if s.failover.state >= reconfigure {
		return s.failover.promoted
	}
	return s.config.master
}

// ask sends a request and, if the answer comes in time, calls then. It does not wait.
func (s *sentinel) ask(to sim.HostID, request any, then func(reply any)) {
	limit := max(s.with.DownAfter/2, 100*time.Millisecond) // how long Sentinel tolerates a silent connection
	s.host.Send(to, request).Then(limit, then)
}

// noMatter is for an answer that changes nothing.
func noMatter(any) {}

// learn processes another Sentinel's hello: a configuration of a later epoch replaces its own.
func (s *sentinel) learn(h hello) {
	if h.epoch > s.config.epoch {
		s.config.epoch = h.epoch
		s.save()
	}
	if h.configEpoch > s.config.configEpoch {
		s.config.configEpoch = h.configEpoch
		if h.master == s.config.master {
			s.save()
			return
		}
		s.switchMaster(h.master)
	}
}

// switchMaster adopts another server as the master, and begins to watch all of them anew.
func (s *sentinel) switchMaster(to sim.HostID) {
	s.config.master, s.config.leader = to, ""
	s.save()
	s.failover = failover{}
	now := s.host.Wall()
	for i, old := range s.servers {
		s.servers[i] = newInstance(old.id, now)
	}
}
