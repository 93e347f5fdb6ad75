//go:build linux

package redlock

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, labRoles())) }

// labTTL is longer than a test takes that expects no lease to end.
const labTTL = 3 * time.Second

// labSpec runs the lock with a time-out that a busy machine keeps for sure.
const labSpec = "redlock+node-timeout=0.03ttl+retry=0.02ttl"

func labRoles() map[string]live.Role {
	roles := Backend{}.Roles()
	roles[locktest.HolderRole] = locktest.Holder(locktest.HoldAsOrdered, profiles...)
	return roles
}

// lab is real servers and two clients.
type lab struct{ *locktest.Lab }

func newLab(t *testing.T, spec string) lab {
	t.Helper()
	t.Parallel() // labs do not see each other, and mostly wait
	l := lab{locktest.NewLab(t, spec, labTTL, false, []sim.HostID{"client-1", "client-2"}, profiles...)}
	l.Start()
	return l
}

// The clients ask one after the other; the first one when partitions are in place.
const (
	first  = 100 * time.Millisecond
	second = 300 * time.Millisecond // after the first
)

// run has client-1 take the lock, and client-2 a moment later.
func (l lab) run(work time.Duration, steps ...sim.Step) *sim.History {
	l.Helper()
	o := locktest.Order{After: first, Wait: 2 * labTTL, Work: work}
	later := o
	later.After += second
	return l.Trial(5*labTTL, []locktest.Order{o, later}, steps...)
}

// expect judges whether both clients held valid leases at one time, after both have had
// the lock.
func (l lab) expect(h *sim.History, want check.Verdict) {
	l.Helper()
	locktest.ExpectOverlap(l, h, want, 2)
}

// bare steps leave client 1 the servers 1 to 3, and client 2 the servers 3 to 5: neither
// has more than a bare majority.
func bare(then sim.Fault) []sim.Step {
	cut := func(client sim.HostID, servers ...sim.HostID) sim.Step {
		return sim.Step{Do: sim.Fault{Kind: sim.Partition, From: []sim.HostID{client}, To: servers}}
	}
	return []sim.Step{
		cut("client-1", "redis-4", "redis-5"), cut("client-2", "redis-1", "redis-2"),
		{When: locktest.On("client-1", sim.Acquired), Do: then},
	}
}

func TestFiveRealServersGiveOneLockToOneClientAfterTheOther(t *testing.T) {
	l := newLab(t, labSpec)
	h := l.run(2 * second)
	l.expect(h, check.Holds)
	var got []sim.Kind
	for _, e := range locktest.Only(h, sim.Granted, sim.Freed, sim.Expired, sim.Forgotten) {
		got = append(got, e.Kind)
	}
	if want := []sim.Kind{sim.Granted, sim.Freed, sim.Granted, sim.Freed}; !slices.Equal(got, want) {
		t.Errorf("the lock was %v, expected %v:\n%s", got, want, locktest.Transcript(h.Events))
	}
	l.Reset()
	l.expect(l.run(0), check.Holds) // the same servers serve another trial
}

func TestTheWatchdogProlongsALeaseOnRealServers(t *testing.T) {
	l := newLab(t, labSpec+"+renew+nodes=3")
	h := l.run(labTTL / 2)
	l.expect(h, check.Holds)
	if len(locktest.Only(h, sim.Extended)) == 0 || len(locktest.Only(h, sim.Renewed)) == 0 {
		t.Errorf("nobody prolonged the lease:\n%s", locktest.Transcript(h.Events))
	}
}

// K14: of a bare majority, one server's clock jumps.
func TestAClockJumpOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	l := newLab(t, labSpec)
	jump := sim.Fault{Kind: sim.ClockFault, Host: "redis-3", Clock: sim.WallClock, Step: 2 * labTTL}
	l.expect(l.run(3*second, bare(jump)...), check.Violated)
}

// K15: of a bare majority, one server crashes and comes back empty.
func TestACrashOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	l := newLab(t, labSpec)
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	l.expect(l.run(3*second, bare(crash)...), check.Violated)
}

func TestSyncingEveryWriteSavesTheBareMajority(t *testing.T) {
	l := newLab(t, labSpec+"+durability=always")
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	l.expect(l.run(3*second, bare(crash)...), check.Holds)
}
