//go:build linux

package network

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/vishvananda/netlink"
)

// setUp brings up a link.
func setUp(h *netlink.Handle, name string) error {
	link, err := h.LinkByName(name)
	if err != nil {
		return fmt.Errorf("find link %s: %w", name, err)
	}
	if err := h.LinkSetUp(link); err != nil {
		return fmt.Errorf("bring up link %s: %w", name, err)
	}
	return nil
}

// hostDevice is the name of a host's own end of its cable.
const hostDevice = "eth0"

// plugIn lays a cable from the switch's namespace n to that of the given host. port is its name
// on the switch's side; on the host's side it is hostDevice and gets the host's addresses.
func (n *Namespace) plugIn(host *Namespace, port string, number byte) error {
	err := n.configure(func(h *netlink.Handle) error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = port
		address := hostMAC(number)
		cable := &netlink.Veth{
			LinkAttrs:        attrs,
			PeerName:         hostDevice,
			PeerNamespace:    netlink.NsFd(int(host.handle)),
			PeerHardwareAddr: address[:],
		}
		if err := h.LinkAdd(cable); err != nil {
			return fmt.Errorf("lay a cable to a host: %w", err)
		}
		return setUp(h, port)
	})
	if err != nil {
		return err
	}
	err = host.configure(func(h *netlink.Handle) error {
		eth0, err := h.LinkByName(hostDevice)
		if err != nil {
			return fmt.Errorf("find a host's end of the cable: %w", err)
		}
		address := net.IPNet{IP: IP(number), Mask: net.CIDRMask(24, 32)}
		if err := h.AddrAdd(eth0, &netlink.Addr{IPNet: &address}); err != nil {
			return fmt.Errorf("give a host the address %s: %w", &address, err)
		}
		if err := setUp(h, "lo"); err != nil {
			return err
		}
		return setUp(h, hostDevice)
	})
	if err != nil {
		return err
	}
	return errors.Join(n.awaitCarrier(port), host.awaitCarrier(hostDevice))
}

// carrierLimit bounds the wait for a new cable, which normally takes a few milliseconds.
const carrierLimit = 10 * time.Second

// awaitCarrier waits until the kernel has noticed that a cable is plugged in at both ends, which
// it does in the background. Before that nothing can be sent, and the first connection attempt
// would be a second late.
func (n *Namespace) awaitCarrier(name string) error {
	return n.configure(func(h *netlink.Handle) error {
		return clock.Poll(carrierLimit, func() error {
			link, err := h.LinkByName(name)
			if err != nil {
				return fmt.Errorf("find link %s: %w", name, err)
			}
			if state := link.Attrs().OperState; state != netlink.OperUp {
				return fmt.Errorf("link %s is %s, expected up", name, state)
			}
			return nil
		})
	})
}

// removeLinks removes every link but the loopback from the namespace. Removing one end of a
// cable removes both.
func (n *Namespace) removeLinks() error {
	return n.configure(func(h *netlink.Handle) error {
		links, err := h.LinkList()
		if err != nil {
			return fmt.Errorf("list the lab's links: %w", err)
		}
		var failed []error
		for _, link := range links {
			if link.Attrs().Name == "lo" {
				continue
			}
			if err := h.LinkDel(link); err != nil {
				failed = append(failed, fmt.Errorf("remove link %s: %w", link.Attrs().Name, err))
			}
		}
		return errors.Join(failed...)
	})
}
