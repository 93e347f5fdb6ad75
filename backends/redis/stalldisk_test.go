package redis

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// A server that syncs before it answers does nothing else meanwhile: it neither serves reads nor
// expires its keys.
func TestAServerThatAlwaysSyncsStandsStillWhileItsDiskStalls(t *testing.T) {
	for _, c := range []struct {
		durable string
		least   time.Duration // until client 2 has its answer
		most    time.Duration
	}{{"always", 4 * time.Second, 5 * time.Second}, {"everysec", 0, time.Second}, {"none", 0, time.Second}} {
		s := newStage(t, "redis+timeout=1ttl+durability="+c.durable, false, "client-1", "client-2")
		s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
		s.Client("client-2", 1500*time.Millisecond, locktest.Hold(0, time.Second))
		s.World.Direct([]sim.Step{{
			When: sim.Trigger{Host: "client-1", Kind: sim.AcquireSent, Nth: 1},
			Do:   sim.Fault{Kind: sim.StallDisk, Host: ServerID, For: 5 * time.Second},
		}})
		events := s.Run(time.Minute).Events
		asked := locktest.Find(t, events, "client-2", sim.AcquireSent, 1).At
		answered := locktest.Find(t, events, "client-2", sim.NotAcquired, 1).At
		if d := answered - asked; d < c.least || d > c.most {
			t.Errorf("durability=%s: the server answered after %v, expected %v to %v", c.durable, d, c.least, c.most)
		}
	}
}

// What was not answered because the disk stalled may be gone after a crash, and nobody was told
// otherwise.
func TestAGrantThatTheDiskNeverGotIsNoGrant(t *testing.T) {
	s := newStage(t, "redis+timeout=1ttl+durability=always", false, "client-1")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	s.World.Direct([]sim.Step{
		{When: sim.Trigger{Host: "client-1", Kind: sim.AcquireSent, Nth: 1}, Do: sim.Fault{Kind: sim.StallDisk, Host: ServerID, For: 30 * time.Second}},
		{When: sim.Trigger{After: 3 * time.Second}, Do: sim.Fault{Kind: sim.Crash, Host: ServerID, For: time.Second}},
	})
	for _, e := range s.Run(20 * time.Second).Events {
		if e.Kind == sim.Granted || e.Kind == sim.Acquired || e.Kind == sim.Forgotten {
			t.Errorf("at %v %s: %s", e.At, e.Host, e.Kind)
		}
	}
}
