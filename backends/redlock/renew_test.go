package redlock

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestTheWatchdogKeepsTheLeaseOnAMajorityUntilTheRelease(t *testing.T) {
	s := newStage(t, "redlock+nodes=3+renew", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.World.After(time.Second, func() { s.node(3).Crash() })
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-2 granted A: by 2 of 3 nodes
	3ms redis-3 node-granted A
	4ms client-1 acquired A until 9.898s
	3.338333333s redis-1 node-extended A
	3.338333333s redis-2 node-extended A
	3.338333333s redis-2 extended A
	3.387333333s client-1 renewed A until 13.235333333s
	5.004s client-1 release A
	5.005s redis-1 node-ended A: freed
	5.005s redis-2 node-ended A: freed
	5.005s redis-2 freed A
	5.054s client-1 released A
	`)
}

func TestTheWatchdogLearnsThatAMajorityHasForgotten(t *testing.T) {
	s := newStage(t, "redlock+nodes=3+renew", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.World.After(time.Second, func() {
		for n := range 2 {
			s.node(n + 1).Crash()
			s.node(n + 1).Restart()
		}
	})
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-2 granted A: by 2 of 3 nodes
	3ms redis-3 node-granted A
	4ms client-1 acquired A until 9.898s
	1s redis-1 node-ended A: forgotten
	1s redis-2 node-ended A: forgotten
	1s redis-2 forgotten A
	3.338333333s redis-3 node-extended A
	3.341333333s client-1 lost A: a majority of the nodes no longer knows this value
	5.004s client-1 release A
	5.005s redis-3 node-ended A: freed
	5.006s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

// kindsOf counts what a client recorded.
func kindsOf(h *sim.History, id sim.HostID) map[sim.Kind]int {
	n := map[sim.Kind]int{}
	for _, e := range h.Events {
		if e.Host == id {
			n[e.Kind]++
		}
	}
	return n
}

func TestALeaseThatNoMajorityAnswersForIsNotProlongedAndNotLost(t *testing.T) {
	s := newStage(t, "redlock+renew", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 15*time.Second))
	s.World.After(time.Second, func() { s.cut("client-1", 1, 2, 3) })
	n := kindsOf(s.Run(time.Minute), "client-1")
	if n[sim.Renewed] != 0 || n[sim.Lost] != 0 || n[sim.Deadline] != 1 {
		t.Errorf("recorded %v; expected no news but the deadline", n)
	}
}

// The keys are extended, but nobody could count on the lease while the answers were read.
func TestARenewalThatComesAfterTheValidityTimeIsALoss(t *testing.T) {
	for spec, lost := range map[string]int{"redlock+renew": 1, "redlock+renew+elapsed-check=off": 0} {
		s := newStage(t, spec, "client-1")
		s.Client("client-1", 0, locktest.Hold(0, 12*time.Second))
		s.World.Direct([]sim.Step{{
			When: sim.Trigger{After: 3339 * time.Millisecond}, // the answers are on their way
			Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 7 * time.Second},
		}})
		if n := kindsOf(s.Run(time.Minute), "client-1"); n[sim.Lost] != lost {
			t.Errorf("%s: recorded %v, expected to be told of %d losses", spec, n, lost)
		}
	}
}
