package etcd

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// tokensInTurns gives the tokens that clients 1, 2 and 1 again get.
func tokensInTurns(t *testing.T, spec string) (tokens []uint64) {
	s := newStage(t, 1, spec, "client-1", "client-2")
	s.client("client-1", time.Second, hold(0, time.Second))
	s.client("client-2", 3*time.Second, hold(0, time.Second))
	s.client("client-1", 5*time.Second, hold(0, time.Second))
	var granted []uint64
	for _, e := range s.run(time.Minute) {
		switch e.Kind {
		case sim.Acquired:
			tokens = append(tokens, e.Token)
		case sim.Granted:
			granted = append(granted, e.Token)
		}
	}
	if !slices.Equal(tokens, granted) {
		t.Errorf("%s: the cluster gave %d, the clients received %d", spec, granted, tokens)
	}
	return tokens
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
		s.client("client-1", time.Second, hold(time.Hour, time.Second))
		s.client("client-2", 2*time.Second, hold(time.Hour, 20*time.Second))
		s.world.Direct([]sim.Step{pause("client-1", "client-1", sim.AcquireSent, 15*time.Second)})
		events := s.run(time.Minute)
		first, second := find(t, events, "client-1", sim.Acquired, 1), find(t, events, "client-2", sim.Release, 1)
		if taken := first.At < second.At; taken != c.taken {
			t.Errorf("%s: client 1 had the lock at %v, client 2 until %v", c.spec, first.At, second.At)
		}
	}
}
