package etcd

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestTheShortestLeaseIsOneAndAHalfElectionTimeouts(t *testing.T) { // E3
	for _, c := range []struct{ election, want time.Duration }{
		{500 * time.Millisecond, time.Second}, {time.Second, 2 * time.Second}, {2 * time.Second, 3 * time.Second}, {3 * time.Second, 5 * time.Second},
	} {
		if got := minTTL(c.election); got != c.want {
			t.Errorf("with an election timeout of %v it is %v, expected %v", c.election, got, c.want)
		}
	}
	s := newStage(t, 1, "etcd", "client-1")
	s.World.Host("client-1").Go("client", func(h sim.Host) {
		p := s.port("client-1", s.Servers...)
		if _, granted, err := p.LeaseGrant(time.Second, time.Second); err != nil || granted != 2*time.Second {
			t.Errorf("asked for 1 s, got %v, %v; expected 2 s", granted, err)
		}
		if _, granted, err := p.LeaseGrant(4100*time.Millisecond, time.Second); err != nil || granted != 5*time.Second {
			t.Errorf("asked for 4.1 s, got %v, %v; expected whole seconds, 5 s", granted, err)
		}
	})
	s.Run(time.Minute)
}

func TestALeaseEndsUpToHalfASecondLate(t *testing.T) { // E4
	shortest, longest := time.Hour, time.Duration(0)
	for i := range 40 {
		s := newStage(t, uint64(i), "etcd", "client-1")
		s.Client("client-1", time.Second, locktest.Hold(0, time.Hour))
		s.World.After(3*time.Second, s.World.Host("client-1").Crash)
		events := s.Run(20 * time.Second).Events
		// The only renewal is the one directly after the grant of the lease.
		var renewed, expired time.Duration
		for _, e := range events {
			switch e.Kind {
			case sim.Granted: // the keep-alive arrives at the same instant as the transaction
				renewed = e.At - time.Millisecond
			case sim.Expired:
				expired = e.At
			}
		}
		late := expired - renewed - ttl
		shortest, longest = min(shortest, late), max(longest, late)
		if late < 0 || late > scanPeriod+5*time.Millisecond {
			t.Errorf("seed %d: the lease ended %v after its time, expected 0 to 0.5 s", i, late)
		}
	}
	if shortest > 100*time.Millisecond || longest < 400*time.Millisecond {
		t.Errorf("leases ended %v to %v late, expected them all over 0 to 0.5 s", shortest, longest)
	}
}

func TestALeaseLivesByTheLeadersMonotonicClock(t *testing.T) { // E2
	expiry := func(fault func(s stage)) time.Duration {
		s := newStage(t, 1, "etcd", "client-1")
		s.Client("client-1", time.Second, locktest.Hold(0, time.Hour))
		s.World.After(3*time.Second, func() {
			s.World.Host("client-1").Crash()
			fault(s)
		})
		return locktest.Find(t, s.Run(time.Minute).Events, "etcd-1", sim.Expired, 1).At
	}
	sound := expiry(func(stage) {})
	for _, id := range []sim.HostID{"etcd-1", "etcd-2", "etcd-3"} {
		if at := expiry(func(s stage) { s.World.Host(id).StepWall(time.Hour) }); at != sound {
			t.Errorf("with the wall clock of %s an hour ahead the lease ended at %v instead of %v", id, at, sound)
		}
	}
	if at := expiry(func(s stage) { s.World.Host("etcd-1").SetMonotonicRate(2_000_000_000) }); at > 8*time.Second {
		t.Errorf("with the leader's monotonic clock at double speed the lease ended only at %v", at)
	}
}

func TestANewLeaderLetsEveryLeaseLiveOnInFull(t *testing.T) { // E6
	s := newStage(t, 1, "etcd", "client-1")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Hour))
	s.World.After(8*time.Second, func() {
		s.World.Host("client-1").Crash()
		s.World.Host("etcd-1").Crash()
	})
	var promoted time.Duration
	s.World.After(8*time.Second, s.watchLeader(&promoted))
	events := s.Run(time.Minute).Events
	for _, e := range events {
		if e.Kind != sim.Expired {
			continue
		}
		if over := e.At - promoted - ttl - TimingOf(settings(t, "etcd")).Election; over < -50*time.Millisecond || over > scanPeriod+50*time.Millisecond {
			t.Errorf("expired at %v, %v after TTL and election timeout from %v, when the new leader was elected", e.At, over, promoted)
		}
		return
	}
	t.Error("the lease never ended")
}

// watchLeader waits until there is a leader and notes when it saw it.
func (s stage) watchLeader(at *time.Duration) func() {
	var look func()
	look = func() {
		if len(s.World.Role(sim.Leader)) > 0 {
			*at = s.World.Now()
			return
		}
		s.World.After(10*time.Millisecond, look)
	}
	return look
}

// stalledLeader stops the leader for a while, just after the holder has renewed its lease, so that
// this lease is the last one to end there. The waiters keep their leases alive, and so does the
// holder unless its stream is on the leader: then everything it sends waits there.
func stalledLeader(t *testing.T, spec string, seed uint64, stall time.Duration, waiters int) (lost, streamThere bool) {
	var clients []sim.HostID
	for i := range waiters + 1 {
		clients = append(clients, sim.ClientID(i))
	}
	s := newStage(t, seed, spec, clients...)
	for i, id := range clients {
		s.Client(id, time.Second+time.Duration(i)*150*time.Millisecond, func(h sim.Host, l backends.Lock) {
			if i == 0 {
				s.World.After(time.Second, func() { streamThere = l.(*Lock).port.(*simulatedPort).streams("etcd-1") > 0 })
			}
			locktest.Hold(time.Hour, 70*time.Second)(h, l)
		})
	}
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Renewed, Nth: 3, After: time.Duration(seed) * 7 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Pause, Host: "etcd-1", For: stall},
	}})
	for _, e := range s.Run(60 * time.Second).Events {
		lost = lost || e.Kind == sim.Expired && e.Client == "client-1"
	}
	return lost, streamThere
}

// streams counts the streams of keep-alives on the connection to a member.
func (p *simulatedPort) streams(member sim.HostID) (n int) {
	for _, k := range p.channel.conns {
		for _, c := range k.calls {
			if k.member.ID() == member && c.number == 0 {
				n++
			}
		}
	}
	return n
}

func TestAStalledLeaderEndsTheLeasesOfLiveHoldersThatItHasNoHandsFreeFor(t *testing.T) { // E7
	const many = maxPendingRevokes
	for seed := range uint64(20) {
		for _, c := range []struct {
			spec    string
			stall   time.Duration
			waiters int
			lost    bool
			because string
		}{
			{"etcd+leadership-check-on-revoke=off", 2 * ttl, many, true, "its revocation waits until the first ones have timed out, and is passed on then"},
			{"etcd+leadership-check-on-revoke=off", 2 * ttl, many - 1, false, "its revocation is in a log that is out of date"},
			{"etcd+leadership-check-on-revoke=off", 3 * time.Second, many, false, "the leader stalled for less than the lease"},
			{"etcd", 2 * ttl, many, true, "its clock ticks as soon as it wakes up, so it does not ask whether it leads"},
			{"etcd", 2 * ttl, many - 1, false, "its revocation is in a log that is out of date"},
		} {
			lost, there := stalledLeader(t, c.spec, seed, c.stall, c.waiters)
			if c.stall > ttl && there && !c.lost {
				c.lost, c.because = true, "its stream of keep-alives is on the leader that stalls, and stays there"
			}
			if lost != c.lost {
				t.Errorf("%s, stalled for %v, %d waiters, seed %d: the holder lost its lease: %t, expected %t, as %s",
					c.spec, c.stall, c.waiters, seed, lost, c.lost, c.because)
			}
		}
	}
}

// partitionedHolder cuts the holder off from the cluster, and returns how much later it learns of
// the end of its lease than the next client is granted the lock.
func partitionedHolder(t *testing.T, spec string, seed uint64) time.Duration {
	s := newStage(t, seed, spec, "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Hour))
	s.Client("client-2", 2*time.Second, locktest.Hold(3*ttl, time.Hour))
	s.World.After(5*time.Second+time.Duration(seed)*233*time.Millisecond, func() { s.Cut("client-1", s.Servers...) })
	events := s.Run(40 * time.Second).Events
	return locktest.Find(t, events, "client-1", sim.Lost, 1).At - locktest.Find(t, events, "client-2", sim.Acquired, 1).At
}

func TestAPartitionedHolderLearnsOfItTooLate(t *testing.T) { // E5
	late := 0
	for seed := range uint64(30) {
		if partitionedHolder(t, "etcd", seed) > 0 {
			late++
		}
		if d := partitionedHolder(t, "etcd+deadline-from-send", seed); d > 0 {
			t.Errorf("seed %d: with the deadline counted from the request the holder learned of it %v after the next one had the lock", seed, d)
		}
	}
	if late < 10 || late > 28 {
		t.Errorf("the session was done after the next holder had the lock in %d of 30 trials, expected often but not always", late)
	}
}

func TestTheClusterTellsWhoLeadsAndWhoIsTheMinority(t *testing.T) {
	s := newStage(t, 1, "etcd+nodes=5")
	expect := func(role sim.HostID, want ...sim.HostID) {
		if got := s.World.Role(role); !slices.Equal(got, want) {
			t.Errorf("at %v the %s is %v, expected %v", s.World.Now(), role, got, want)
		}
	}
	s.World.After(time.Second, func() {
		expect(sim.Leader, "etcd-1")
		expect(sim.Majority, "etcd-1", "etcd-2", "etcd-3")
		expect(sim.Minority, "etcd-4", "etcd-5")
		s.World.Host("etcd-1").Crash()
	})
	s.World.After(1500*time.Millisecond, func() { expect(sim.Leader) })
	s.World.After(10*time.Second, func() {
		if got := s.World.Role(sim.Leader); len(got) != 1 || got[0] == "etcd-1" || slices.Contains(s.World.Role(sim.Minority), got[0]) {
			t.Errorf("after the leader's crash %v leads, and the minority is %v", got, s.World.Role(sim.Minority))
		}
	})
	s.Run(20 * time.Second)
}
