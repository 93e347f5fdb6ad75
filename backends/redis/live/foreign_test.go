//go:build linux

package redislive

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
)

// A late request from an earlier trial's client is told apart from those of the next trial, even if
// both trials had the same seed, as these have.
func TestALockThatAnEarlierTrialHasLeftIsNoneOfThisOnes(t *testing.T) {
	l := newLabTrial(t, "redis", longTTL)
	trial := func() (granted []sim.Event, leftover error) {
		h := l.Trial(20*time.Second, []locktest.Order{{Wait: labTTL, Work: labTTL / 10}})
		_, leftover = audit.Leftover(h)
		return locktest.Only(h, sim.Granted), leftover
	}
	granted, first := trial()
	if first != nil || len(granted) != 1 {
		t.Fatalf("%v; granted: %+v", first, granted)
	}
	l.Reset()
	granted2, again := trial()
	if again != nil || len(granted2) != 1 || granted2[0].Grant == granted[0].Grant {
		t.Fatalf("%v; granted: %+v, and before: %+v", again, granted2, granted)
	}
	l.Reset()
	left := granted[0].Grant
	if _, err := AskServer(l.Ctx, l.Live, redis.ServerID, "SET", redis.LockKey, left, "NX", "PX", longTTL.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	if _, err := trial(); err == nil || !strings.Contains(err.Error(), left) {
		t.Errorf("with what an earlier trial has left: %v", err)
	}
}
