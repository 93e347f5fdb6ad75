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
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.006s client-1 release account/1@2
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
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	3.003s client-3 acquire-sent account/3
	6.006s client-1 release account/1@2
	6.008s etcd-1 freed account/1@2
	6.008s etcd-1 granted account/2@3 token 3
	6.009s client-1 released account/1@2
	6.014s client-2 acquired account/2@3 token 3 until 16.004s
	7.014s client-2 release account/2@3
	7.016s etcd-1 freed account/2@3
	7.016s etcd-1 granted account/3@4 token 4
	7.017s client-2 released account/2@3
	7.023s client-3 acquired account/3@4 token 4 until 17.004s
	8.023s client-3 release account/3@4
	8.024s etcd-1 freed account/3@4
	8.025s client-3 released account/3@4
	`)
}

func TestAWaiterThatHasWaitedLongEnoughLeavesTheQueue(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2", "client-3")
	s.Client("client-1", time.Second, locktest.Hold(ttl, 8*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(3*time.Second, time.Second))
	s.Client("client-3", 3*time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	3.003s client-3 acquire-sent account/3
	5.002s client-2 not-acquired: the lock is held by somebody else
	9.006s client-1 release account/1@2
	9.008s etcd-1 freed account/1@2
	9.008s etcd-1 granted account/3@4 token 4
	9.009s client-1 released account/1@2
	9.014s client-3 acquired account/3@4 token 4 until 17.005s
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
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	14.992s etcd-1 expired account/1@2
	14.992s etcd-1 granted account/2@3 token 3
	14.999s client-2 acquired account/2@3 token 3 until 23.007s
	15.999s client-2 release account/2@3
	16s etcd-1 freed account/2@3
	16.001s client-2 released account/2@3
	`)
}

func TestAPausedHolderIsSupersededAndItsTokenIsLower(t *testing.T) { // K4
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(2*ttl, 15*time.Second))
	s.Pause("client-1", sim.Acquired, 15*time.Second)
	s.Expect(time.Minute, `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	11.492s etcd-1 expired account/1@2
	11.492s etcd-1 granted account/2@3 token 3
	11.499s client-2 acquired account/2@3 token 3 until 20.005s
	16.006s client-1 lost account/1@2: no keep-alive was answered for the length of the lease
	17.006s client-1 release account/1@2
	17.009s client-1 not-released account/1@2: the lock is no longer held: its lease has ended
	26.499s client-2 release account/2@3
	26.5s etcd-1 freed account/2@3
	26.502s client-2 released account/2@3
	`)
}

func TestAWaiterWhoseLeaseEndedIsToldThatItHoldsTheLock(t *testing.T) { // J3, J4: before 3.5
	s := newStage(t, 1, "etcd+recheck=off", "client-1", "client-2")
	s.expiredWaiter()
	s.Expect(time.Minute, `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	21.006s client-1 release account/1@2
	21.007s etcd-1 freed account/1@2
	21.009s client-1 released account/1@2
	24.002s client-2 acquired account/2@3 token 3 until 25s
	25.002s client-2 release account/2@3
	25.005s client-2 not-released account/2@3: the lock is no longer held: its lease has ended
	`)
}

func TestTheRecheckTellsAWaiterThatItsLeaseEnded(t *testing.T) { // J3, J4: since 3.5
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.expiredWaiter()
	s.Expect(time.Minute, `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.003s client-2 acquire-sent account/2
	21.006s client-1 release account/1@2
	21.007s etcd-1 freed account/1@2
	21.009s client-1 released account/1@2
	24.008s client-2 acquire-sent account/3
	24.01s etcd-1 granted account/3@6 token 6
	24.011s client-2 acquired account/3@6 token 6 until 30s
	25.011s client-2 release account/3@6
	25.013s etcd-1 freed account/3@6
	25.014s client-2 released account/3@6
	`)
}

// expiredWaiter stops a waiter until its lease is over and the holder has released.
func (s stage) expiredWaiter() {
	s.Client("client-1", time.Second, locktest.Hold(0, 20*time.Second))
	s.Client("client-2", 2*time.Second, locktest.Hold(time.Minute, time.Second))
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{After: 4 * time.Second},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-2", For: 20 * time.Second},
	}})
}

func TestAfterAnUnansweredUnlockTheNextLockHasAnotherSession(t *testing.T) {
	s := newStage(t, 1, "etcd+timeout=0.1ttl+unlock-tries=2", "client-1")
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		locktest.Hold(0, time.Second)(h, l)
		locktest.Hold(2*ttl, time.Second)(h, l)
	})
	s.World.After(1500*time.Millisecond, func() { s.Cut("client-1", s.Servers...) })
	s.World.After(4200*time.Millisecond, func() { s.Mend("client-1", s.Servers...) })
	s.Expect(time.Minute, `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.006s client-1 release account/1@2
	4.006s client-1 not-released account/1@2: delete account/1: ask etcd-1: outcome unknown: no answer in time
	4.21s client-1 acquire-sent account/2
	4.408s etcd-1 freed account/1@2
	4.408s etcd-1 granted account/2@4 token 4
	4.409s client-1 acquired account/2@4 token 4 until 10.004s
	5.409s client-1 release account/2@4
	5.411s etcd-1 freed account/2@4
	5.412s client-1 released account/2@4
	`)
}

// nextMember is the member that gets the next call.
func (p *simulatedPort) nextMember() sim.HostID {
	return p.channel.order[p.channel.next%len(p.channel.order)].member.ID()
}

// lateUnlock makes an unlock hang in the network towards the first member while it is tried again
// at the next one.
func (s stage) lateUnlock() {
	var lock backends.Lock
	s.Client("client-1", time.Second, func(h sim.Host, l backends.Lock) {
		lock = l
		locktest.Hold(0, time.Second)(h, l)
		locktest.Hold(0, 20*time.Second)(h, l)
	})
	s.Client("client-2", 10*time.Second, locktest.Hold(20*time.Second, time.Second))
	var first sim.HostID
	s.World.After(1500*time.Millisecond, func() {
		first = lock.(*Lock).port.(*simulatedPort).nextMember()
		s.Cut("client-1", first)
	})
	s.World.After(9*time.Second, func() { s.Mend("client-1", first) })
}

// beforeTheLateUnlock is what has happened by then, in any case.
const beforeTheLateUnlock = `
	1.003s client-1 acquire-sent account/1
	1.005s etcd-1 granted account/1@2 token 2
	1.006s client-1 acquired account/1@2 token 2 until 12.003s
	2.006s client-1 release account/1@2
	7.007s etcd-1 freed account/1@2
	7.008s client-1 released account/1@2
	7.008s client-1 acquire-sent account/1
	7.01s etcd-1 granted account/1@4 token 4
	7.011s client-1 acquired account/1@4 token 4 until 15.006s
	10.003s client-2 acquire-sent account/2`

func TestALateUnlockDeletesTheNextLockOfItsSession(t *testing.T) { // E9
	s := newStage(t, 1, "etcd+timeout=0.5ttl+unlock-tries=2", "client-1", "client-2")
	s.lateUnlock()
	s.Expect(time.Minute, beforeTheLateUnlock+`
	14.609s etcd-1 freed account/1@4
	14.609s etcd-1 granted account/2@5 token 5
	14.615s client-2 acquired account/2@5 token 5 until 24.004s
	15.615s client-2 release account/2@5
	15.617s etcd-1 freed account/2@5
	15.618s client-2 released account/2@5
	27.011s client-1 release account/1@4
	27.014s client-1 not-released account/1@4: the lock is no longer held: its lease has ended
	`)
}

func TestAnUnlockThatComparesTheRevisionDeletesNoOtherLock(t *testing.T) { // E9
	s := newStage(t, 1, "etcd+unlock-compares-revision+timeout=0.5ttl+unlock-tries=2", "client-1", "client-2")
	s.lateUnlock()
	s.Expect(time.Minute, beforeTheLateUnlock+`
	27.011s client-1 release account/1@4
	27.013s etcd-1 freed account/1@4
	27.013s etcd-1 granted account/2@5 token 5
	27.014s client-1 released account/1@4
	27.02s client-2 acquired account/2@5 token 5 until 35.01s
	28.02s client-2 release account/2@5
	28.022s etcd-1 freed account/2@5
	28.023s client-2 released account/2@5
	`)
}
