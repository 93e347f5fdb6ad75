//go:build linux

package live

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/namespaces"
	"github.com/locklab/locklab/sim/live/network"
	"golang.org/x/sys/unix"
)

// maxHosts is the number of addresses for hosts in 10.77.0.0/24.
const maxHosts = 254

// Lab is the private network of one trial: hosts on a switch, and nothing else. Labs do not see
// each other, so many can exist side by side with the same addresses.
type Lab struct {
	// Seed seeds the hosts' random streams. Set it before the first duty is started.
	Seed uint64
	// Nonce marks what the current trial stores in lock services, to tell it from what earlier
	// trials in the lab stored; see sim.Sign. Empty means that this is not needed. Set it with
	// Seed.
	Nonce string
	// DiskStalls makes programs start in such a way that the disk of their host can be stalled.
	// Set it before the first one is started.
	DiskStalls bool
	// Readers find words for what the hosts send to each other. Set them before it is
	// recorded.
	Readers []network.Reader

	network *network.Switch
	dir     string

	mu     sync.Mutex
	agents []*Agent // in the order in which they were added
	procs  []*Proc  // in the order in which they were started, without those that participants has forgotten
	closed bool
}

// NewLab returns a lab without hosts. The process must be Inside and have called Prepare.
func NewLab() (*Lab, error) {
	if !namespaces.Inside() {
		return nil, errors.New("make a lab: this process is not inside private namespaces; call namespaces.Enter, and namespaces.Prepare inside")
	}
	dir, err := os.MkdirTemp(namespaces.ScratchDir, "lab-")
	if err != nil {
		return nil, fmt.Errorf("make a lab's scratch directory (has namespaces.Prepare been called?): %w", err)
	}
	s, err := network.New()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Lab{network: s, dir: dir}, nil
}

// NewNonce draws a nonce for a trial.
func NewNonce() string {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// AddHost adds a host: a network namespace with the lab's next address, and a scratch directory.
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
	number := byte(len(l.agents) + 1)
	a := &Agent{lab: l, id: id, ip: network.IP(number), dir: filepath.Join(l.dir, string(id)), disk: confine.NewDiskGate(id)}
	if err := os.Mkdir(a.dir, 0o700); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	var err error
	if a.net, err = network.NewNamespace(); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	if err := l.network.Connect(id, number, a.net); err != nil {
		return nil, errors.Join(fmt.Errorf("add host %s: %w", id, err), a.net.Close())
	}
	l.agents = append(l.agents, a)
	return a, nil
}

// link returns the link from one host to another.
func (l *Lab) link(named sim.Link) (*network.Link, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errLabClosed
	}
	var ends [2]byte
	for i, id := range []sim.HostID{named.From, named.To} {
		a := l.find(id)
		if a == nil {
			return nil, fmt.Errorf("there is no host %s in this trial", id)
		}
		ends[i] = a.number()
	}
	return l.network.Link(ends[0], ends[1]), nil
}

func (l *Lab) find(id sim.HostID) *Agent {
	for _, a := range l.agents {
		if a.id == id {
			return a
		}
	}
	return nil
}

// Agent returns the agent of a host, or nil if there is no such host.
func (l *Lab) Agent(id sim.HostID) *Agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.find(id)
}

// Address returns the IP address of a host, or "" if there is no such host.
func (l *Lab) Address(id sim.HostID) string {
	if a := l.Agent(id); a != nil {
		return a.Address()
	}
	return ""
}

// Dir returns a host's scratch directory, or "" if there is no such host. The directory is in
// memory, empty at first, and removed by Close. The host's processes are started in it.
func (l *Lab) Dir(id sim.HostID) string {
	if a := l.Agent(id); a != nil {
		return a.dir
	}
	return ""
}

// all returns the agents of the hosts in the order in which they were added.
func (l *Lab) all() []*Agent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.agents)
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

// processes returns every process that was started in the lab and has not been forgotten.
func (l *Lab) processes() []*Proc {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*Proc(nil), l.procs...)
}

// processesOn returns the processes on one host.
func (l *Lab) processesOn(id sim.HostID) []*Proc {
	return slices.DeleteFunc(l.processes(), func(p *Proc) bool { return p.host != id })
}

// participants returns the processes that take part in a trial that is about to begin, without those
// that ended with an earlier trial or were killed by a crash. The hosts forget these, and the
// lab does if none of their descendants is left, see reapOrphans.
func (l *Lab) participants() []*Proc {
	hasPlayed := func(p *Proc) bool { return closed(p.done) && (p.crashed.Load() || p.endedWell()) }
	l.mu.Lock()
	agents := append([]*Agent(nil), l.agents...)
	l.procs = slices.DeleteFunc(l.procs, func(p *Proc) bool {
		return hasPlayed(p) && unix.Kill(-p.Pid(), 0) == unix.ESRCH
	})
	l.mu.Unlock()
	for _, a := range agents {
		a.forgetEnded()
	}
	return slices.DeleteFunc(l.processes(), hasPlayed)
}

// Idle reports whether every duty has ended, so that nothing started by a trial still runs.
func (l *Lab) Idle() bool {
	return !slices.ContainsFunc(l.processes(), func(p *Proc) bool { return p.talk != nil && !closed(p.done) })
}

// Close closes the lab: it kills every process on its hosts, including stopped ones, waits until
// they are gone, and removes directories, links and namespaces. Closing again does nothing.
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
	failed = append(failed, l.reapOrphans(), l.network.Close())
	for _, a := range agents {
		failed = append(failed, a.net.Close())
	}
	failed = append(failed, os.RemoveAll(l.dir))
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("close the lab: %w", err)
	}
	return nil
}
