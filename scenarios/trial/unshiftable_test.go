//go:build linux

package trial

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
)

// TestMonotonicClocksOfZooKeeperServersAreNotShifted checks that faults which shift the monotonic
// clock of a ZooKeeper server are not available, however the script names the server, because Java
// does not cope with them. All other faults are available, and so are those of clients.
func TestMonotonicClocksOfZooKeeperServersAreNotShifted(t *testing.T) {
	clock := func(name sim.ClockName, hosts ...sim.HostID) sim.Fault {
		return sim.Fault{Kind: sim.ClockFault, Clock: name, Hosts: hosts, Step: 1}
	}
	suspend := func(host sim.HostID) sim.Fault { return sim.Fault{Kind: sim.Suspend, Host: host, For: 1} }
	for _, c := range []struct {
		backend string
		fault   sim.Fault
		can     bool
	}{
		{"zookeeper", suspend("zk-1"), false},
		{"lib/zk-lock", suspend("zk-2"), false},
		{"zookeeper", suspend(sim.Leader), false},
		{"zookeeper", suspend(sim.AnyHost), false},
		{"zookeeper", clock(sim.MonotonicClock, "client-1", "zk-3"), false},
		{"zookeeper", clock(sim.MonotonicClock, sim.Servers), false},
		{"zookeeper", clock(sim.MonotonicClock, "client-1"), true},
		{"zookeeper", clock(sim.WallClock, "zk-1"), true},
		{"zookeeper", suspend(sim.Holder), true},
		{"zookeeper", sim.Fault{Kind: sim.Pause, Host: "zk-1", For: 1}, true},
		{"etcd", suspend(sim.Leader), true},
		{"lib/etcd-mutex", suspend(sim.Leader), true},
	} {
		spec, err := services.Registry().ParseSpec(c.backend)
		if err != nil {
			t.Fatal(err)
		}
		settings, err := spec.Settings(script.LiveTTL, false)
		if err != nil {
			t.Fatal(err)
		}
		servers := spec.Backend.Servers(settings)
		err = Trial{Backend: spec}.onUnshiftable(setup{servers: servers, steps: []sim.Step{{Do: c.fault.WithServers(servers)}}})
		if c.can && err != nil || !c.can && (err == nil || !strings.Contains(err.Error(), "Java")) {
			t.Errorf("%s with %s: %v, want that it can be done: %v", c.fault.Lane(), c.backend, err, c.can)
		}
	}
}

// TestNoBuiltInCellShiftsTheMonotonicClockOfZooKeeper checks that no built-in cell is lost to that
// rule.
func TestNoBuiltInCellShiftsTheMonotonicClockOfZooKeeper(t *testing.T) {
	for _, trial := range liveTrials(t) {
		if trial.NotApplicable() != nil || trial.Scenario.VirtualOnly != "" {
			continue
		}
		c, err := trial.setup()
		if err == nil {
			err = trial.onUnshiftable(c)
		}
		if err != nil {
			t.Errorf("%s with %s: %v", trial.Scenario.Name, trial.Backend, err)
		}
	}
}
