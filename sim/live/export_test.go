//go:build linux

package live

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"reflect"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Forget makes a link forget every fault in effect on it, as a bug might. A probe must notice
// this.
func (l *Lab) Forget(from, to sim.HostID) error {
	link, err := l.link(sim.Link{From: from, To: to})
	if err != nil {
		return err
	}
	link.mu.Lock()
	defer link.mu.Unlock()
	link.cuts, link.off, link.extra, link.losses = 0, 0, 0, nil
	for _, k := range link.queue {
		k.due = 0
	}
	link.sorted()
	return nil
}

// Hasten makes a link delay what is sent from now on by less than it should.
func (l *Lab) Hasten(from, to sim.HostID, by time.Duration) error {
	link, err := l.link(sim.Link{From: from, To: to})
	if err != nil {
		return err
	}
	link.mu.Lock()
	defer link.mu.Unlock()
	link.extra -= by
	return nil
}

// Soundings returns how many soundings the lab's switch still tracks.
func (l *Lab) Soundings() int {
	l.network.sounding.mu.Lock()
	defer l.network.sounding.mu.Unlock()
	return len(l.network.sounding.all)
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

// Listens reports whether a role's events are still passed to the World of a trial.
func (p *Proc) Listens() bool {
	p.talk.hearing.Lock()
	defer p.talk.hearing.Unlock()
	return reflect.ValueOf(p.talk.listen).Pointer() != reflect.ValueOf(nobody).Pointer()
}

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

// EndConnection ends the connection of a socket.
var EndConnection = endConnection
