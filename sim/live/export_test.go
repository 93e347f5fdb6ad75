//go:build linux

package live

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/network"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Hasten makes a link delay what is sent from now on by less than it should.
func (l *Lab) Hasten(from, to sim.HostID, by time.Duration) error {
	link, err := l.link(sim.Link{From: from, To: to})
	if err != nil {
		return err
	}
	l.network.Delay([]*network.Link{link}, -by)
	return nil
}

// Kept returns how many processes and helpers the lab remembers.
func (l *Lab) Kept() (procs, helpers int) {
	for _, id := range l.hosts() {
		a := l.Agent(id)
		a.mu.Lock()
		helpers += len(a.helpers)
		a.mu.Unlock()
	}
	return len(l.processes()), helpers
}

// Listens reports whether a duty's events are still passed to the World of a trial.
func (p *Proc) Listens() bool { return !closed(p.talk.Delivered()) }

// Haunt makes the host remember a helper that has ended and whose pid now belongs to another
// process.
func (a *Agent) Haunt(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	gone := &Proc{cmd: &exec.Cmd{Process: process}, done: make(chan struct{})}
	close(gone.done)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.helpers = append(a.helpers, gone)
	return nil
}

// CanDropConnections reports whether the kernel supports it: only then does it look for the
// connection, which does not exist.
func (a *Agent) CanDropConnections() bool {
	nobody := &net.TCPAddr{IP: a.ip, Port: 1}
	return errors.Is(a.In(func() error { return netlink.SocketDestroy(nobody, nobody) }), unix.ENOENT)
}
