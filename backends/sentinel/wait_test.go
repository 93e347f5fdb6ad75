package sentinel

import (
	"testing"
	"time"
)

// R19: WAIT reports how far a write has got. It does not make it permanent.
func TestWaitGivesBackALockThatNoReplicaHas(t *testing.T) {
	s := newStage(t, "sentinel+wait=1", 1, true, "client-1")
	s.at(500*time.Millisecond, "crash of the replica", s.World.Host(ReplicaID(1)).Crash)
	s.Client("client-1", time.Second, taking(0))
	s.Expect(5*time.Second, `
	500ms -- crash of the replica
	1.007s redis-master granted A token 1
	2.011s redis-master freed A
	2.012s client-1 not-acquired: set account: WAIT: 0 of 1 replicas have it: set, but not replicated in time
	`)
}

func TestWithWaitAMasterThatDiesAtTheWrongMomentLeavesNoLockBehindThatWasCountedOn(t *testing.T) {
	for _, wait := range []bool{false, true} {
		spec := "sentinel+timeout=0.05ttl+replication-lag=50ms"
		if wait {
			spec += "+wait=1"
		}
		overlaps := 0
		for n := range 10 {
			s := newStage(t, spec, 1, false, "client-1", "client-2")
			s.at(time.Second+time.Duration(n)*10*time.Millisecond, "crash", s.World.Host(MasterID).Crash)
			s.Client("client-1", time.Second-10*time.Millisecond, taking(0))
			s.Client("client-2", 2*time.Second, taking(8*time.Second))
			if both(s.Run(11 * time.Second).Events) {
				overlaps++
			}
		}
		if wait == (overlaps > 0) {
			t.Errorf("WAIT is %t: %d of 10 deaths of the master gave the lock away twice", wait, overlaps)
		}
	}
}

// R19: the replica that has the write is not the one that is promoted.
func TestALockThatAReplicaAcknowledgedCanStillBeLost(t *testing.T) {
	s := newStage(t, "sentinel+timeout=0.05ttl+replicas=3+wait=1+down-after=0.4ttl", 1, true, "client-1", "client-2")
	s.roles(10 * time.Millisecond)
	s.at(time.Second, "replicas 2 and 3 are cut off", func() { s.apart(ReplicaID(2)); s.apart(ReplicaID(3)) })
	s.Client("client-1", 1100*time.Millisecond, takingThen(func() {
		s.World.Host(MasterID).Crash()
		s.World.Host(ReplicaID(1)).Crash()
	}))
	s.at(4500*time.Millisecond, "replicas 2 and 3 are back", func() { s.together(ReplicaID(2)); s.together(ReplicaID(3)) })
	s.Client("client-2", 2*time.Second, taking(ttl))
	s.Expect(11*time.Second, `
	1s -- replicas 2 and 3 are cut off
	1.107s redis-master granted A token 1
	1.122s client-1 acquired A token 1 until 11.122s
	1.13s -- the Sentinels name redis-master; masters: []
	4.5s -- replicas 2 and 3 are back
	6.45s -- the Sentinels name redis-master; masters: [redis-replica-2]
	7.22s -- the Sentinels name redis-replica-2; masters: [redis-replica-2]
	8.12989031s redis-replica-2 granted B token 1
	8.14489031s client-2 acquired B token 1 until 18.14489031s
	`)
}
