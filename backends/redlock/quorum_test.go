package redlock

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestWhoReturnsAtTheQuorumDoesNotWaitForASilentServer(t *testing.T) {
	for _, c := range []struct {
		spec          string
		lock, release time.Duration // with one of five servers cut off
	}{
		{"redlock", 50 * time.Millisecond, 50 * time.Millisecond},
		{"redlock+return-at-quorum", 4 * time.Millisecond, 2 * time.Millisecond},
		{"redlock-reference", 66 * time.Millisecond, 58 * time.Millisecond},
		{"redlock-reference+return-at-quorum", 62 * time.Millisecond, 60 * time.Millisecond}, // server 5 is asked only for the release
		{"redlock-redsync", 5 * time.Second, 10 * time.Second},
		{"redlock-redsync+context-timeout", 500 * time.Millisecond, 10 * time.Second},
		{"redlock-redsync+return-at-quorum", 2 * time.Millisecond, 2 * time.Millisecond},
		{"redlock-redsync+unlock-timeout=1s", 5 * time.Second, time.Second},
	} {
		s := newStage(t, c.spec, "client-1")
		s.cut("client-1", 2)
		s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
			lease, err := l.Acquire(0)
			if err != nil {
				t.Errorf("%s: %v", c.spec, err)
				return
			}
			took := h.Now()
			if err := lease.Release(); err != nil {
				t.Errorf("%s: release: %v", c.spec, err)
			}
			if release := h.Now() - took; took != c.lock || release != c.release {
				t.Errorf("%s: %v for the lock and %v for its release, expected %v and %v", c.spec, took, release, c.lock, c.release)
			}
		})
		s.Run(time.Minute)
	}
}

// A slow server still executes its request, and the release reaches it as well.
func TestVotesThatComeAfterTheQuorumAreGivenBackToo(t *testing.T) {
	s := newStage(t, "redlock+return-at-quorum+nodes=3", "client-1")
	s.World.SetLatency("client-1", s.Servers[2], latency(10*time.Millisecond))
	s.Client("client-1", 0, locktest.Hold(0, 100*time.Millisecond))
	s.Expect(time.Second, `
	0s client-1 acquire-sent A
	3ms redis-1 node-granted A
	3ms redis-2 node-granted A
	3ms redis-2 granted A: by 2 of 3 nodes
	4ms client-1 acquired A until 9.898s
	30ms redis-3 node-granted A
	104ms client-1 release A
	105ms redis-1 node-ended A: freed
	105ms redis-2 node-ended A: freed
	105ms redis-2 freed A
	106ms client-1 released A
	114ms redis-3 node-ended A: freed
	`)
}

// A quorum that can no longer be reached is not waited for either.
func TestAnAnswerThatCannotMakeAQuorumIsNotWaitedFor(t *testing.T) {
	s := newStage(t, "redlock+return-at-quorum", "client-1", "client-2")
	s.cut("client-2", 5)
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.Client("client-2", time.Second, func(h sim.Host, l backends.Lock) {
		_, err := l.Acquire(0)
		if took := h.Now() - time.Second; !errors.Is(err, backends.ErrHeld) || took > 60*time.Millisecond {
			t.Errorf("%v after %v, expected ErrHeld after the round in which nothing was set", err, took)
		}
	})
	s.Run(time.Minute)
}
