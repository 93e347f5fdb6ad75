package sentinel

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// A connection that was cut waits for its next retransmission, which may be as far away as the cut
// was long. A server that dials again does not.
func TestAReplicaIsBackSoonAfterALongPartition(t *testing.T) {
	s := newStage(t, "sentinel", 1, false, "client-1")
	s.at(time.Second, "the replica is cut off", func() { s.apart(ReplicaID(1)) })
	s.Client("client-1", 2*time.Second, taking(0))
	s.at(110*time.Second, "and is back", func() { s.together(ReplicaID(1)) })
	s.at(117*time.Second, "look", func() {
		master, replica := s.service.nodes[0], s.service.nodes[1]
		if !replica.link.up || replica.data.offset() != master.data.offset() || replica.data.offset() == 0 {
			t.Errorf("the replica has %d of %d writes", replica.data.offset(), master.data.offset())
		}
	})
	s.Run(2 * time.Minute)
}

func TestAReplicaThatFollowsTheWrongServerIsSetRight(t *testing.T) {
	s := newStage(t, "sentinel+replicas=2", 1, false)
	astray := s.service.nodes[2]
	s.at(time.Second, "astray", func() { astray.follow(ReplicaID(1)) })
	s.at(15*time.Second, "look", func() {
		if astray.master != ReplicaID(1) {
			t.Errorf("set right before failover-timeout was over")
		}
	})
	s.Run(time.Minute)
	if astray.master != MasterID || !astray.link.up {
		t.Errorf("it follows %q", astray.master)
	}
}

func TestALockThatWasGivenBackIsNotForgotten(t *testing.T) {
	s := newStage(t, "sentinel", 1, false, "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Error(err)
			return
		}
		h.Sleep(2 * time.Second)
		if err := lease.Release(); err != nil {
			t.Error(err)
		}
	})
	replica := s.service.nodes[1]
	s.at(time.Second, "the replica is cut off", func() { s.apart(ReplicaID(1)) })
	s.at(3*time.Second, "crash", func() {
		if replica.data.offset() != 1 {
			t.Errorf("the replica has %d writes, expected only the grant", replica.data.offset())
		}
		replica.host.Crash()
		replica.host.Restart()
	})
	for _, e := range s.Run(5 * time.Second).Events {
		if e.Kind == sim.Forgotten {
			t.Errorf("forgotten at %v on %s", e.At, e.Host)
		}
	}
}

func TestAReplicaThatRestartsWithinTheLagGetsEachWriteOnce(t *testing.T) {
	s := newStage(t, "sentinel+replication-lag=500ms", 1, false, "client-1")
	replica := s.service.nodes[1]
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Error(err)
			return
		}
		if err := lease.Release(); err != nil {
			t.Error(err)
		}
	})
	s.at(1200*time.Millisecond, "restart", func() {
		replica.host.Crash()
		replica.host.Restart()
	})
	s.Run(2 * time.Second)
	if n := replica.data.offset(); n != 2 {
		t.Errorf("the replica has %d writes, expected the grant and the release", n)
	}
}

func TestAReplicaTakesNoWritesBeforeItHasAllDataBeforeThem(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	replica := s.service.nodes[1]
	s.at(time.Second, "a late packet of an old connection", func() {
		replica.unlink()
		replica.receive(MasterID, stream{write{at: replica.host.Wall(), command: redis.Command{
			Kind: redis.CommandSetNX, Key: redis.LockKey, Value: "late", PX: ttl,
		}}})
	})
	s.Run(2 * time.Second)
	if replica.data.holds("late") {
		t.Error("it was applied")
	}
}
