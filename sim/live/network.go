//go:build linux

package live

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// namespace is a network namespace. It lives as long as its handle is open or a process is in
// it.
type namespace struct {
	handle netns.NsHandle
	id     nsID
}

// nsID identifies a namespace, as the kernel does.
type nsID struct{ dev, ino uint64 }

// newNamespace returns a new, empty network namespace.
func newNamespace() (n *namespace, err error) {
	err = elsewhere(func() error {
		// New moves this thread into the new namespace.
		handle, err := netns.New()
		if err != nil {
			return fmt.Errorf("make a network namespace: %w", err)
		}
		var st unix.Stat_t
		if err := unix.Fstat(int(handle), &st); err != nil {
			handle.Close()
			return fmt.Errorf("identify a network namespace: %w", err)
		}
		n = &namespace{handle: handle, id: nsID{uint64(st.Dev), st.Ino}}
		return nil
	})
	return n, err
}

// in runs f on a thread in the namespace. Sockets that f itself opens, and processes that it
// starts, belong to the namespace; those of goroutines that f starts do not.
func (n *namespace) in(f func() error) error {
	return elsewhere(func() error {
		if err := netns.Set(n.handle); err != nil {
			return fmt.Errorf("enter a host's network namespace: %w", err)
		}
		return f()
	})
}

// elsewhere runs f, which may change its thread's network namespace, and moves the thread back
// afterwards. A thread that cannot be moved back is never used for anything else: it stays
// locked to its goroutine and ends with it.
func elsewhere(f func() error) (err error) {
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("remember this thread's network namespace: %w", err)
	}
	defer func() {
		back := netns.Set(home)
		home.Close()
		if back != nil {
			err = errors.Join(err, fmt.Errorf("return to this thread's network namespace: %w", back))
			return
		}
		runtime.UnlockOSThread()
	}()
	return f()
}

// configure calls f with a netlink connection into the namespace.
func (n *namespace) configure(f func(*netlink.Handle) error) error {
	h, err := netlink.NewHandleAt(n.handle, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open netlink in a network namespace: %w", err)
	}
	defer h.Close()
	return f(h)
}

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
func (n *namespace) plugIn(host *namespace, port string, number byte) error {
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
		address := net.IPNet{IP: hostIP(number), Mask: net.CIDRMask(24, 32)}
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
func (n *namespace) awaitCarrier(name string) error {
	return n.configure(func(h *netlink.Handle) error {
		return poll(carrierLimit, func() error {
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
func (n *namespace) removeLinks() error {
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

func (n *namespace) close() error {
	if !n.handle.IsOpen() {
		return nil
	}
	return n.handle.Close()
}
