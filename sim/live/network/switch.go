//go:build linux

// Package network is the network of a lab: network namespaces, cables, and a switch in user space that
// carries frames from one to another, or loses, delays or holds them.
package network

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// Switch is the lab's network: an Ethernet switch in user space. Each host's cable ends at a
// port. A goroutine per port reads frames and puts them on the link to the host they are
// addressed to. What a link does to them depends on the faults in effect.
//
// It only carries frames from one host to one other; it does not support broadcasts.
type Switch struct {
	space    *Namespace     // where the hosts' cables end
	reading  sync.WaitGroup // one for each port, tap and awaited message
	changing sync.Mutex     // held while links are changed, see together

	mu     sync.RWMutex
	ports  map[byte]*port // by the host's number
	links  map[[2]byte]*Link
	closed bool

	prober prober
	trips  trips
	record record
}

// New returns a switch without hosts, in a namespace of its own.
func New() (*Switch, error) {
	space, err := NewNamespace()
	if err != nil {
		return nil, err
	}
	s := newSwitch()
	s.space = space
	return s, nil
}

func newSwitch() *Switch {
	return &Switch{ports: make(map[byte]*port), links: make(map[[2]byte]*Link)}
}

// Connect connects a host's namespace to the switch by a cable, and tells it and the hosts that are
// there already where they find each other. number is the host's own, from 1.
func (s *Switch) Connect(host sim.HostID, number byte, space *Namespace) error {
	device := fmt.Sprintf("host%d", number)
	if err := space.patience(); err != nil {
		return err
	}
	if err := s.space.plugIn(space, device, number); err != nil {
		return err
	}
	var p *port
	err := s.space.In(func() (err error) { p, err = openPort(device); return err })
	if err != nil {
		return err
	}
	p.number, p.host, p.space = number, host, space
	s.mu.Lock()
	others := slices.SortedFunc(maps.Values(s.ports), func(a, b *port) int { return cmp.Compare(a.number, b.number) })
	s.ports[number] = p
	s.reading.Go(func() { s.read(p) })
	s.mu.Unlock()
	for _, other := range others {
		if err := meet(p, other); err != nil {
			return err
		}
	}
	return nil
}

// port returns the port of a host, or nil if there is none.
func (s *Switch) port(number byte) *port {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ports[number]
}

// Link returns the link from one host to another, by their numbers.
func (s *Switch) Link(from, to byte) *Link { return s.link(s.port(from), s.port(to)) }

// link returns the link from one port to another, creating it on first use.
func (s *Switch) link(from, to *port) *Link {
	key := [2]byte{from.number, to.number}
	s.mu.RLock()
	l := s.links[key]
	s.mu.RUnlock()
	if l != nil {
		return l
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.links[key] == nil {
		s.links[key] = &Link{name: sim.Link{From: from.host, To: to.host}, from: from, to: to, closed: s.closed, fire: s.reading.Go, record: &s.record, prober: &s.prober}
	}
	return s.links[key]
}

// together changes links, each listed once, and returns the moment of the change on the
// machine's clock. Meanwhile none of them carries anything, so the effects of the change come
// after that moment on every link.
func (s *Switch) together(links []*Link, change func(*Link)) (at time.Duration) {
	s.changing.Lock() // two calls with links in common could deadlock otherwise
	defer s.changing.Unlock()
	for _, l := range links {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	at = clock.Now()
	for _, l := range links {
		change(l)
	}
	return at
}

// read forwards what arrives at a port until it is closed.
func (s *Switch) read(p *port) {
	buffer := make([]byte, largestFrame)
	for {
		n, err := p.socket.Read(buffer)
		switch {
		case err == nil:
			s.forward(p, frame(buffer[:n]))
		case errors.Is(err, unix.EINVAL):
			// A frame with an offload that struct virtio_net_hdr cannot express. It is lost; no
			// sender of TCP over IPv4 makes one.
		default:
			p.failed(err)
			return
		}
	}
}

// forward forwards a frame that came in at a port. It does not keep f after it returns.
func (s *Switch) forward(from *port, f frame) {
	if !f.valid() {
		return
	}
	to := s.port(f.to().hostNumber())
	if to == nil || to == from {
		return
	}
	if f.onTrip() {
		to.send(f)
		return
	}
	s.link(from, to).carry(f)
	if f.etherType() == probeType {
		s.prober.carried(f)
	}
}

// Close closes the switch, drops everything in transit, and removes the cables. It returns an error
// if a port had broken before.
func (s *Switch) Close() error {
	return errors.Join(s.closePorts(), s.space.removeLinks(), s.space.Close())
}

func (s *Switch) closePorts() error {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.links {
		l.close()
	}
	ports := slices.Collect(maps.Values(s.ports))
	s.mu.Unlock()
	// Closing a packet socket waits some milliseconds, until the kernel is sure that nobody is
	// delivering to it. Closing them in parallel waits only once.
	var closing sync.WaitGroup
	for _, p := range ports {
		for _, socket := range p.sockets() {
			closing.Go(func() { socket.Close() })
		}
	}
	closing.Wait()
	s.reading.Wait()
	var failed []error
	for _, p := range ports {
		failed = append(failed, p.broken())
	}
	return errors.Join(failed...)
}
