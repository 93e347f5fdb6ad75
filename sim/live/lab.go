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
	"golang.org/x/sys/unix"
)

// maxHosts is the number of addresses for hosts in 10.77.0.0/24.
const maxHosts = 254

// Lab is the private network of one trial: hosts on a switch, and nothing else. Labs do not see
// each other, so many can exist side by side with the same addresses.
type Lab struct {
	// Seed seeds the hosts' random streams. Set it before the first role is started.
	Seed uint64
	// Nonce marks what the current trial stores in lock services, to tell it from what earlier
	// trials in the lab stored; see sim.Sign. Empty means that this is not needed. Set it with
	// Seed.
	Nonce string
	// DiskStalls makes programs start in such a way that the disk of their host can be stalled.
	// Set it before the first one is started.
	DiskStalls bool
	// Readers find words for what the hosts send to each other, see Reader. Set them before it is
	// recorded.
	Readers []Reader

	network *vswitch
	closet  *namespace // the switch's namespace, where the hosts' cables end
	dir     string

	mu     sync.Mutex
	agents []*Agent // in the order in which they were added
	procs  []*Proc  // in the order in which they were started, without those that cast has forgotten
	closed bool
}

// NewLab returns a lab without hosts. The process must be Inside and have called Prepare.
func NewLab() (*Lab, error) {
	if !Inside() {
		return nil, errors.New("make a lab: this process is not inside private namespaces; call live.Enter, and live.Prepare inside")
	}
	dir, err := os.MkdirTemp(scratchDir, "lab-")
	if err != nil {
		return nil, fmt.Errorf("make a lab's scratch directory (has live.Prepare been called?): %w", err)
	}
	closet, err := newNamespace()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Lab{network: newSwitch(), closet: closet, dir: dir}, nil
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
	a := &Agent{lab: l, id: id, ip: hostIP(number), dir: filepath.Join(l.dir, string(id))}
	if err := os.Mkdir(a.dir, 0o700); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	var err error
	if a.net, err = newNamespace(); err != nil {
		return nil, fmt.Errorf("add host %s: %w", id, err)
	}
	if err := l.connect(a, number); err != nil {
		return nil, errors.Join(fmt.Errorf("add host %s: %w", id, err), a.net.close())
	}
	for _, other := range l.agents {
		if err := meet(a, other); err != nil {
			return nil, errors.Join(fmt.Errorf("add host %s: %w", id, err), a.net.close())
		}
	}
	l.agents = append(l.agents, a)
	return a, nil
}

// connect connects a host to the switch by a cable.
func (l *Lab) connect(a *Agent, number byte) error {
	cable := fmt.Sprintf("host%d", number)
	if err := a.net.patience(); err != nil {
		return err
	}
	if err := l.closet.plugIn(a.net, cable, number); err != nil {
		return err
	}
	return l.closet.in(func() error { return l.network.connect(cable, number, a.id, a.net) })
}

// link returns the link from one host to another.
func (l *Lab) link(named sim.Link) (*link, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errLabClosed
	}
	var ends [2]*port
	for i, id := range []sim.HostID{named.From, named.To} {
		a := l.find(id)
		if a == nil {
			return nil, fmt.Errorf("there is no host %s in this trial", id)
		}
		ends[i] = l.network.port(a.ip[3])
	}
	return l.network.link(ends[0], ends[1]), nil
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

// cast returns the processes that take part in a trial that is about to begin, without those
// that ended with an earlier trial or were killed by a crash. The hosts forget these, and the
// lab does if none of their descendants is left, see reapOrphans.
func (l *Lab) cast() []*Proc {
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

// Idle reports whether every role has ended, so that nothing started by a trial still runs.
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
	failed = append(failed, l.reapOrphans(), l.network.close(), l.closet.removeLinks(), l.closet.close())
	for _, a := range agents {
		failed = append(failed, a.net.close())
	}
	failed = append(failed, os.RemoveAll(l.dir))
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("close the lab: %w", err)
	}
	return nil
}
