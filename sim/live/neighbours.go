//go:build linux

package live

import (
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
)

// meet tells two hosts each other's Ethernet addresses, as long as they have cables. Nobody
// asks by ARP then, which is just as well: the addresses that a kernel has learnt stand in
// one table for the whole machine, which is full at 1024 (net.ipv4.neigh.default.gc_thresh3).
// A dozen clusters side by side fill it, and connection attempts time out. What it has been
// told does not count. And a partition loses what hosts say to each other and nothing else:
// an attempt to connect across it times out, as across the world, instead of failing with
// "no route to host".
func meet(a, b *Agent) error {
	for _, each := range [][2]*Agent{{a, b}, {b, a}} {
		host, other := each[0], each[1]
		if err := host.net.tellAddress(other.ip); err != nil {
			return fmt.Errorf("tell host %s the address of %s: %w", host.id, other.id, err)
		}
	}
	return nil
}

func (n *namespace) tellAddress(ip net.IP) error {
	address := hostMAC(ip[len(ip)-1])
	return n.configure(func(h *netlink.Handle) error {
		eth0, err := h.LinkByName(hostDevice)
		if err != nil {
			return err
		}
		return h.NeighSet(&netlink.Neigh{
			LinkIndex: eth0.Attrs().Index, Family: netlink.FAMILY_V4, State: netlink.NUD_PERMANENT,
			IP: ip, HardwareAddr: address[:],
		})
	})
}
