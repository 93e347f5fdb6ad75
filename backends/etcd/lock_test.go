package etcd

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func TestALockIsTakenAndGivenBack(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.007s client-1 release account/1@2
	2.008s etcd-1 freed account/1@2
	2.009s client-1 released account/1@2
	`)
}

func TestWhoAskedForADeletionIsKnown(t *testing.T) {
	for by, want := range map[sim.HostID]check.Verdict{"client-1": check.Holds, "client-2": check.Violated} {
		s := newStage(t, 1, "etcd", "client-1", "client-2")
		s.Client("client-1", time.Second, locktest.Hold(0, 5*time.Second))
		s.Client(by, 2*time.Second, func(_ sim.Host, l backends.Lock) { // as no client of the library does
			if ok, err := l.(*Lock).port.Delete("account/1", 0, time.Second); !ok || err != nil {
				t.Errorf("delete = %t, %v", ok, err)
			}
		})
		h := s.Run(time.Minute)
		if freed := locktest.Only(h, sim.Freed); len(freed) != 1 || freed[0].Client != by || freed[0].Grant != "account/1@2" {
			t.Errorf("%s deleted the key of client-1: %+v", by, freed)
		}
		if f := check.One(check.ForeignRelease, h); f.Verdict != want {
			t.Errorf("%s deleted the key of client-1: foreign-release %v (%s), expected %v", by, f.Verdict, f.Why, want)
		}
	}
}

func TestTheWaiterGetsTheLockOnRelease(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2", "client-3")
	s.Client("client-1", time.Second, locktest.Hold(ttl, 5*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(ttl, time.Second))
	s.Client("client-3", 3*time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	3.004s client-3 acquire-sent account/3
	6.007s client-1 release account/1@2
	6.008s etcd-1 freed account/1@2
	6.008s etcd-1 granted account/2@3 token 3
	6.009s client-1 released account/1@2
	6.014s client-2 acquired account/2@3 token 3 until 16.004s
	7.014s client-2 release account/2@3
	7.016s etcd-1 freed account/2@3
	7.016s etcd-1 granted account/3@4 token 4
	7.017s client-2 released account/2@3
	7.022s client-3 acquired account/3@4 token 4 until 17.004s
	8.022s client-3 release account/3@4
	8.023s etcd-1 freed account/3@4
	8.024s client-3 released account/3@4
	`)
}

func TestAWaiterThatHasWaitedLongEnoughLeavesTheQueue(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2", "client-3")
	s.Client("client-1", time.Second, locktest.Hold(ttl, 8*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(3*time.Second, time.Second))
	s.Client("client-3", 3*time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	3.004s client-3 acquire-sent account/3
	5.008s client-2 not-acquired: the lock is held by somebody else
	9.007s client-1 release account/1@2
	9.008s etcd-1 freed account/1@2
	9.008s etcd-1 granted account/3@4 token 4
	9.009s client-1 released account/1@2
	9.014s client-3 acquired account/3@4 token 4 until 17.004s
	10.014s client-3 release account/3@4
	10.016s etcd-1 freed account/3@4
	10.017s client-3 released account/3@4
	`)
}

func TestTheLockComesFreeWhenTheHolderIsGone(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Hour))
	s.Client("client-2", 2*time.Second, locktest.Hold(2*ttl, time.Second))
	s.World.After(5*time.Second, s.World.Host("client-1").Crash)
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	14.492s etcd-1 expired account/1@2
	14.492s etcd-1 granted account/2@3 token 3
	14.499s client-2 acquired account/2@3 token 3 until 23.004s
	15.499s client-2 release account/2@3
	15.501s etcd-1 freed account/2@3
	15.502s client-2 released account/2@3
	`)
}

func TestAPausedHolderIsSupersededAndItsTokenIsLower(t *testing.T) { // K4
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(2*ttl, 15*time.Second))
	s.Pause("client-1", sim.Acquired, 15*time.Second)
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	11.492s etcd-1 expired account/1@2
	11.492s etcd-1 granted account/2@3 token 3
	11.499s client-2 acquired account/2@3 token 3 until 19.004s
	16.007s client-1 lost account/1@2: no keep-alive was answered for the length of the lease
	17.007s client-1 release account/1@2
	17.009s client-1 not-released account/1@2: the lock is no longer held: its lease has ended
	26.499s client-2 release account/2@3
	26.501s etcd-1 freed account/2@3
	26.502s client-2 released account/2@3
	`)
}

func TestAWaiterWhoseLeaseEndedIsToldThatItHoldsTheLock(t *testing.T) { // J3, J4: before 3.5
	s := newStage(t, 1, "etcd+recheck=off", "client-1", "client-2")
	s.expiredWaiter()
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	21.007s client-1 release account/1@2
	21.008s etcd-1 freed account/1@2
	21.009s client-1 released account/1@2
	24.005s client-2 acquired account/2@3 token 3 until 25s
	25.005s client-2 release account/2@3
	25.008s client-2 not-released account/2@3: the lock is no longer held: its lease has ended
	`)
}

func TestTheRecheckTellsAWaiterThatItsLeaseEnded(t *testing.T) { // J3, J4: since 3.5
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.expiredWaiter()
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.004s client-2 acquire-sent account/2
	21.007s client-1 release account/1@2
	21.008s etcd-1 freed account/1@2
	21.009s client-1 released account/1@2
	24.008s client-2 not-acquired: mutex: session is expired: the lock is held by somebody else
	`)
}

// expiredWaiter stops a waiter until its lease is over and the holder has released.
func (s stage) expiredWaiter() {
	s.Client("client-1", time.Second, locktest.Hold(0, 20*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(5*time.Second, time.Second))
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{After: 4 * time.Second},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-2", For: 20 * time.Second},
	}})
}

func TestAfterAnUnansweredUnlockTheNextLockHasAnotherSession(t *testing.T) {
	s := newStage(t, 1, "etcd+timeout=0.1ttl", "client-1")
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		locktest.Hold(0, time.Second)(h, l)
		locktest.Hold(2*ttl, time.Second)(h, l)
	})
	s.World.After(1500*time.Millisecond, func() { s.Cut("client-1", s.Servers...) })
	s.World.After(4200*time.Millisecond, func() { s.Mend("client-1", s.Servers...) })
	s.Expect(time.Minute, `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.007s client-1 release account/1@2
	4.212s etcd-1 freed account/1@2
	4.213s client-1 not-released account/1@2: delete account/1: ask etcd-2: outcome unknown: no answer in time
	4.216s client-1 acquire-sent account/2
	4.218s etcd-1 granted account/2@4 token 4
	4.219s client-1 acquired account/2@4 token 4 until 15.216s
	5.219s client-1 release account/2@4
	5.22s etcd-1 freed account/2@4
	5.222s client-1 released account/2@4
	`)
}

// lateUnlock lets an unlock hang in the network towards the first member, while it is
// tried again at the next one.
func (s stage) lateUnlock() {
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		locktest.Hold(0, time.Second)(h, l)
		locktest.Hold(0, 20*time.Second)(h, l)
	})
	s.Client("client-2", 10*time.Second, locktest.Hold(20*time.Second, time.Second))
	s.World.After(1500*time.Millisecond, func() { s.Cut("client-1", s.Servers[:1]...) })
	s.World.After(9*time.Second, func() { s.Mend("client-1", s.Servers[:1]...) })
}

// beforeTheLateUnlock is what has happened by then, in any case.
const beforeTheLateUnlock = `
	1.004s client-1 acquire-sent account/1
	1.006s etcd-1 granted account/1@2 token 2
	1.007s client-1 acquired account/1@2 token 2 until 12.004s
	2.007s client-1 release account/1@2
	7.011s etcd-1 freed account/1@2
	7.012s client-1 released account/1@2
	7.012s client-1 acquire-sent account/1
	7.014s etcd-1 granted account/1@4 token 4
	7.015s client-1 acquired account/1@4 token 4 until 12.004s
	10.004s client-2 acquire-sent account/2`

func TestALateUnlockDeletesTheNextLockOfItsSession(t *testing.T) { // E9
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.lateUnlock()
	s.Expect(time.Minute, beforeTheLateUnlock+`
	14.609s etcd-1 freed account/1@4
	14.609s etcd-1 granted account/2@5 token 5
	14.615s client-2 acquired account/2@5 token 5 until 24.004s
	15.615s client-2 release account/2@5
	15.617s etcd-1 freed account/2@5
	15.618s client-2 released account/2@5
	27.015s client-1 release account/1@4
	27.018s client-1 not-released account/1@4: the lock is no longer held: its lease has ended
	`)
}

func TestAnUnlockThatComparesTheRevisionDeletesNoOtherLock(t *testing.T) { // E9
	s := newStage(t, 1, "etcd+unlock-compares-revision", "client-1", "client-2")
	s.lateUnlock()
	s.Expect(time.Minute, beforeTheLateUnlock+`
	27.015s client-1 release account/1@4
	27.017s etcd-1 freed account/1@4
	27.017s etcd-1 granted account/2@5 token 5
	27.018s client-1 released account/1@4
	27.022s client-2 acquired account/2@5 token 5 until 37.004s
	28.022s client-2 release account/2@5
	28.024s etcd-1 freed account/2@5
	28.025s client-2 released account/2@5
	`)
}
