package redlock

import (
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/virtual"
)

const (
	holds    = check.Holds
	violated = check.Violated
)

func latency(d time.Duration) virtual.Latency { return virtual.Latency{Base: d} }

// Kleppmann's first counterexample: a bare quorum, and the clock of one node jumps (K14).
func TestOneClockJumpBreaksABareQuorum(t *testing.T) {
	s := newStage(t, "redlock", "client-1", "client-2")
	s.cut("client-1", 4, 5)
	s.cut("client-2", 1, 2)
	s.Client("client-1", 0, locktest.Hold(0, 8*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(0, time.Second))
	s.World.After(time.Second, func() { s.node(3).StepWall(ttl) })
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-3 node-granted A
	3ms redis-3 granted A: by 3 of 5 nodes
	50ms client-1 acquired A until 9.898s
	1s redis-3 node-ended A: expired
	1s redis-3 expired A
	2s client-2 acquire-sent B
	2.003s redis-3 node-granted B
	2.003s redis-4 node-granted B
	2.003s redis-5 node-granted B
	2.003s redis-5 granted B: by 3 of 5 nodes
	2.05s client-2 acquired B until 11.898s
	3.05s client-2 release B
	3.051s redis-3 node-ended B: freed
	3.051s redis-3 freed B
	3.051s redis-4 node-ended B: freed
	3.051s redis-5 node-ended B: freed
	3.1s client-2 released B
	8.05s client-1 release A
	8.051s redis-1 node-ended A: freed
	8.051s redis-2 node-ended A: freed
	8.1s client-1 not-released A: release account: 3 of 5 nodes answered: outcome unknown: no answer in time
	`)
}

// bareQuorum is that story; what happens to redis-3 after a second is left open.
func bareQuorum(t *testing.T, spec string) stage {
	s := newStage(t, spec, "client-1", "client-2")
	s.cut("client-1", 4, 5)
	s.cut("client-2", 1, 2)
	s.Client("client-1", 0, locktest.Hold(0, 9*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(7*time.Second, 7*time.Second))
	return s
}

func TestABareQuorumIsSafeWithoutAFault(t *testing.T) {
	bareQuorum(t, "redlock").expectOverlap(holds, 1)
}

func TestAJumpBreaksABareQuorumOnlyIfTheLeaseThenEndsBeforeItsHolderIsDone(t *testing.T) {
	for _, c := range []struct {
		jump    time.Duration
		verdict check.Verdict
	}{
		{-time.Hour, holds}, {500 * time.Millisecond, holds}, {2 * time.Second, violated}, {ttl, violated}, {time.Hour, violated},
	} {
		s := bareQuorum(t, "redlock")
		s.World.After(time.Second, func() { s.node(3).StepWall(c.jump) })
		acquired := map[check.Verdict]int{holds: 1, violated: 2}[c.verdict]
		s.expectOverlap(c.verdict, acquired)
	}
}

// What it takes: of N nodes with a quorum of q, a client that holds h shuts others out unless h+q-N
// of them lose its key.
func TestHowManyNodesMustForgetALock(t *testing.T) {
	faults := []struct {
		name string
		do   func(*virtual.Host)
	}{
		{"jump", func(h *virtual.Host) { h.StepWall(ttl) }},
		{"crash", func(h *virtual.Host) { h.Crash(); h.Restart() }},
	}
	for _, n := range []int{1, 3, 4, 5, 7} {
		quorum := n/2 + 1
		for held := quorum; held <= n; held++ {
			for forgetful := range held + 1 {
				for _, fault := range faults {
					t.Run(fmt.Sprintf("%d of %d held, %d %s", held, n, forgetful, fault.name), func(t *testing.T) {
						s := newStage(t, fmt.Sprintf("redlock+nodes=%d", n), "client-1", "client-2")
						for node := held; node < n; node++ {
							s.cut("client-1", node+1)
						}
						s.Client("client-1", 0, locktest.Hold(0, 8*time.Second))
						s.Client("client-2", 2*time.Second, locktest.Hold(0, 8*time.Second))
						s.World.After(time.Second, func() {
							for node := range forgetful {
								fault.do(s.node(node + 1))
							}
						})
						if forgetful >= held+quorum-n {
							s.expectOverlap(violated, 2)
						} else {
							s.expectOverlap(holds, 1)
						}
					})
				}
			}
		}
	}
}

// His second counterexample: a node comes back from a crash without the lock (K15, R11, R12, A9).
func TestACrashedNodeBreaksABareQuorumUnlessItRemembers(t *testing.T) {
	for _, c := range []struct {
		spec    string
		crash   time.Duration // after client-1 got the lock at redis-3, at 3 ms
		verdict check.Verdict
	}{
		{"redlock", time.Second, violated},
		{"redlock+durability=everysec", 500 * time.Millisecond, violated}, // within a second after it was started
		{"redlock+durability=everysec", 1500 * time.Millisecond, holds},
		{"redlock+durability=always", time.Millisecond, holds},
		{"redlock-reference", time.Second, violated},
		{"redlock-redsync", time.Second, violated},
	} {
		t.Run(fmt.Sprintf("%s, crash after %v", c.spec, c.crash), func(t *testing.T) {
			s := bareQuorum(t, c.spec)
			s.World.After(3*time.Millisecond+c.crash, func() { s.node(3).Crash(); s.node(3).Restart() })
			acquired := map[check.Verdict]int{holds: 1, violated: 2}[c.verdict]
			s.expectOverlap(c.verdict, acquired)
		})
	}
}

// Kleppmann's sentence about delayed restarts, and the one after it: they rely on a clock again
// (K15, R13).
func TestADelayedRestartIsSafeUnlessItsClockJumps(t *testing.T) {
	for _, c := range []struct {
		spec    string
		step    time.Duration // of the node's monotonic clock, after the restart
		verdict check.Verdict
	}{
		{"redlock", 0, violated},
		{"redlock+restart-delay=0.5ttl", 0, violated},
		{"redlock+restart-delay=1.1ttl", 0, holds},
		{"redlock+restart-delay=1.1ttl", 11 * time.Second, violated},
	} {
		s := bareQuorum(t, c.spec)
		s.World.After(time.Second, func() { s.node(3).Crash(); s.node(3).Restart() })
		s.World.After(1500*time.Millisecond, func() { s.node(3).StepMonotonic(c.step) })
		acquired := map[check.Verdict]int{holds: 1, violated: 2}[c.verdict]
		s.expectOverlap(c.verdict, acquired)
	}
}

// pausedAcquire stops client-1 while the answers to its requests are on their way, and client-2
// gets the lock before it wakes (K16). clocks may manipulate client-1's clocks.
func pausedAcquire(t *testing.T, spec string, clocks func(*virtual.World, *virtual.Host)) stage {
	s := newStage(t, spec, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 8*time.Second))
	s.Client("client-2", 12*time.Second, locktest.Hold(0, 8*time.Second))
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	clocks(s.World, s.World.Host("client-1"))
	return s
}

var everyProfile = []string{"redlock", "redlock-reference", "redlock-redsync", "redlock+sequential", "redlock+wall-clock"}

func soundClocks(*virtual.World, *virtual.Host) {}

// suspend stops the monotonic clock for the length of the pause, as Linux does while a machine
// sleeps.
func suspend(w *virtual.World, h *virtual.Host) {
	w.After(20*time.Millisecond, func() { h.SetMonotonicRate(0) })
	w.After(15*time.Second, func() { h.SetMonotonicRate(sim.TrueRate) })
}

func stepBack(w *virtual.World, h *virtual.Host) {
	w.After(time.Second, func() { h.StepWall(-15 * time.Second) })
}

// antirez's answer: the elapsed check (A6) …
func TestAPauseDuringAcquireIsHarmlessWithTheElapsedCheck(t *testing.T) {
	for _, spec := range everyProfile {
		pausedAcquire(t, spec, soundClocks).expectOverlap(holds, 1)
		pausedAcquire(t, spec+"+elapsed-check=off", soundClocks).expectOverlap(violated, 2)
	}
}

// … which needs a clock that goes on while the client stands still (A7b) …
func TestASuspendedClientDefeatsAMonotonicElapsedCheck(t *testing.T) {
	for spec, verdict := range map[string]check.Verdict{
		"redlock": violated, "redlock-redsync": violated, "redlock+sequential": violated,
		"redlock-reference": holds, "redlock+wall-clock": holds,
	} {
		acquired := map[check.Verdict]int{holds: 1, violated: 2}[verdict]
		pausedAcquire(t, spec, suspend).expectOverlap(verdict, acquired)
	}
}

// … and that is not set back (A7c).
func TestAWallClockThatIsSteppedBackDefeatsAWallClockElapsedCheck(t *testing.T) {
	for spec, verdict := range map[string]check.Verdict{
		"redlock": holds, "redlock-redsync": holds, "redlock+sequential": holds,
		"redlock-reference": violated, "redlock+wall-clock": violated,
	} {
		acquired := map[check.Verdict]int{holds: 1, violated: 2}[verdict]
		pausedAcquire(t, spec, stepBack).expectOverlap(verdict, acquired)
	}
}

func TestAnAnswerThatCameTooLateIsToldSo(t *testing.T) {
	s := newStage(t, "redlock", "client-1")
	s.Client("client-1", 0, func(_ sim.Host, l backends.Lock) {
		if _, err := l.Acquire(0); err != backends.ErrTooLate {
			t.Errorf("%v, expected ErrTooLate", err)
		}
	})
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	s.Run(time.Minute)
}

// "Processes count time at about the same rate; 10 % is fine": not with an allowance of 1 % (A5,
// R5). A node whose clock runs r times as fast ends a lease after TTL/r; the client counts on it
// until TTL less the allowance.
func TestClocksMayDifferByTheDriftAllowedForAndNoMore(t *testing.T) {
	for _, rate := range []float64{1, 1.005, 1.015, 1.04, 1.06, 1.1} {
		for _, drift := range []float64{0, 0.01, 0.05, 0.1} {
			t.Run(fmt.Sprintf("nodes %g times as fast, drift %g", rate, drift), func(t *testing.T) {
				s := newStage(t, fmt.Sprintf("redlock+retry=0.0002ttl+drift=%gttl", drift), "client-1", "client-2")
				for i := range s.Servers {
					s.node(i + 1).SetWallRate(int64(rate * float64(sim.TrueRate)))
				}
				s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
				s.Client("client-2", 8*time.Second, locktest.Hold(ttl, time.Second))
				if 1/rate < 1-drift {
					s.expectOverlap(violated, 2)
				} else {
					s.expectOverlap(holds, 2)
				}
			})
		}
	}
}
