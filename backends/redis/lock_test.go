package redis

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestALockIsTakenAndGivenBack(t *testing.T) {
	s := newStage(t, "redis", true, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A token 1
	4ms client-1 acquired A token 1 until 10.004s
	1.004s client-1 release A
	1.005s redis-1 freed A
	1.006s client-1 released A
	`)
}

func TestTheLeaseEndsAtTheServerWhenTheHolderIsSilent(t *testing.T) {
	s := newStage(t, "redis+elapsed-check", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 15*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	4ms client-1 acquired A until 9.898s
	10.004s redis-1 expired A
	15.004s client-1 release A
	15.006s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestAWaitingClientGetsTheLockAfterItsRelease(t *testing.T) {
	s := newStage(t, "redis+retry=0.1ttl", true, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 2*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A token 1
	4ms client-1 acquired A token 1 until 10.004s
	1s client-2 acquire-sent B
	1.639035496s client-2 acquire-sent C
	2.004s client-1 release A
	2.005s redis-1 freed A
	2.006s client-1 released A
	3.113500256s client-2 acquire-sent D
	3.114500256s redis-1 granted D token 2
	3.115500256s client-2 acquired D token 2 until 13.115500256s
	4.115500256s client-2 release D
	4.116500256s redis-1 freed D
	4.117500256s client-2 released D
	`)
}

func TestAClientThatHasWaitedLongEnoughIsToldThatTheLockIsHeld(t *testing.T) {
	s := newStage(t, "redis", false, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 9*time.Second))
	s.Client("client-2", time.Second, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(3 * time.Second)
		if lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire = %v, %v; expected ErrHeld", lease, err)
		}
		if h.Now() < 4*time.Second || h.Now() > 4100*time.Millisecond {
			t.Errorf("gave up at %v, expected soon after 4 s", h.Now())
		}
	})
	s.Run(time.Minute)
}

func TestWithoutTheElapsedCheckAPausedClientBelievesInADeadLease(t *testing.T) {
	s := newStage(t, "redis", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	10.004s redis-1 expired A
	15s client-1 acquired A until 25s
	16s client-1 release A
	16.002s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestTheElapsedCheckDiscardsAnAnswerThatComesTooLate(t *testing.T) {
	s := newStage(t, "redis+elapsed-check", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	10.004s redis-1 expired A
	15.002s client-1 not-acquired: the lock was granted, but the answer came too late to count on it
	`)
}

func TestTheElapsedCheckGivesBackALeaseThatStillRuns(t *testing.T) {
	// The client's deadline is earlier than the server's by the allowed clock drift.
	s := newStage(t, "redis+elapsed-check", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Pause("client-1", sim.AcquireSent, 9950*time.Millisecond)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	9.951s redis-1 freed A
	9.952s client-1 not-acquired: the lock was granted, but the answer came too late to count on it
	`)
}

func TestALateReleaseDoesNotFreeTheNextHoldersLock(t *testing.T) {
	s := newStage(t, "redis", false, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Client("client-2", 11*time.Second, locktest.Hold(0, 8*time.Second))
	s.Pause("client-1", sim.Release, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	4ms client-1 acquired A until 10.004s
	1.004s client-1 release A
	10.004s redis-1 expired A
	11s client-2 acquire-sent B
	11.003s redis-1 granted B
	11.004s client-2 acquired B until 21.004s
	16.006s client-1 not-released A: the lock is no longer held: its lease has ended
	19.004s client-2 release B
	19.005s redis-1 freed B
	19.006s client-2 released B
	`)
}

func TestTheWatchdogKeepsTheLeaseUntilTheRelease(t *testing.T) {
	s := newStage(t, "redis+renew", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	4ms client-1 acquired A until 10.004s
	3.338333333s redis-1 extended A
	3.339333333s client-1 renewed A until 13.339333333s
	6.673666666s redis-1 extended A
	6.674666666s client-1 renewed A until 16.674666666s
	10.008999999s redis-1 extended A
	10.009999999s client-1 renewed A until 20.009999999s
	12.004s client-1 release A
	12.005s redis-1 freed A
	12.006s client-1 released A
	`)
}

func TestTheWatchdogTellsAPausedHolderThatItHasLostTheLock(t *testing.T) {
	s := newStage(t, "redis+renew", false, "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 20*time.Second))
	s.Pause("client-1", sim.Acquired, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	4ms client-1 acquired A until 10.004s
	10.004s redis-1 expired A
	15.006s client-1 lost A: the server no longer knows this value
	35.004s client-1 release A
	35.006s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestAnUnansweredRequestIsNeitherHeldNorGranted(t *testing.T) {
	s := newStage(t, "redis", false, "client-1")
	s.World.Cut(ServerID, "client-1") // requests arrive, answers do not
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if lease != nil || !errors.Is(err, sim.ErrUnknown) || errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire = %v, %v; expected sim.ErrUnknown", lease, err)
		}
	})
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 granted A
	5.003s redis-1 freed A
	`)
}
