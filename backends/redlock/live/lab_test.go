//go:build linux

package redlocklive

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, labDuties())) }

var profiles = []Backend{{}, {redlock.Backend{Profile: redlock.Reference}}, {redlock.Backend{Profile: redlock.Redsync}}}

// labTTL is longer than any test takes that expects no lease to end.
const labTTL = 3 * time.Second

// labSpec runs the lock with a time-out that even a busy machine meets.
const labSpec = "redlock+node-timeout=0.03ttl+retry=0.02ttl"

func labDuties() map[string]live.Duty {
	duties := Backend{}.Duties()
	duties[locktest.HolderDuty] = locktest.Holder(locktest.HoldAsOrdered, profiles...)
	return duties
}

// newPair returns real servers and two clients.
func newPair(t *testing.T, spec string) *locktest.Pair {
	t.Helper()
	return locktest.NewPair(t, spec, labTTL, false, profiles...)
}

// bareTTL and bareSpec are for stories in which every vote counts, so none may be lost without a
// fault. A server has a second to answer, and once there is a quorum nobody waits for servers that
// are cut off. Steps are a second apart.
const (
	bareTTL  = 10 * time.Second
	bareSpec = "redlock+node-timeout=0.1ttl+retry=0.02ttl+return-at-quorum"
)

// newBarePair returns real servers and two clients, the second of which asks after the first has
// had the lock for a while.
func newBarePair(t *testing.T, spec string) (p *locktest.Pair, work time.Duration) {
	t.Helper()
	p = locktest.NewPair(t, spec, bareTTL, false, profiles...)
	p.Then = time.Second
	return p, 5 * time.Second
}

// bare returns steps that leave servers 1 to 3 to client 1, and servers 3 to 5 to client 2: neither
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
	p := newPair(t, labSpec)
	h := p.Run(2 * p.Then)
	p.Expect(h, check.Holds)
	var got []sim.Kind
	for _, e := range locktest.Only(h, sim.Granted, sim.Freed, sim.Expired, sim.Forgotten) {
		got = append(got, e.Kind)
	}
	if want := []sim.Kind{sim.Granted, sim.Freed, sim.Granted, sim.Freed}; !slices.Equal(got, want) {
		t.Errorf("the lock was %v, expected %v:\n%s", got, want, locktest.Transcript(h.Events))
	}
	p.Reset()
	p.Expect(p.Run(0), check.Holds) // the same servers serve another trial
}

func TestTheWatchdogProlongsALeaseOnRealServers(t *testing.T) {
	p := newPair(t, labSpec+"+renew+nodes=3")
	h := p.Run(labTTL / 2)
	p.Expect(h, check.Holds)
	if len(locktest.Only(h, sim.Extended)) == 0 || len(locktest.Only(h, sim.Renewed)) == 0 {
		t.Errorf("nobody prolonged the lease:\n%s", locktest.Transcript(h.Events))
	}
}

// K14: one server of a bare majority has its clock jump.
func TestAClockJumpOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	p, work := newBarePair(t, bareSpec)
	jump := sim.Fault{Kind: sim.ClockFault, Host: "redis-3", Clock: sim.WallClock, Step: 2 * bareTTL}
	p.Expect(p.Run(work, bare(jump)...), check.Violated)
}

// K15: one server of a bare majority crashes and comes back empty.
func TestACrashOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	p, work := newBarePair(t, bareSpec)
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	p.Expect(p.Run(work, bare(crash)...), check.Violated)
}

func TestSyncingEveryWriteSavesTheBareMajority(t *testing.T) {
	p, work := newBarePair(t, bareSpec+"+durability=always")
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	p.Expect(p.Run(work, bare(crash)...), check.Holds)
}
