package sentinel

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// R15: the master is cut off together with a client that goes on using it.
func TestInAPartitionBothSidesGrantTheLock(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	minority := []sim.HostID{MasterID, ID(1), "client-1"}
	s.roles(10 * time.Millisecond)
	s.at(time.Second, "partition", func() { s.apart(minority...) })
	s.Client("client-1", 10*time.Second, taking(ttl))
	s.Client("client-2", 10*time.Second, taking(ttl))
	s.at(12*time.Second, "heal", func() { s.together(minority...) })
	s.Expect(40*time.Second, `
	1s -- partition
	6.45s -- the Sentinels name redis-master; masters: [redis-master redis-replica-1]
	7.22s -- the Sentinels name redis-replica-1; masters: [redis-master redis-replica-1]
	10.007s redis-master granted A token 1
	10.008s client-1 acquired A token 1 until 20.008s
	10.107s redis-replica-1 granted B token 1
	10.108s client-2 acquired B token 1 until 20.108s
	12s -- heal
	20.008s redis-master expired A
	20.108s redis-replica-1 expired B
	22.1s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	`)
	old, promoted := s.service.nodes[0], s.service.nodes[1]
	if !slices.Equal(old.data.writes, promoted.data.writes) {
		t.Error("the old master kept a lock that the new one never gave")
	}
}

// R15: how long the old master goes on granting, with min-replicas-to-write and without.
func TestMinReplicasBoundsHowLongACutOffMasterGrants(t *testing.T) {
	for _, c := range []struct {
		spec      string
		from, til time.Duration // after the partition: its last grant
	}{
		{"sentinel+timeout=0.05ttl", 58 * time.Second, 59 * time.Second}, // up to the end
		{"sentinel+timeout=0.05ttl+min-replicas-to-write=1", 9 * time.Second, 12 * time.Second},
		{"sentinel+timeout=0.05ttl+min-replicas-to-write=1+min-replicas-max-lag=3s", 2 * time.Second, 5 * time.Second},
	} {
		s := newStage(t, c.spec, 1, false, "client-1")
		s.at(time.Second, "partition", func() { s.apart(MasterID, "client-1") })
		s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
			for {
				if lease, err := l.Acquire(0); err == nil {
					_ = lease.Release()
				}
				h.Sleep(100 * time.Millisecond)
			}
		})
		last := time.Duration(0)
		for _, e := range s.Run(time.Minute).Events {
			if e.Kind == sim.Granted && e.Host == MasterID {
				last = e.At - time.Second
			}
		}
		if last < c.from || last > c.til {
			t.Errorf("%s: the old master granted for %v, expected %v to %v", c.spec, last, c.from, c.til)
		}
	}
}

// A master knows the time of a report to the second and looks once a second; a replica reports once
// a second. When these three events fall within a second is random, so the time for which a cut-off
// master goes on is spread over three seconds.
func TestWhenTheSecondsOfAMasterBeginIsChance(t *testing.T) {
	shortest, longest := time.Minute, time.Duration(0)
	for seed := range uint64(40) {
		s := newStage(t, "sentinel+timeout=0.05ttl+min-replicas-to-write=1+min-replicas-max-lag=3s", seed, false, "client-1")
		s.at(5*time.Second, "partition", func() { s.apart(MasterID, "client-1") })
		s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
			for {
				if lease, err := l.Acquire(0); err == nil {
					_ = lease.Release()
				}
				h.Sleep(20 * time.Millisecond)
			}
		})
		var last time.Duration
		for _, e := range s.Run(20 * time.Second).Events {
			if e.Kind == sim.Granted && e.Host == MasterID {
				last = e.At - 5*time.Second
			}
		}
		shortest, longest = min(shortest, last), max(longest, last)
	}
	if shortest < 2*time.Second || shortest > 3*time.Second || longest > 5*time.Second || longest < 4*time.Second {
		t.Errorf("the old master granted for %v to %v, expected 2 s to 5 s, and most of that", shortest, longest)
	}
}

// R16: a Sentinel fails over only with the votes of more than half of all Sentinels.
func TestAMinorityOfTheSentinelsNeverFailsOver(t *testing.T) {
	s := newStage(t, "sentinel", 1, true)
	s.roles(10 * time.Millisecond)
	s.at(time.Second, "partition", func() { s.apart(ID(1), ID(2)) })
	s.at(2*time.Second, "crash", s.World.Host(MasterID).Crash)
	s.Expect(5*time.Minute, `
	1s -- partition
	2s -- crash
	2s -- the Sentinels name redis-master; masters: []
	`)
}

// R16: one Sentinel that does not see the master is not enough to find it down.
func TestASentinelAloneDoesNotFailOver(t *testing.T) {
	s := newStage(t, "sentinel", 1, true)
	s.roles(10 * time.Millisecond)
	s.at(time.Second, "cut", func() {
		s.World.Cut(ID(1), MasterID)
		s.World.Cut(MasterID, ID(1))
	})
	s.Expect(2*time.Minute, `
	1s -- cut
	`)
	if epoch := s.service.guards[0].config.epoch; epoch != 0 {
		t.Errorf("it began a failover: its epoch is %d", epoch)
	}
}

// R17: a Sentinel whose sense of time is broken does not act.
func TestTiltDelaysAFailoverByHalfAMinute(t *testing.T) {
	promotion := func(disturb func(h stage)) time.Duration {
		s := newStage(t, "sentinel", 1, false)
		s.at(2*time.Second, "crash", s.World.Host(MasterID).Crash)
		s.at(3*time.Second, "disturb", func() { disturb(s) })
		at := time.Duration(0)
		var look func()
		look = func() {
			if at == 0 && s.service.nodes[1].master == "" {
				at = s.World.Now()
			}
			s.World.After(time.Millisecond, look)
		}
		look()
		s.Run(2 * time.Minute)
		return at
	}
	step := func(d time.Duration) func(stage) {
		return func(s stage) {
			for _, id := range s.service.Sentinels {
				s.World.Host(id).StepWall(d)
			}
		}
	}
	undisturbed := promotion(func(stage) {})
	for _, c := range []struct {
		name     string
		disturb  func(stage)
		from, to time.Duration
	}{
		{"a step of a second and a half", step(1500 * time.Millisecond), 5 * time.Second, 9 * time.Second},
		{"a step forward of three seconds", step(3 * time.Second), 33 * time.Second, 35 * time.Second},
		{"a step back of three seconds", step(-3 * time.Second), 33 * time.Second, 35 * time.Second},
	} {
		if at := promotion(c.disturb); at < c.from || at > c.to {
			t.Errorf("%s: promoted at %v (undisturbed: %v)", c.name, at, undisturbed)
		}
	}
	if undisturbed < 7*time.Second || undisturbed > 9*time.Second {
		t.Errorf("undisturbed, the replica was promoted at %v", undisturbed)
	}
}

// Whatever fails, no epoch has two leaders, and every leader could have been elected by a majority.
func TestElectionsAreSafeUnderRandomFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(t, "sentinel+down-after=0.1ttl+failover-timeout=0.3ttl+replicas=2", rapid.Uint64().Draw(t, "seed"), false)
		hosts := append(slices.Clone(s.service.Servers), s.service.Sentinels...)
		for range rapid.IntRange(1, 12).Draw(t, "faults") {
			at := time.Duration(rapid.Int64Range(0, int64(25*time.Second)).Draw(t, "at"))
			length := time.Duration(rapid.Int64Range(0, int64(15*time.Second)).Draw(t, "for"))
			h := rapid.SampledFrom(hosts).Draw(t, "host")
			other := rapid.SampledFrom(hosts).Draw(t, "other")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				s.World.After(at, s.World.Host(h).Crash)
				s.World.After(at+length, s.World.Host(h).Restart)
			case 1:
				s.World.After(at, func() { s.apart(h) })
				s.World.After(at+length, func() { s.together(h) })
			case 2:
				s.World.After(at, func() { s.World.Cut(h, other) })
				s.World.After(at+length, func() { s.World.Mend(h, other) })
			case 3:
				s.World.After(at, func() { s.World.Host(h).StepWall(length - 7*time.Second) })
			}
		}
		leaders := map[uint64]sim.HostID{}
		s.eachTick(func(g *sentinel) {
			if g.failover.state <= awaitElection {
				return
			}
			epoch, id := g.failover.epoch, g.host.ID()
			if other, taken := leaders[epoch]; taken && other != id {
				t.Fatalf("at %v %s and %s both lead epoch %d", s.World.Now(), id, other, epoch)
			}
			leaders[epoch] = id
		})
		s.Run(40 * time.Second)
	})
}

// R16, at random: while no Sentinel reaches a majority, they keep naming the same master.
func TestNobodyIsPromotedWhileNoMajorityCanMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{3, 5}).Draw(t, "sentinels")
		s := newStage(t, fmt.Sprintf("sentinel+sentinels=%d+down-after=0.1ttl+failover-timeout=0.3ttl", n), rapid.Uint64().Draw(t, "seed"), false)
		// Each Sentinel is in a group smaller than a majority, and may or may not reach the
		// servers.
		group := make([]int, n)
		for i := range group {
			group[i] = i / s.service.Majority()
			if rapid.Bool().Draw(t, "alone") {
				group[i] = n + i
			}
		}
		size := map[int]int{}
		for _, g := range group {
			size[g]++
		}
		for i, a := range s.service.Sentinels {
			for j, b := range s.service.Sentinels {
				if group[i] != group[j] || size[group[i]] >= s.service.Majority() && i != j {
					s.World.Cut(a, b)
				}
			}
		}
		s.World.After(time.Duration(rapid.Int64Range(0, int64(5*time.Second)).Draw(t, "crash")), s.World.Host(MasterID).Crash)
		s.Run(30 * time.Second)
		for _, node := range s.service.nodes[1:] {
			if node.master == "" {
				t.Fatalf("%s was promoted", node.host.ID())
			}
		}
	})
}

// A client that knew the old master goes on using it after the partition ends, until a Sentinel
// makes it a replica: then everything that it granted is gone.
func TestAMasterThatIsDemotedLosesTheLocksItGave(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	minority := []sim.HostID{MasterID, ID(1), "client-1"}
	s.roles(10 * time.Millisecond)
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		taking(0)(h, l) // knows the master from now on
		h.Sleep(19 * time.Second)
		locktest.Take(h, l, 0)
		h.Sleep(4 * time.Second)
		locktest.Take(h, l, 0)
	})
	s.at(2*time.Second, "partition", func() { s.apart(minority...) })
	s.at(12*time.Second, "heal", func() { s.together(minority...) })
	s.Client("client-2", 21*time.Second, taking(0))
	s.Expect(26*time.Second, `
	1.007s redis-master granted A token 1
	1.008s client-1 acquired A token 1 until 11.008s
	2s -- partition
	7.53s -- the Sentinels name redis-master; masters: [redis-master redis-replica-1]
	8.35s -- the Sentinels name redis-replica-1; masters: [redis-master redis-replica-1]
	11.008s redis-master expired A
	11.008s redis-replica-1 expired A
	12s -- heal
	20.009s redis-master granted B token 2
	20.01s client-1 acquired B token 2 until 30.01s
	21.007s redis-replica-1 granted C token 2
	21.008s client-2 acquired C token 2 until 31.008s
	22.109223846s redis-master forgotten B
	22.11s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	24.026s client-1 not-acquired: the lock is held by somebody else
	`)
}
