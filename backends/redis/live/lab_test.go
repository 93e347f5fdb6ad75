//go:build linux

package redislive

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// labTTL is short, because these tests wait for leases to end in real time.
const labTTL = 300 * time.Millisecond

// settings are those of a lock with leases of ten seconds.
func settings(t *testing.T, lock string) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, lock, 10*time.Second, false, Backend{})
	return s
}

var testDuties = map[string]live.Duty{observerDuty: observe, locktest.HolderDuty: locktest.Holder(locktest.HoldAsOrdered, Backend{})}

// labTrial is a real server on one host and a client on another.
type labTrial struct{ *locktest.Lab }

func newLabTrial(t *testing.T, lock string, ttl time.Duration) labTrial {
	t.Helper()
	l := labTrial{locktest.NewLab(t, lock, ttl, true, []sim.HostID{"client-1"}, Backend{})}
	l.Start()
	return l
}

// run makes the client hold the lock once.
func (l labTrial) run(work time.Duration, steps ...sim.Step) []sim.Event {
	l.Helper()
	return l.runUntil(20*time.Second, work, steps...)
}

// mostWork is how long a client works at most, even on a busy machine.
const mostWork = 5 * time.Second

// runUntilTold makes the client hold the lock until the history contains something that the server
// does once it is back after a crash. On a busy machine that takes longer; then another trial runs
// in which the client works for longer.
func (l labTrial) runUntilTold(line string, work time.Duration, steps ...sim.Step) []sim.Event {
	l.Helper()
	for {
		got := l.run(work, steps...)
		if slices.Contains(told(got), line) || 2*work > mostWork {
			return got
		}
		l.Reset()
		work *= 2
	}
}

// runUntil ends the trial at this time unless it has ended before.
func (l labTrial) runUntil(until, work time.Duration, steps ...sim.Step) []sim.Event {
	l.Helper()
	return l.Trial(until, []locktest.Order{{Work: work}}, steps...).Events
}

// runLab runs one holder against a real server and returns the events, without times.
func runLab(t *testing.T, lock string, work time.Duration, steps ...sim.Step) []string {
	t.Helper()
	return told(newLabTrial(t, lock, labTTL).run(work, steps...))
}

func told(events []sim.Event) []string {
	var lines []string
	for _, e := range events {
		if e.Fault != 0 || slices.Contains([]sim.Kind{sim.End, sim.Done, sim.Deadline}, e.Kind) {
			continue
		}
		line := fmt.Sprintf("%s %s", e.Host, e.Kind)
		if e.Token != 0 {
			line += fmt.Sprintf(" token %d", e.Token)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestARealLockIsTakenAndGivenBack(t *testing.T) {
	locktest.ExpectOnHosts(t, runLab(t, "redis", 0),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1",
		"client-1 release", "redis-1 freed", "client-1 released")
}

func TestTheObserverOfARealServerNamesWhoReleased(t *testing.T) {
	for _, lock := range []string{"redis", "redis+plain-del"} {
		events := newLabTrial(t, lock, labTTL).run(0)
		i := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Freed })
		if i < 0 || events[i].Client != "client-1" {
			t.Errorf("%s: of the release by client-1 the observer says %+v", lock, events)
		}
	}
}

func TestARealClientPausedDuringItsAcquireBelievesInADeadLease(t *testing.T) {
	locktest.ExpectOnHosts(t, runLab(t, "redis", 0, locktest.PauseOn("client-1", sim.AcquireSent, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "redis-1 expired", "client-1 acquired token 1",
		"client-1 release", "client-1 not-released")
}

func TestTheElapsedCheckSavesARealClientPausedDuringItsAcquire(t *testing.T) {
	locktest.ExpectOnHosts(t, runLab(t, "redis+elapsed-check", 0, locktest.PauseOn("client-1", sim.AcquireSent, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "redis-1 expired", "client-1 not-acquired")
}

func TestTheRealWatchdogTellsAPausedHolderThatItHasLostTheLock(t *testing.T) {
	locktest.ExpectOnHosts(t, runLab(t, "redis+renew", labTTL, locktest.PauseOn("client-1", sim.Acquired, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1", "redis-1 expired",
		"client-1 lost", "client-1 release", "client-1 not-released")
}

func TestTheRealWatchdogProlongsTheLease(t *testing.T) {
	got := runLab(t, "redis+renew", 2*labTTL)
	for _, want := range []string{"redis-1 extended", "client-1 renewed", "redis-1 freed", "client-1 released"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing from %q", want, got)
		}
	}
}
