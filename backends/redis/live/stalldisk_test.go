//go:build linux

package redislive

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/livetest"
)

// stalledTrial makes client 1 take the lock of a real server whose disk stalls for three seconds,
// and client 2 ask for it while client 1 would have it.
func stalledTrial(t *testing.T, lock string) []sim.Event {
	t.Helper()
	livetest.NeedAll(t, confine.DiskStall())
	l := locktest.NewLab(t, lock, longTTL, true, []sim.HostID{"client-1", "client-2"}, Backend{})
	l.Live.DiskStalls = true
	l.Start()
	orders := []locktest.Order{{After: 200 * time.Millisecond, Work: 2 * time.Second}, {After: 700 * time.Millisecond}}
	stall := sim.Fault{Kind: sim.StallDisk, Host: redis.ServerID, For: 3 * time.Second}
	return l.Trial(20*time.Second, orders, sim.Step{Do: stall}).Events
}

// A real server that syncs before it answers serves nobody while its disk stalls, as the model does
// (TestAServerThatAlwaysSyncsStandsStillWhileItsDiskStalls): neither the client whose request
// writes, nor the one whose request only reads. All other servers go on.
func TestARealServerThatAlwaysSyncsStandsStillWhileItsDiskStalls(t *testing.T) {
	for durable, waits := range map[string]bool{"always": true, "everysec": false, "none": false} {
		t.Run(durable, func(t *testing.T) {
			events := stalledTrial(t, "redis+timeout=1ttl+durability="+durable)
			undone := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.FaultUndone })
			for client, kind := range map[sim.HostID]sim.Kind{"client-1": sim.Acquired, "client-2": sim.NotAcquired} {
				answered := slices.IndexFunc(events, func(e sim.Event) bool { return e.Host == client && e.Kind == kind })
				waited := undone >= 0 && answered > undone // else the trial ended before
				if answered < 0 || waited != waits {
					t.Errorf("%s had to wait for the disk: %t, expected %t, in\n%s", client, waited, waits, locktest.Transcript(events))
				}
			}
		})
	}
}
