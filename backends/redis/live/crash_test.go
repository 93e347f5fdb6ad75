//go:build linux

package redislive

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
)

// longTTL is longer than everysec may take to sync.
const longTTL = 6 * time.Second

// crashOn switches the server off for a moment.
func crashOn(when sim.Trigger) sim.Step {
	return sim.Step{When: when, Do: sim.Fault{Kind: sim.Crash, Host: redis.ServerID, For: 50 * time.Millisecond}}
}

// acquired is a moment after the client has its answer: the server sends the answer before it
// informs the observer, and a crash in between would lose that.
var acquired = sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1, After: 20 * time.Millisecond}

func TestARealServerWithoutAFileForgetsTheLockWhenItCrashes(t *testing.T) {
	got := newLabTrial(t, "redis", longTTL).runUntilTold("redis-1 forgotten", 300*time.Millisecond, crashOn(acquired))
	locktest.ExpectOnHosts(t, told(got),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1",
		"redis-1 forgotten", "client-1 release", "client-1 not-released")
}

// expectKept checks that the lock was granted and that the server still has its key.
func (l *labTrial) expectKept(events []sim.Event) {
	l.Helper()
	if lines := told(events); slices.Contains(lines, "redis-1 forgotten") || !slices.Contains(lines, "redis-1 granted token 1") {
		l.Errorf("the lock was not granted and kept: %q", lines)
	}
	var n any
	livetest.Eventually(l, "the server is back", func() (back bool) {
		var err error
		n, err = AskServer(l.Ctx, l.Live, redis.ServerID, "EXISTS", redis.LockKey)
		return err == nil
	})
	if n != int64(1) {
		l.Errorf("the server has %v of the lock's key, expected one", n)
	}
}

// The crash broke the client's connection, so its release does not reach the server in these tests.

func TestARealServerThatSyncsEveryWriteRemembersTheLock(t *testing.T) {
	l := newLabTrial(t, "redis+durability=always", longTTL)
	l.expectKept(l.run(300*time.Millisecond, crashOn(acquired)))
}

func TestEverySecLosesAGrantThatIsNotSyncedYet(t *testing.T) {
	got := newLabTrial(t, "redis+durability=everysec", longTTL).runUntilTold("redis-1 forgotten", 300*time.Millisecond, crashOn(acquired))
	if !slices.Contains(told(got), "redis-1 forgotten") {
		t.Errorf("the lock was not forgotten: %q", told(got))
	}
}

func TestEverySecKeepsAGrantThatIsOlderThanASecond(t *testing.T) {
	later := sim.Trigger{After: 1500 * time.Millisecond}
	l := newLabTrial(t, "redis+durability=everysec", longTTL)
	l.expectKept(l.run(1800*time.Millisecond, crashOn(later)))
}

func TestALockWhoseTimeIsUpWhenTheServerIsBackHasExpired(t *testing.T) {
	crash := crashOn(acquired)
	crash.Do.For = 2 * labTTL
	got := newLabTrial(t, "redis+durability=always", labTTL).runUntilTold("redis-1 expired", 3*labTTL, crash)
	if lines := told(got); slices.Contains(lines, "redis-1 forgotten") || !slices.Contains(lines, "redis-1 expired") {
		t.Errorf("the lock did not expire: %q", lines)
	}
}

func TestARealServerStaysAwayForItsRestartDelay(t *testing.T) {
	got := newLabTrial(t, "redis+restart-delay=0.05ttl", longTTL).runUntilTold("redis-1 forgotten", 600*time.Millisecond, crashOn(acquired))
	const delay = 300 * time.Millisecond
	var back, forgotten time.Duration
	for _, e := range got {
		switch e.Kind {
		case sim.FaultUndone:
			back = e.At
		case sim.Forgotten:
			forgotten = e.At
		}
	}
	// The time of the undo is taken before the host is started.
	if back == 0 || forgotten < back+delay {
		t.Errorf("the host was back at %v, and the server, empty, at %v, expected %v later", back, forgotten, delay)
	}
}

func TestAStepOfARealServersClockEndsTheLeaseAndTheServerProvesIt(t *testing.T) {
	step := sim.Step{When: acquired, Do: sim.Fault{Kind: sim.ClockFault, Host: redis.ServerID, Clock: sim.WallClock, Step: 2 * longTTL}}
	got := newLabTrial(t, "redis", longTTL).run(400*time.Millisecond, step)
	locktest.ExpectOnHosts(t, told(got),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1",
		"redis-1 expired", "client-1 release", "client-1 not-released")
	for _, e := range got {
		if e.Kind == sim.FaultUnproven {
			t.Errorf("fault %d was not proven: %s", e.Fault, e.Note)
		}
	}
}

func TestAnObserverBearsAServerThatIsPausedOrDeadAtTheEnd(t *testing.T) {
	for _, f := range []sim.Fault{{Kind: sim.Pause, Host: redis.ServerID}, {Kind: sim.Crash, Host: redis.ServerID}} {
		got := newLabTrial(t, "redis+timeout=0.1ttl", labTTL).run(labTTL/2, sim.Step{When: acquired, Do: f})
		if lines := told(got); !slices.Contains(lines, "redis-1 granted token 1") || !slices.Contains(lines, "client-1 not-released") {
			t.Errorf("%s: %q", f.Kind, lines)
		}
	}
}

func TestResetEmptiesAServerAndTellsOfOneThatIsDown(t *testing.T) {
	l := newLabTrial(t, "redis+durability=always", longTTL)
	holderDies := sim.Step{When: acquired, Do: sim.Fault{Kind: sim.Crash, Host: "client-1"}}
	crash := crashOn(sim.Trigger{After: 100 * time.Millisecond})
	if got := told(l.runUntil(300*time.Millisecond, 0, holderDies, crash)); !slices.Contains(got, "redis-1 granted token 1") {
		t.Fatalf("the lock was not granted: %q", got)
	}
	l.Reset()
	if keys, err := AskServer(l.Ctx, l.Live, redis.ServerID, "DBSIZE"); err != nil || keys != int64(0) {
		t.Errorf("after a reset the server has %v keys (%v)", keys, err)
	}
	if err := l.Live.Agent(redis.ServerID).Crash(); err != nil {
		t.Fatal(err)
	}
	if err := (Backend{}).Reset(l.Ctx, l.Live, l.Settings); err == nil || !strings.Contains(err.Error(), "redis-1 is down") {
		t.Errorf("resetting a server that is down: %v", err)
	}
}

// All requests of clients must have been handled before a server is emptied; a server that was
// stopped handles them when it continues.
func TestResetWaitsUntilNoClientIsConnected(t *testing.T) {
	l := newLabTrial(t, "redis", longTTL)
	conn, err := l.Live.Agent("client-1").Dial(l.Ctx, "tcp", net.JoinHostPort(l.Live.Address(redis.ServerID), ServerPort))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	hasClient := func() bool { return CheckNoClients(l.Ctx, l.Live, redis.ServerID) != nil }
	livetest.Eventually(t, "the server knows the client", hasClient)
	done := make(chan error)
	go func() { done <- (Backend{}).Reset(l.Ctx, l.Live, l.Settings) }()
	select {
	case err := <-done:
		t.Fatalf("reset with a client connected: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	conn.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWhatEverySecHasSynced(t *testing.T) {
	const ms = time.Millisecond
	look := func(f *fsyncs, at time.Duration, size, want int64) {
		t.Helper()
		if f.sample(at, size); f.synced != want {
			t.Errorf("at %v, with %d bytes written: %d are synced, expected %d", at, size, f.synced, want)
		}
	}
	var f fsyncs             // the last sync began at 0
	look(&f, 100*ms, 10, 0)  // waits for the second to be over
	look(&f, 900*ms, 20, 0)  //
	look(&f, 1000*ms, 20, 0) // begins
	look(&f, 1005*ms, 20, 20)
	look(&f, 3000*ms, 30, 20) // after a quiet second it begins at once
	look(&f, 3005*ms, 30, 30)
	look(&f, 3010*ms, 40, 30)
	look(&f, 4004*ms, 40, 30)
	look(&f, 4005*ms, 40, 40)
}
