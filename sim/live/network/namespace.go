//go:build linux

package network

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/locklab/locklab/sim/live/internal/process"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Namespace is a network namespace. It lives as long as its handle is open or a process is in
// it.
type Namespace struct {
	handle netns.NsHandle
	id     process.NetNS
}

// NewNamespace returns a new, empty network namespace.
func NewNamespace() (n *Namespace, err error) {
	err = elsewhere(func() error {
		// New moves this thread into the new namespace.
		handle, err := netns.New()
		if err != nil {
			return fmt.Errorf("make a network namespace: %w", err)
		}
		id, err := process.NetNSOf(int(handle))
		if err != nil {
			handle.Close()
			return fmt.Errorf("identify a network namespace: %w", err)
		}
		n = &Namespace{handle: handle, id: id}
		return nil
	})
	return n, err
}

// Processes lists the processes by pid that have a thread in the namespace, see process.In.
func (n *Namespace) Processes() ([]int, error) { return process.In(n.id) }

// Enter moves the calling thread into the namespace for good. Its goroutine must be locked to it.
func (n *Namespace) Enter() error {
	if err := netns.Set(n.handle); err != nil {
		return fmt.Errorf("enter a host's network namespace: %w", err)
	}
	return nil
}

// In runs f on a thread in the namespace. Sockets that f itself opens, and processes that it
// starts, belong to the namespace; those of goroutines that f starts do not.
func (n *Namespace) In(f func() error) error {
	return elsewhere(func() error {
		if err := n.Enter(); err != nil {
			return err
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
func (n *Namespace) configure(f func(*netlink.Handle) error) error {
	h, err := netlink.NewHandleAt(n.handle, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open netlink in a network namespace: %w", err)
	}
	defer h.Close()
	return f(h)
}

// Close gives the namespace up. The kernel removes it once no process is in it.
func (n *Namespace) Close() error {
	if !n.handle.IsOpen() {
		return nil
	}
	return n.handle.Close()
}
