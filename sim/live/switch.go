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

// vswitch is the lab's network: an Ethernet switch in user space. Each host's cable ends at a
// port. A goroutine per port reads frames and puts them on the link to the host they are
// addressed to. What a link does to them depends on the faults in effect.
//
// The switch only carries frames from one host to one other; it does not support broadcasts.
type vswitch struct {
	reading  sync.WaitGroup // one for each port, tap and awaited message
	changing sync.Mutex     // held while links are changed, see together

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

// connect opens a port at the end of a cable to a host. The caller's thread must be in the
// network namespace in which the cable has the name device.
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

// port returns the port of a host, or nil if there is none.
func (s *vswitch) port(number byte) *port {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ports[number]
}

// link returns the link from one host to another, creating it on first use.
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

// together changes links, each listed once, and returns the moment of the change on the
// machine's clock. Meanwhile none of them carries anything, so the effects of the change come
// after that moment on every link.
func (s *vswitch) together(links []*link, change func(*link)) (at time.Duration) {
	s.changing.Lock() // two calls with links in common could deadlock otherwise
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

// read forwards what arrives at a port until it is closed.
func (s *vswitch) read(p *port) {
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

// close closes the switch and drops everything in transit. It returns an error if a port had
// broken before.
func (s *vswitch) close() error {
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
