package etcd

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestALeaseThatTheServerMakesEndsUnderItsHolder(t *testing.T) { // E10
	s := newStage(t, 1, "etcd+server-lease=60s", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, 70*time.Second))
	s.Client("client-2", 20*time.Second, locktest.Hold(time.Hour, time.Second))
	events := s.Run(2 * time.Minute).Events
	first, second := locktest.Find(t, events, "client-1", sim.Acquired, 1), locktest.Find(t, events, "client-2", sim.Acquired, 1)
	if first.Until != 0 {
		t.Errorf("client 1 was told that its lease ends at %v", first.Until)
	}
	if d := second.At - first.At; d < 59*time.Second || d > 61*time.Second {
		t.Errorf("client 2 was let in %v after client 1, expected a minute and the leader's next look", d)
	}
	for _, e := range events {
		if e.Kind == sim.Lost {
			t.Errorf("%s was told at %v that the lock is lost: %s", e.Host, e.At, e.Note)
		}
	}
	locktest.Find(t, events, "client-1", sim.NotReleased, 1)
}

func TestTheServerMakesAnotherLeaseForEachLock(t *testing.T) { // E10
	s := newStage(t, 1, "etcd+server-lease=60s", "client-1")
	s.Client("client-1", time.Second, locktest.Hold(0, 40*time.Second))
	s.Client("client-1", 50*time.Second, locktest.Hold(0, 40*time.Second))
	for _, e := range s.Run(2 * time.Minute).Events {
		if e.Kind == sim.Expired || e.Kind == sim.NotReleased {
			t.Errorf("at %v: %s", e.At, e.Kind)
		}
	}
}
