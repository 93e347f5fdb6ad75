//go:build linux

package live

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"golang.org/x/sys/unix"
)

// vswitch is the lab's network: an Ethernet switch in user space. Each host's cable ends
// at a port of it, from which a goroutine reads frames and puts them on the link to the
// host that they are for. What a link does to them is up to the faults in effect.
//
// It carries frames from one host to one other, and knows no broadcasts.
type vswitch struct {
	reading  sync.WaitGroup // one a port or tap, and one a message that somebody awaited
	changing sync.Mutex     // links are being changed, see together

	mu     sync.RWMutex
	ports  map[byte]*port // by the host's number
	links  map[[2]byte]*link
	closed bool

	sounding sounder
	trips    trips
	record   record
}

func newSwitch() *vswitch {
	return &vswitch{ports: make(map[byte]*port), links: make(map[[2]byte]*link)}
}

// connect opens a port at the end of a cable to a host. The caller's thread must sit in
// the network namespace in which the cable has the name device.
func (s *vswitch) connect(device string, number byte, host sim.HostID, space *namespace) error {
	p, err := openPort(device)
	if err != nil {
		return err
	}
	p.number, p.host, p.space = number, host, space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ports[number] = p
	s.reading.Go(func() { s.read(p) })
	return nil
}

// port gives the port of a host, nil if there is none.
func (s *vswitch) port(number byte) *port {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ports[number]
}

// link gives the way from one host to another, and makes it on first use.
func (s *vswitch) link(from, to *port) *link {
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
		s.links[key] = &link{name: sim.Link{From: from.host, To: to.host}, from: from, to: to, closed: s.closed, fire: s.reading.Go, record: &s.record, sounding: &s.sounding}
	}
	return s.links[key]
}

// together changes links, each of them once in the list, and gives the moment at which it
// did, on the machine's clock. While it does nothing is carried on any of them: what the
// change brings about comes after that moment, on every one.
func (s *vswitch) together(links []*link, change func(*link)) (at time.Duration) {
	s.changing.Lock() // or two that want some of the same could wait for each other
	defer s.changing.Unlock()
	for _, l := range links {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	at = machineClock()
	for _, l := range links {
		change(l)
	}
	return at
}

// read carries what comes in at a port until it is closed.
func (s *vswitch) read(p *port) {
	buffer := make([]byte, largestFrame)
	for {
		n, err := p.socket.Read(buffer)
		switch {
		case err == nil:
			s.forward(p, frame(buffer[:n]))
		case errors.Is(err, unix.EINVAL):
			// A frame with an offload that struct virtio_net_hdr has no word for. It is lost;
			// no sender of TCP over IPv4 makes one.
		default:
			p.failed(err)
			return
		}
	}
}

// forward takes a frame from a port. It belongs to the caller again on return.
func (s *vswitch) forward(from *port, f frame) {
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
		s.sounding.carried(f)
	}
}

// close ends the switch, with everything that was still on its way. It says whether a
// port broke before.
func (s *vswitch) close() error {
	s.mu.Lock()
	s.closed = true
	for _, l := range s.links {
		l.close()
	}
	ports := slices.Collect(maps.Values(s.ports))
	s.mu.Unlock()
	// Closing a packet socket waits until the kernel is sure that nobody is delivering to
	// it, some milliseconds. Those waits can be had at once.
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
