package etcd

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// tokensInTurns returns the tokens that clients 1, 2 and 1 again get.
func tokensInTurns(t *testing.T, spec string) []uint64 {
	s := newStage(t, 1, spec, "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	s.Client("client-2", 3*time.Second, locktest.Hold(0, time.Second))
	s.Client("client-1", 5*time.Second, locktest.Hold(0, time.Second))
	return locktest.Tokens(t, s.Run(time.Minute))
}

func TestRevisionsGrowWithGrantsAndLeaseIDsDoNot(t *testing.T) { // E11, E13
	if got := tokensInTurns(t, "etcd"); len(got) != 3 || got[0] >= got[1] || got[1] >= got[2] {
		t.Errorf("the create revisions of three grants are %d", got)
	}
	if got := tokensInTurns(t, "etcd+token-from=lease-id"); len(got) != 3 || got[0] != got[2] || got[0] == got[1] {
		t.Errorf("the lease ids of three grants are %d, expected the first one again at last", got)
	}
}

func TestAnAnswerThatIsReadAfterTheLeaseIsNoLockForWhoLooksAtTheClock(t *testing.T) { // A12
	for _, c := range []struct {
		spec  string
		taken bool // the late answer is taken for the lock
	}{
		{"etcd+timeout=1m", true},
		{"etcd+timeout=1m+deadline-from-send", false},
	} {
		s := newStage(t, 1, c.spec, "client-1", "client-2")
		s.Client("client-1", time.Second, locktest.Hold(time.Hour, time.Second))
		s.Client("client-2", 2*time.Second, locktest.Hold(time.Hour, 20*time.Second))
		s.Pause("client-1", sim.AcquireSent, 15*time.Second)
		events := s.Run(time.Minute).Events
		first, second := locktest.Find(t, events, "client-1", sim.Acquired, 1), locktest.Find(t, events, "client-2", sim.Release, 1)
		if taken := first.At < second.At; taken != c.taken {
			t.Errorf("%s: client 1 had the lock at %v, client 2 until %v", c.spec, first.At, second.At)
		}
	}
}
