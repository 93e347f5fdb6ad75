package redlock

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestAQuorumThatIsNoMajorityIsHeldTwice(t *testing.T) {
	run := func(spec string) stage {
		s := newStage(t, spec, "client-1", "client-2")
		s.cut("client-1", 3, 4, 5)
		s.cut("client-2", 1, 2)
		s.Client("client-1", 0, locktest.Hold(0, 8*time.Second))
		s.Client("client-2", time.Second, locktest.Hold(0, time.Second))
		return s
	}
	run("redlock+quorum=2").expectOverlap(violated, 2)
	run("redlock").expectOverlap(holds, 1)
}

func TestReleaseByDelFreesTheNextHoldersLock(t *testing.T) {
	run := func(spec string) stage {
		s := newStage(t, spec, "client-1", "client-2", "client-3")
		s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
		s.Client("client-2", 11*time.Second, locktest.Hold(0, 8*time.Second))
		s.Client("client-3", 13*time.Second, locktest.Hold(0, time.Second))
		return s
	}
	run("redlock+plain-del").expectOverlap(violated, 3)
	run("redlock").expectOverlap(holds, 2)
}

// The client gets a bare majority because two nodes are down. They come back, and then the clocks
// of some nodes jump.
func TestTopUpMakesABareQuorumAsHardToBreakAsAFullOne(t *testing.T) {
	run := func(spec string, jumps int) stage {
		s := newStage(t, spec, "client-1", "client-2")
		s.node(4).Crash()
		s.node(5).Crash()
		s.World.After(time.Second, func() { s.node(4).Restart(); s.node(5).Restart() })
		s.Client("client-1", 0, locktest.Hold(0, 8*time.Second))
		s.Client("client-2", 3*time.Second, locktest.Hold(0, 8*time.Second))
		s.World.After(2*time.Second, func() {
			for n := range jumps {
				s.node(n + 1).StepWall(ttl)
			}
		})
		return s
	}
	for jumps := range 6 {
		for spec, enough := range map[string]int{"redlock": 1, "redlock+top-up": 3} {
			if jumps >= enough {
				run(spec, jumps).expectOverlap(violated, 2)
			} else {
				run(spec, jumps).expectOverlap(holds, 1)
			}
		}
	}
}

func TestTopUpStopsWithTheLease(t *testing.T) {
	s := newStage(t, "redlock+nodes=3+top-up", "client-1")
	s.node(3).Crash()
	s.World.After(2*time.Second, func() { s.node(3).Restart() })
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-2 granted A: by 2 of 3 nodes
	50ms client-1 acquired A until 9.898s
	1.05s client-1 release A
	1.051s redis-1 node-ended A: freed
	1.051s redis-1 freed A
	1.051s redis-2 node-ended A: freed
	1.1s client-1 released A
	`)
}

func TestATopUpGivesANodeWhatIsLeftOfTheLease(t *testing.T) {
	s := newStage(t, "redlock+nodes=3+top-up+retry=1ms", "client-1")
	s.node(3).Crash()
	s.World.After(2*time.Second, func() { s.node(3).Restart() })
	s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
	ended := time.Duration(0)
	for _, e := range s.Run(time.Minute).Events {
		if e.Kind == sim.NodeEnded && e.Host == "redis-3" {
			ended = e.At
		}
	}
	if ended < 10*time.Second || ended > 10*time.Second+10*time.Millisecond {
		t.Errorf("redis-3 ended it at %v, expected about 10 s", ended)
	}
}

// tries lists the times at which a client asked for the lock.
func tries(s stage, id sim.HostID) (at []time.Duration) {
	for _, e := range s.Run(time.Minute).Events {
		if e.Kind == sim.AcquireSent && e.Host == id {
			at = append(at, e.At)
		}
	}
	return at
}

func TestWithoutJitterAClientTriesAgainAfterAlwaysTheSameTime(t *testing.T) {
	for spec, same := range map[string]bool{
		"redlock+retry=1s": false, "redlock+retry=1s+retry-jitter=off": true,
		"redlock-redsync+retry=1s": false, "redlock-redsync+retry=1s+retry-jitter=off": true,
	} {
		s := newStage(t, spec, "client-1", "client-2")
		s.Client("client-1", 0, locktest.Hold(0, 20*time.Second))
		s.Client("client-2", time.Second, locktest.Hold(6*time.Second, 0))
		at := tries(s, "client-2")
		if len(at) < 5 {
			t.Fatalf("%s: client 2 tried at %v only", spec, at)
		}
		gaps := map[time.Duration]bool{}
		for i := 2; i < len(at)-1; i++ { // the first opens connections, the last is cut short
			gaps[at[i]-at[i-1]] = true
		}
		if (len(gaps) == 1) != same {
			t.Errorf("%s: client 2 tried at %v; the same time in between: expected %t", spec, at, same)
		}
	}
}

// Client 1 gets two of five nodes, and client 2 needs one of them.
func TestVotesThatAreNotTakenBackKeepTheOthersOut(t *testing.T) {
	for spec, gets := range map[string]bool{"redlock": true, "redlock+unlock-partial=off": false} {
		s := newStage(t, spec, "client-1", "client-2")
		s.cut("client-1", 3, 4, 5)
		s.cut("client-2", 5, 4)
		s.Client("client-1", 0, locktest.Hold(0, 0))
		s.Client("client-2", time.Second, locktest.Hold(8*time.Second, 0))
		got := false
		for _, e := range s.Run(time.Minute).Events {
			got = got || e.Kind == sim.Acquired && e.Host == "client-2"
		}
		if got != gets {
			t.Errorf("%s: client 2 got the lock: %t, expected %t", spec, got, gets)
		}
	}
}
