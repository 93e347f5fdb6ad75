package redlock

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestALockIsTakenOnAllNodesAndGivenBack(t *testing.T) {
	s := newStage(t, "redlock", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-3 node-granted A
	3ms redis-3 granted A: by 3 of 5 nodes
	3ms redis-4 node-granted A
	3ms redis-5 node-granted A
	4ms client-1 acquired A until 9.898s
	1.004s client-1 release A
	1.005s redis-1 node-ended A: freed
	1.005s redis-2 node-ended A: freed
	1.005s redis-3 node-ended A: freed
	1.005s redis-3 freed A
	1.005s redis-4 node-ended A: freed
	1.005s redis-5 node-ended A: freed
	1.006s client-1 released A
	`)
}

func TestInSequenceEachNodeIsAskedAfterTheOneBefore(t *testing.T) {
	s := newStage(t, "redlock+sequential+nodes=3", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Expect(time.Minute, `
	3ms redis-1 node-granted A
	7ms redis-2 node-granted A
	7ms redis-2 granted A: by 2 of 3 nodes
	8ms client-1 acquire-sent A
	11ms redis-3 node-granted A
	12ms client-1 acquired A until 9.898s
	1.012s client-1 release A
	1.013s redis-1 node-ended A: freed
	1.015s redis-2 node-ended A: freed
	1.015s redis-2 freed A
	1.017s redis-3 node-ended A: freed
	1.018s client-1 released A
	`)
}

func TestTheLockWorksWhileAMajorityOfNodesIsUp(t *testing.T) {
	for down := range 6 {
		s := newStage(t, "redlock", "client-1")
		for n := range down {
			s.node(n + 1).Crash()
		}
		s.Client("client-1", 0, func(_ sim.Host, l backends.Lock) {
			lease, err := l.Acquire(0)
			switch {
			case down <= 2 && err != nil:
				t.Errorf("with %d of 5 nodes down: %v", down, err)
			case down <= 2:
				if err := lease.Release(); err != nil {
					t.Errorf("release with %d of 5 nodes down: %v", down, err)
				}
			case !errors.Is(err, sim.ErrUnknown):
				t.Errorf("with %d of 5 nodes down: %v, expected sim.ErrUnknown", down, err)
			}
		})
		s.Run(time.Minute)
	}
}

func TestNodesThatDoNotAnswerCostOneTimeoutInParallelAndOneEachInSequence(t *testing.T) {
	for _, c := range []struct {
		spec string
		took time.Duration // for the lock, with two nodes down
	}{
		{"redlock", 50 * time.Millisecond},
		{"redlock+node-timeout=0.002ttl", 20 * time.Millisecond},
		{"redlock-redsync", 5 * time.Second}, // the connection pool waits, whatever redsync wants
		{"redlock-redsync+context-timeout", 500 * time.Millisecond},
		{"redlock-reference", 112 * time.Millisecond}, // 3 × 4 ms + 2 × 50 ms
	} {
		s := newStage(t, c.spec, "client-1")
		s.node(2).Crash()
		s.node(4).Crash()
		s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
			if _, err := l.Acquire(0); err != nil || h.Now() != c.took {
				t.Errorf("%s: %v after %v, expected the lock after %v", c.spec, err, h.Now(), c.took)
			}
		})
		s.Run(time.Minute)
	}
}

func TestValidityIsTheLeaseLessTheTimeItTookAndTheDrift(t *testing.T) {
	for _, c := range []struct {
		spec  string
		until time.Duration // requested at 1 s
	}{
		{"redlock", 10898 * time.Millisecond},
		{"redlock-reference", 10898 * time.Millisecond}, // on the monotonic clock, whichever clock measured it
		{"redlock-redsync", 10900 * time.Millisecond},
		{"redlock+drift=0.05ttl", 10498 * time.Millisecond},
		{"redlock+drift=0s+drift-constant=0s", 11000 * time.Millisecond},
		{"redlock+elapsed-check=off", 10902 * time.Millisecond}, // 4 ms too late
	} {
		s := newStage(t, c.spec, "client-1")
		s.World.Host("client-1").StepWall(time.Hour)
		s.Client("client-1", time.Second, func(_ sim.Host, l backends.Lock) {
			if lease, err := l.Acquire(0); err != nil || lease.Until() != c.until || !lease.Valid() || lease.Token() != 0 {
				t.Errorf("%s: %+v, %v; expected it to end at %v", c.spec, lease, err, c.until)
			}
		})
		s.Run(2 * time.Second)
	}
}

func TestAClientThatCannotHaveAMajorityIsToldThatTheLockIsHeld(t *testing.T) {
	s := newStage(t, "redlock", "client-1", "client-2")
	s.cut("client-1", 4, 5)
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.Client("client-2", time.Second, func(h sim.Host, l backends.Lock) {
		if lease, err := l.Acquire(2 * time.Second); lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire = %v, %v; expected ErrHeld", lease, err)
		}
		if h.Now() < 3*time.Second || h.Now() > 3100*time.Millisecond {
			t.Errorf("gave up at %v, expected soon after 3 s", h.Now())
		}
	})
	s.Run(time.Minute)
}

func TestAFailedTryUnlocksAllNodesAlsoThoseThatDidNotAnswer(t *testing.T) {
	s := newStage(t, "redlock+nodes=3", "client-1")
	for _, n := range []int{2, 3} {
		s.World.Cut(s.Servers[n-1], "client-1") // requests arrive, answers do not
	}
	s.Client("client-1", 0, locktest.Hold(0, 0))
	s.Expect(5*time.Second, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-2 granted A: by 2 of 3 nodes
	3ms redis-3 node-granted A
	51ms redis-1 node-ended A: freed
	53ms redis-2 node-ended A: freed
	53ms redis-2 freed A
	53ms redis-3 node-ended A: freed
	100ms client-1 not-acquired: acquire account: 1 of 3 nodes answered: outcome unknown: no answer in time
	`)
}

func TestTwoClientsThatAskAtOnceGetTheLockOneAfterTheOther(t *testing.T) {
	for _, spec := range []string{"redlock", "redlock-reference", "redlock-redsync", "redlock+nodes=2"} {
		s := newStage(t, spec, "client-1", "client-2")
		// Each client is nearer to other nodes: neither gets a majority of five at the first try.
		for n, id := range s.Servers {
			near := sim.HostID("client-1")
			if n%2 == 1 {
				near = "client-2"
			}
			s.World.SetLatency(near, id, latency(500*time.Microsecond))
		}
		s.Client("client-1", 0, locktest.Hold(ttl, time.Second))
		s.Client("client-2", 0, locktest.Hold(ttl, time.Second))
		s.expectOverlap(holds, 2)
	}
}

func TestAReleaseThatNoMajorityKnewIsALoss(t *testing.T) {
	s := newStage(t, "redlock", "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Fatal(err)
		}
		h.Sleep(11 * time.Second)
		if lease.Valid() {
			t.Error("the lease is valid after its time")
		}
		if err := lease.Release(); !errors.Is(err, backends.ErrLost) {
			t.Errorf("release after the lease: %v, expected ErrLost", err)
		}
	})
	s.Run(time.Minute)
}

func TestAReleaseThatNoMajorityAnsweredIsUnknown(t *testing.T) {
	s := newStage(t, "redlock", "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Fatal(err)
		}
		s.cut("client-1", 1, 2, 3)
		if err := lease.Release(); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("release: %v, expected sim.ErrUnknown", err)
		}
	})
	s.Run(time.Minute)
}
