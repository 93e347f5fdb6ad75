package trial

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
)

// TestFaultsOnAttachedServers checks that servers run by somebody else cannot be stopped, and that
// their traffic with each other cannot be held up. Faults of clients, and between clients and
// servers, are possible.
func TestFaultsOnAttachedServers(t *testing.T) {
	servers := []sim.HostID{"etcd-1", "etcd-2"}
	hosts := func(ids ...sim.HostID) []sim.HostID { return ids }
	for _, c := range []struct {
		name  string
		fault sim.Fault
		why   string // why it cannot be done; empty: it can
	}{
		{"pause a client", sim.Fault{Kind: sim.Pause, Host: "client-1"}, ""},
		{"crash whoever holds the lock", sim.Fault{Kind: sim.Crash, Host: sim.Holder}, ""},
		{"pause the ledger", sim.Fault{Kind: sim.Pause, Host: "ledger"}, ""},
		{"pause a server", sim.Fault{Kind: sim.Pause, Host: "etcd-2"}, "pause: etcd-2"},
		{"pause one of several", sim.Fault{Kind: sim.Pause, Hosts: hosts("client-1", "etcd-1")}, "pause: etcd-1"},
		{"crash the leader", sim.Fault{Kind: sim.Crash, Host: sim.Leader}, "crash: leader"},
		{"pause any host", sim.Fault{Kind: sim.Pause, Host: sim.AnyHost}, "pause: any"},
		{"cut a client off from the servers", sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1"}, servers}}, ""},
		{"cut a client off from everybody", sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{sim.Holder}, {sim.AllHosts}}}, ""},
		{"cut servers apart", sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1", "etcd-1"}, {"etcd-2"}}}, "from etcd-1 to etcd-2"},
		{"leave a client with a minority", sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1", sim.Few}, {"client-2", sim.Others}}}, "few"},
		{"cut a server off from everybody", sim.Fault{Kind: sim.Partition, From: hosts("etcd-1"), To: hosts(sim.AllHosts)}, "from etcd-1 to all"},
		{"cut a client off from the majority", sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1"}, {sim.Majority}}}, "majority"},
		{"delay what a server answers", sim.Fault{Kind: sim.Delay, From: hosts("etcd-1"), To: hosts("client-1")}, ""},
		{"delay what a server sends to anybody", sim.Fault{Kind: sim.Delay, From: hosts("etcd-1")}, "from etcd-1 to any"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := needsServers(c.fault, servers)
			switch {
			case c.why == "" && err != nil:
				t.Errorf("it cannot be done: %v", err)
			case c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)):
				t.Errorf("the error is %v, want one with %q in it", err, c.why)
			}
		})
	}
}
