package sentinel

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

func TestTheLockIsTakenFromTheMasterThatASentinelNames(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Error(err)
			return
		}
		h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
		h.Sleep(time.Second)
		if err := lease.Release(); err != nil {
			t.Error(err)
		}
	})
	s.Expect(time.Minute, `
	7ms redis-master granted A token 1
	8ms client-1 acquired A token 1 until 10.008s
	1.009s redis-master freed A
	`)
}

// R2: the reason why failover does not make the lock of a single instance safe.
func TestAMasterThatDiesBeforeItReplicatesTakesTheLockWithIt(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	s.roles(10 * time.Millisecond)
	s.Client("client-1", time.Second, takingThen(func() { s.World.Host(MasterID).Crash() }))
	s.Client("client-2", 2*time.Second, taking(ttl))
	s.Expect(11*time.Second, `
	1.007s redis-master granted A token 1
	1.008s client-1 acquired A token 1 until 11.008s
	1.01s -- the Sentinels name redis-master; masters: []
	6.45s -- the Sentinels name redis-master; masters: [redis-replica-1]
	7.22s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	8.12989031s redis-replica-1 granted B token 1
	8.13089031s client-2 acquired B token 1 until 18.13089031s
	`)
}

func TestALockThatWasReplicatedOutlivesItsMaster(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	s.roles(10 * time.Millisecond)
	s.Client("client-1", time.Second, takingThen(func() {
		s.World.After(15*time.Millisecond, s.World.Host(MasterID).Crash)
	}))
	s.Client("client-2", 2*time.Second, taking(ttl))
	s.Expect(12*time.Second, `
	1.007s redis-master granted A token 1
	1.008s client-1 acquired A token 1 until 11.008s
	1.03s -- the Sentinels name redis-master; masters: []
	6.45s -- the Sentinels name redis-master; masters: [redis-replica-1]
	7.22s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	11.008s redis-replica-1 expired A
	11.140332159s redis-replica-1 granted B token 2
	11.141332159s client-2 acquired B token 2 until 21.141332159s
	`)
}

// R2: a lock is lost if the master dies before the write has left it, so the share of lost locks is
// the share of deaths that come before the lag is over.
func TestTheLongerTheLagTheMoreLocksAFailoverLoses(t *testing.T) {
	const within = 100 * time.Millisecond // the master dies this soon after the grant, at the latest
	trials := 60
	if testing.Short() {
		trials = 20
	}
	for _, lag := range []time.Duration{0, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond} {
		lost := 0
		for n := range trials {
			s := newStage(t, fmt.Sprintf("sentinel+timeout=0.05ttl+replication-lag=%v", lag), uint64(n), false, "client-1", "client-2")
			death := within * time.Duration(2*n+1) / time.Duration(2*trials) // after the client was told
			s.Client("client-1", time.Second, takingThen(func() { s.World.After(death, s.World.Host(MasterID).Crash) }))
			s.Client("client-2", 2*time.Second, taking(8*time.Second))
			if both(s.Run(11 * time.Second).Events) {
				lost++
			}
		}
		got, want := float64(lost)/float64(trials), float64(lag)/float64(within)
		if math.Abs(got-want) > 0.05 {
			t.Errorf("with a lag of %v %.0f %% of the locks were lost, expected %.0f %%", lag, 100*got, 100*want)
		}
	}
}

// K13: a counter that is replicated asynchronously cannot provide fencing tokens.
func TestTokensRepeatAfterAFailover(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	s.Client("client-1", time.Second, takingThen(func() { s.World.Host(MasterID).Crash() }))
	s.Client("client-2", 2*time.Second, taking(ttl))
	var tokens []uint64
	for _, e := range s.Run(11 * time.Second).Events {
		if e.Kind == sim.Acquired {
			tokens = append(tokens, e.Token)
		}
	}
	if !slices.Equal(tokens, []uint64{1, 1}) {
		t.Errorf("the tokens were %v, expected the same one twice", tokens)
	}
}

// R20: a replicated lock ends when the clock of the new master says so.
func TestAPromotedReplicaEndsALeaseByItsOwnWallClock(t *testing.T) {
	for _, c := range []struct {
		ahead, ends time.Duration // after the grant
	}{
		{-2 * time.Second, 12 * time.Second},
		{0, 10 * time.Second},
		{2 * time.Second, 8 * time.Second},
		{20 * time.Second, 5 * time.Second}, // over before the failover; the new master ends it
	} {
		s := newStage(t, "sentinel+elapsed-check+timeout=0.05ttl", 1, false, "client-1", "client-2")
		replica := s.World.Host(ReplicaID(1))
		replica.StepWall(c.ahead)
		s.Client("client-1", time.Second, takingThen(func() {
			s.World.After(15*time.Millisecond, s.World.Host(MasterID).Crash)
		}))
		s.Client("client-2", 2*time.Second, taking(3*ttl))
		events := s.Run(20 * time.Second).Events
		granted := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Granted })
		ended := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Expired })
		if ended < 0 || events[ended].Host != replica.ID() {
			t.Errorf("replica %v ahead: the lease was not ended by it", c.ahead)
			continue
		}
		if lived := events[ended].At - events[granted].At; lived < c.ends || lived > c.ends+time.Second {
			t.Errorf("replica %v ahead: the lease lived %v, expected %v", c.ahead, lived, c.ends)
		}
		if got, want := both(events), c.ahead > 0; got != want {
			t.Errorf("replica %v ahead: two valid leases at once is %t, expected %t", c.ahead, got, want)
		}
	}
}

// Without persistence a master that restarts before it is missed is empty, and so are its replicas
// after their next one-second round (documentation of replication, "Safety of replication when
// master has persistence turned off").
func TestAMasterThatRestartsTooSoonEmptiesItsReplicas(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	s.roles(10 * time.Millisecond)
	s.Client("client-1", time.Second, taking(0))
	s.at(2*time.Second, "crash", s.World.Host(MasterID).Crash)
	s.at(3*time.Second, "restart", s.World.Host(MasterID).Restart)
	s.Client("client-2", 5*time.Second, taking(ttl))
	s.Expect(11*time.Second, `
	1.007s redis-master granted A token 1
	1.008s client-1 acquired A token 1 until 11.008s
	2s -- crash
	2s -- the Sentinels name redis-master; masters: []
	3s -- restart
	3s -- the Sentinels name redis-master; masters: [redis-master]
	3.89959358s redis-replica-1 forgotten A
	5.007s redis-master granted B token 1
	5.008s client-2 acquired B token 1 until 15.008s
	`)
	if n := s.service.nodes[1].data.offset(); n != 1 {
		t.Errorf("the replica has %d writes, expected only the one after the restart", n)
	}
}

func TestAMasterThatComesBackBecomesAReplica(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl", 1, true, "client-1", "client-2")
	s.roles(10 * time.Millisecond)
	s.Client("client-1", time.Second, takingThen(func() { s.World.Host(MasterID).Crash() }))
	s.Client("client-2", 2*time.Second, taking(ttl))
	s.at(12*time.Second, "restart", s.World.Host(MasterID).Restart)
	s.Expect(40*time.Second, `
	1.007s redis-master granted A token 1
	1.008s client-1 acquired A token 1 until 11.008s
	1.01s -- the Sentinels name redis-master; masters: []
	6.45s -- the Sentinels name redis-master; masters: [redis-replica-1]
	7.22s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	8.12989031s redis-replica-1 granted B token 1
	8.13089031s client-2 acquired B token 1 until 18.13089031s
	12s -- restart
	12s redis-master expired A
	12s -- the Sentinels name redis-replica-1; masters: [redis-master redis-replica-1]
	18.13s redis-replica-1 expired B
	22.4s -- the Sentinels name redis-replica-1; masters: [redis-replica-1]
	`)
	old, promoted := s.service.nodes[0], s.service.nodes[1]
	if !old.link.up || !slices.Equal(old.data.writes, promoted.data.writes) {
		t.Errorf("the old master is no copy of the new one: %+v", old.data.writes)
	}
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	once := func() string {
		s := newStage(t, "sentinel+timeout=0.05ttl+renew", 7, true, "client-1", "client-2")
		s.Client("client-1", time.Second, takingThen(func() { s.World.Host(MasterID).Crash() }))
		s.Client("client-2", 2*time.Second, taking(ttl))
		s.at(12*time.Second, "restart", s.World.Host(MasterID).Restart)
		return s.Run(time.Minute).Fingerprint()
	}
	if a, b := once(), once(); a != b {
		t.Errorf("two runs with one seed: %s and %s", a, b)
	}
}
