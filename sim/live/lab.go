//go:build linux

package live

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/locklab/locklab/sim"
)

// maxHosts is how many addresses 10.77.0.0/24 has for hosts.
const maxHosts = 254

// Lab is the private network of one trial: hosts on a bridge, and nothing else. Labs do
// not see each other, so many of them can exist side by side with the same addresses.
type Lab struct {
	// Seed is what the hosts' random streams are made of. Set it before the first role
	// is started.
	Seed uint64

	bridge *namespace
	dir    string

	mu     sync.Mutex
	agents []*Agent // in the order in which they were added
	procs  []*Proc  // in the order in which they were started
	closed bool
}

// NewLab makes a lab without hosts. The process must be Inside and have called Prepare.
func NewLab() (*Lab, error) {
	if !Inside() {
		return nil, errors.New("make a lab: this process is not inside private namespaces; call live.Enter, and live.Prepare inside")
	}
	dir, err := os.MkdirTemp(scratchDir, "lab-")
	if err != nil {
		return nil, fmt.Errorf("make a lab's scratch directory (has live.Prepare been called?): %w", err)
	}
	bridge, err := newNamespace()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	l := &Lab{bridge: bridge, dir: dir}
	if err := bridge.addBridge(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// AddHost adds a host: a network namespace with the lab's next address, and a scratch
// directory.
func (l *Lab) AddHost(id sim.HostID) (*Agent, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, fmt.Errorf("add host %s: the lab is closed", id)
	case id == "" || filepath.Base(string(id)) != string(id):
		return nil, fmt.Errorf("add host %q: not a usable name; it also names a directory", id)
	case l.find(id) != nil:
		return nil, fmt.Errorf("add host %s: there is one already", id)
	case len(l.agents) == maxHosts:
		return nil, fmt.Errorf("add host %s: a lab has at most %d hosts", id, maxHosts)
	}
	n := len(l.agents) + 1
	a := &Agent{lab: l, id: id, ip: net.IPv4(10, 77, 0, byte(n)), dir: filepath.Join(l.dir, string(id))}
	if err := os.Mkdir(a.dir, 0o700); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	var err error
	if a.net, err = newNamespace(); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	address := net.IPNet{IP: a.ip, Mask: net.CIDRMask(24, 32)}
	if err := l.bridge.plugIn(a.net, fmt.Sprintf("host%d", n), address); err != nil {
		return nil, errors.Join(fmt.Errorf("add host %s: %w", id, err), a.net.close())
	}
	l.agents = append(l.agents, a)
	return a, nil
}

func (l *Lab) find(id sim.HostID) *Agent {
	for _, a := range l.agents {
		if a.id == id {
			return a
		}
	}
	return nil
}

// Agent gives the agent of a host, nil if there is no such host.
func (l *Lab) Agent(id sim.HostID) *Agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.find(id)
}

// Address gives the IP address of a host, "" if there is no such host.
func (l *Lab) Address(id sim.HostID) string {
	if a := l.Agent(id); a != nil {
		return a.Address()
	}
	return ""
}

// Dir gives a host's scratch directory, in memory, empty at first, removed by Close; ""
// if there is no such host. The host's processes are started in it.
func (l *Lab) Dir(id sim.HostID) string {
	if a := l.Agent(id); a != nil {
		return a.dir
	}
	return ""
}

// hosts lists the hosts in the order in which they were added.
func (l *Lab) hosts() []sim.HostID {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []sim.HostID
	for _, a := range l.agents {
		ids = append(ids, a.id)
	}
	return ids
}

// processes gives every process that was started in the lab.
func (l *Lab) processes() []*Proc {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*Proc(nil), l.procs...)
}

// Close ends the lab: it kills every process on its hosts, stopped ones too, waits until
// they are gone, and removes directories, links and namespaces. Closing again does
// nothing.
func (l *Lab) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	agents := append([]*Agent(nil), l.agents...)
	l.mu.Unlock()

	var failed []error
	for _, a := range agents {
		failed = append(failed, a.killAll())
	}
	for _, p := range l.processes() {
		<-p.done
	}
	failed = append(failed, l.reapOrphans(), l.bridge.removeLinks(), l.bridge.close())
	for _, a := range agents {
		failed = append(failed, a.net.close())
	}
	failed = append(failed, os.RemoveAll(l.dir))
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("close the lab: %w", err)
	}
	return nil
}
