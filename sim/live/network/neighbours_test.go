//go:build linux

package network_test

import (
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/vishvananda/netlink"
)

// Addresses that a kernel learns by ARP are in one small table for the whole machine, which many
// labs side by side would fill.
func TestHostsThatTalkLearnNoAddresses(t *testing.T) {
	var hosts []sim.HostID
	for i := range 8 {
		hosts = append(hosts, sim.HostID(fmt.Sprint("host-", i)))
	}
	b := connected(t, hosts...)
	for _, from := range hosts {
		for _, to := range hosts {
			if _, err := b.dial(t.Context(), from, b.address(to)+":1"); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatalf("from %s to %s: %v", from, to, err)
			}
		}
	}
	for _, id := range hosts {
		var known []netlink.Neigh
		err := b.spaces[id].In(func() error {
			eth0, err := netlink.LinkByName("eth0")
			if err == nil {
				known, err = netlink.NeighList(eth0.Attrs().Index, netlink.FAMILY_V4)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(known) != len(hosts)-1 {
			t.Errorf("%s knows %d addresses, want those of %d others", id, len(known), len(hosts)-1)
		}
		for _, n := range known {
			if n.State != netlink.NUD_PERMANENT {
				t.Errorf("%s has learnt the address of %s", id, n.IP)
			}
		}
	}
}
