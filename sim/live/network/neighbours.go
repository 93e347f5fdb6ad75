//go:build linux

package network

import (
	"fmt"

	"github.com/vishvananda/netlink"
)

// meet gives each of two hosts the other's Ethernet address for as long as their cables exist.
// They then need no ARP, for two reasons. Addresses that a kernel has learnt are in one table
// for the whole machine, which is full at 1024 (net.ipv4.neigh.default.gc_thresh3): a dozen
// clusters side by side fill it, and connection attempts time out. Configured addresses do not
// count. And a partition must lose only what hosts say to each other: an attempt to connect
// across it times out, as between distant machines, instead of failing with "no route to host".
func meet(a, b *port) error {
	for _, each := range [][2]*port{{a, b}, {b, a}} {
		host, other := each[0], each[1]
		if err := host.space.tellAddress(other.number); err != nil {
			return fmt.Errorf("tell host %s the address of %s: %w", host.host, other.host, err)
		}
	}
	return nil
}

func (n *Namespace) tellAddress(number byte) error {
	address := hostMAC(number)
	return n.configure(func(h *netlink.Handle) error {
		eth0, err := h.LinkByName(hostDevice)
		if err != nil {
			return err
		}
		return h.NeighSet(&netlink.Neigh{
			LinkIndex: eth0.Attrs().Index, Family: netlink.FAMILY_V4, State: netlink.NUD_PERMANENT,
			IP: IP(number), HardwareAddr: address[:],
		})
	})
}
