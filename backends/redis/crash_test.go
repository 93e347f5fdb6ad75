package redis

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// crash switches the server off for a while.
func (s stage) crash(at, off time.Duration) {
	server := s.World.Host(ServerID)
	s.World.After(at, server.Crash)
	s.World.After(at+off, server.Restart)
}

func TestAServerWithoutAFileForgetsTheLockInACrash(t *testing.T) {
	s := newStage(t, "redis", true, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 3*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(0, 0))
	s.crash(time.Second, 500*time.Millisecond)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A token 1
	4ms client-1 acquired A token 1 until 10.004s
	1.5s redis-1 forgotten A
	2s client-2 acquire-sent B
	2.003s redis-1 granted B token 1
	2.004s client-2 acquired B token 1 until 12.004s
	2.004s client-2 release B
	2.005s redis-1 freed B
	2.006s client-2 released B
	3.004s client-1 release A
	3.008s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestALeaseGoesOnCountingWhileTheServerIsOff(t *testing.T) {
	s := newStage(t, "redis+durability=always", true, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
	s.Client("client-2", 6*time.Second, func(h sim.Host, l backends.Lock) {
		locktest.Hold(0, 0)(h, l)
		h.Sleep(4 * time.Second)
		locktest.Hold(0, 0)(h, l)
	})
	s.crash(time.Second, 4*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A token 1
	4ms client-1 acquired A token 1 until 10.004s
	6s client-2 acquire-sent B
	6.004s client-2 not-acquired: the lock is held by somebody else
	10.004s redis-1 expired A
	10.004s client-2 acquire-sent C
	10.005s redis-1 granted C token 2
	10.006s client-2 acquired C token 2 until 20.006s
	10.006s client-2 release C
	10.007s redis-1 freed C
	10.008s client-2 released C
	12.004s client-1 release A
	12.008s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestALeaseThatEndedWhileTheServerWasOffIsOverAtItsReturn(t *testing.T) {
	for _, spec := range []string{"redis", "redis+durability=always"} {
		s := newStage(t, spec, false, "client-1")
		s.Client("client-1", 0, locktest.Hold(0, time.Hour))
		s.crash(time.Second, 15*time.Second)
		s.Expect(time.Minute, `
		0s client-1 acquire-sent A
		3ms redis-1 granted A
		4ms client-1 acquired A until 10.004s
		16s redis-1 expired A
		`)
	}
}

// Redis writes a DEL into its file for a key that it expires.
func TestALeaseThatHasExpiredDoesNotComeBackWithAClockSteppedBack(t *testing.T) {
	s := newStage(t, "redis+durability=always", false, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.World.After(100*time.Millisecond, func() { s.World.Cut("client-1", ServerID) }) // it cannot release
	s.Client("client-2", 13*time.Second, func(h sim.Host, l backends.Lock) {
		if _, err := l.Acquire(0); err != nil {
			t.Errorf("after the lease had expired: %v", err)
		}
	})
	s.World.After(11*time.Second, func() { s.World.Host(ServerID).StepWall(-time.Hour) })
	s.crash(12*time.Second, time.Millisecond)
	s.Run(20 * time.Second)
}

// knowsAfter runs a server that is granted locks at some times and crashes at another, and returns
// which of them it still knows.
func knowsAfter(t *testing.T, durability Durability, crash time.Duration, grants ...time.Duration) string {
	t.Helper()
	w := virtual.New(1)
	w.AddHost(ServerID)
	SimulateNode(w, ServerID, NodeSettings{Durability: durability}, (*virtual.Host).Record)
	client := w.AddHost("client-1")
	for i, at := range grants {
		key := string(rune('a' + i))
		client.Go("set", func(h sim.Host) {
			h.Sleep(at)
			if _, err := DialNode(client, ServerID, nil).SetNX(key, "mine", time.Hour, time.Second); err != nil {
				t.Error(err)
			}
		})
	}
	known := ""
	w.After(crash, func() { w.Host(ServerID).Crash(); w.Host(ServerID).Restart() })
	client.Go("look", func(h sim.Host) {
		h.Sleep(crash + time.Second)
		for i := range grants {
			key := string(rune('a' + i))
			if ok, err := DialNode(client, ServerID, nil).CompareAndDelete(key, "mine", time.Second); err != nil {
				t.Error(err)
			} else if ok {
				known += key
			}
		}
	})
	run(t, w, time.Hour)
	return known
}

func TestWhatAServerKnowsAfterACrash(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name       string
		durability Durability
		crash      time.Duration
		grants     []time.Duration
		known      string
	}{
		{"no file", DurabilityNone, 60 * time.Second, []time.Duration{0, 30 * time.Second}, ""},
		{"fsync always", DurabilityAlways, 5010 * ms, []time.Duration{0, 4999 * ms, 5000 * ms}, "abc"},
		{"within the server's first second", DurabilityEverySec, 900 * ms, []time.Duration{0}, ""},
		{"after that", DurabilityEverySec, 1100 * ms, []time.Duration{0}, "a"},
		{"a change after a quiet second is synced at once", DurabilityEverySec, 5100 * ms, []time.Duration{5000 * ms}, "a"},
		{"but not at that very moment", DurabilityEverySec, 5002 * ms, []time.Duration{5000 * ms}, ""},
		{"a change soon after another waits for its second", DurabilityEverySec, 5900 * ms, []time.Duration{5000 * ms, 5100 * ms}, "a"},
		{"and is synced then", DurabilityEverySec, 6100 * ms, []time.Duration{5000 * ms, 5100 * ms}, "ab"},
	} {
		if known := knowsAfter(t, c.durability, c.crash, c.grants...); known != c.known {
			t.Errorf("%s: knows %q, expected %q", c.name, known, c.known)
		}
	}
}

func TestAServerWithADelayedRestartAnswersOnlyAfterTheDelay(t *testing.T) {
	s := newStage(t, "redis+restart-delay=1.1ttl+timeout=0.1ttl", false, "client-1")
	s.crash(time.Second, 0)
	s.Client("client-1", 2*time.Second, func(h sim.Host, l backends.Lock) {
		_, err := l.Acquire(time.Minute)
		if err != nil || h.Now() < 12*time.Second || h.Now() > 15*time.Second {
			t.Errorf("%v at %v, expected the lock soon after 12 s", err, h.Now())
		}
	})
	s.Run(time.Minute)
}

// A step of the scenario may crash the server as soon as it records that it granted the lock.
func TestACrashAtTheMomentOfTheGrantLosesItUnlessItIsOnTheDiskBefore(t *testing.T) {
	for _, c := range []struct {
		durability Durability
		next       sim.Kind
	}{{DurabilityNone, sim.Forgotten}, {DurabilityEverySec, sim.Forgotten}, {DurabilityAlways, sim.Expired}} {
		w := virtual.New(1)
		w.AddHost(ServerID)
		var recorded []sim.Kind
		SimulateNode(w, ServerID, NodeSettings{Durability: c.durability}, func(h *virtual.Host, e sim.Event) {
			recorded = append(recorded, e.Kind)
			if e.Kind == sim.Granted {
				h.Crash()
				w.After(time.Second, h.Restart)
			}
		})
		client := w.AddHost("client-1")
		client.Go("set", func(sim.Host) {
			if _, err := DialNode(client, ServerID, nil).SetNX(LockKey, "mine", ttl, time.Second); err == nil {
				t.Error("a server that crashed answered")
			}
		})
		run(t, w, time.Minute)
		if len(recorded) != 2 || recorded[1] != c.next {
			t.Errorf("%s: %v, expected granted and %s", c.durability, recorded, c.next)
		}
	}
}

func TestReleaseByDelFreesTheNextHoldersLock(t *testing.T) {
	s := newStage(t, "redis+plain-del", false, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
	s.Client("client-2", 11*time.Second, locktest.Hold(0, 3*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	4ms client-1 acquired A until 10.004s
	10.004s redis-1 expired A
	11s client-2 acquire-sent B
	11.003s redis-1 granted B
	11.004s client-2 acquired B until 21.004s
	12.004s client-1 release A
	12.005s redis-1 freed B
	12.006s client-1 released A
	14.004s client-2 release B
	14.006s client-2 not-released B: the lock is no longer held: its lease has ended
	`)
}

func TestTheServerSaysOnWhoseRequestALockWasFreed(t *testing.T) {
	s := newStage(t, "redis", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Run(time.Minute)
	for _, e := range s.World.Events() {
		if e.Kind == sim.Freed && e.Client != "client-1" {
			t.Errorf("freed on the request of %q", e.Client)
		}
	}
}
