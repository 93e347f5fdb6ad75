//go:build linux

package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// probeType is the type of probe frames, which hosts ignore: the first that IEEE 802 sets
// aside for local experiments.
const probeType = 0x88b5

// A probe frame carries the number of its sounding, and whether it went past the link.
const (
	probeNumber = 0 // 8 bytes
	probePast   = 8 // 1 byte
	probeLength = 9
)

// sounding is what became of probe frames that were sent over a link.
type sounding struct {
	number  uint64
	link    *link
	sent    int           // frames that left the host at the link's beginning
	sentAt  time.Duration // when the first left, on the machine's clock
	carried int           // frames that the switch has dealt with
	arrived int           // frames that the host at the link's end has received
	firstAt time.Duration // when the first of them did
	past    int           // frames that it received from the switch past the link
}

// sounder sends probe frames from the hosts' own ends of their cables, and counts what
// arrives at the other hosts' ends: what it finds out about a link is what hosts find.
type sounder struct {
	one sync.Mutex // one call of sound at a time

	mu   sync.Mutex
	all  map[uint64]*sounding
	last uint64
}

// Limits of a sounding.
const (
	soundBatch = 64              // frames that are under way at once: no queue overflows
	soundLimit = 2 * time.Second // normally it takes less than a millisecond
)

// sound sends n probe frames over each link and returns when the switch has dealt with
// all of them, and with one more to each receiver that it sends past the links. That one
// arriving proves that the others would have been seen had they been let through.
func (s *vswitch) sound(links []*link, n int) ([]*sounding, error) {
	s.sounding.one.Lock()
	defer s.sounding.one.Unlock()
	all := make([]*sounding, len(links))
	for i, l := range links {
		for _, p := range []*port{l.from, l.to} {
			if err := s.tap(p); err != nil {
				return nil, fmt.Errorf("probe the link %s: %w", l, err)
			}
		}
		all[i] = s.sounding.begin(l)
	}
	for sent := 0; sent < n; {
		batch := min(soundBatch, n-sent)
		sent += batch
		for _, g := range all {
			if err := s.batch(g, batch); err != nil {
				return nil, fmt.Errorf("probe the link %s: %w", g.link, err)
			}
		}
		if err := s.batchDone(all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// batch sends some probe frames over a link.
func (s *vswitch) batch(g *sounding, n int) error {
	f, from := g.frame(false)[vnetHeader:], g.link.from
	s.sounding.mu.Lock()
	if g.sent == 0 {
		g.sentAt = machineClock()
	}
	g.sent += n
	s.sounding.mu.Unlock()
	for range n {
		if _, err := from.tap.Write(f); err != nil {
			return fmt.Errorf("send from host %s: %w", from.host, err)
		}
	}
	return nil
}

// batchDone waits until it is known what became of the frames that have been sent.
func (s *vswitch) batchDone(all []*sounding) error {
	dealtWith := func(g *sounding) error {
		if g.carried < g.sent {
			return fmt.Errorf("probe the link %s: of %d frames only %d have reached the switch", g.link, g.sent, g.carried)
		}
		return nil
	}
	if err := s.sounding.awaitEach(all, dealtWith); err != nil {
		return why(err, all)
	}
	s.sounding.mu.Lock()
	for _, g := range all {
		g.past = 0
	}
	s.sounding.mu.Unlock()
	for _, g := range all {
		g.link.to.send(g.frame(true))
	}
	seen := func(g *sounding) error {
		if g.past == 0 {
			return fmt.Errorf("probe the link %s: host %s does not even receive what is sent past the link", g.link, g.link.to.host)
		}
		return nil
	}
	return why(s.sounding.awaitEach(all, seen), all)
}

// why adds to an error which ports do not work.
func why(err error, all []*sounding) error {
	if err == nil {
		return nil
	}
	reasons := []error{err}
	for _, g := range all {
		reasons = append(reasons, g.link.from.broken(), g.link.to.broken())
	}
	return errors.Join(reasons...)
}

// frame makes one of its frames, to be sent over the link or past it.
func (g *sounding) frame(past bool) frame {
	f := newFrame(hostMAC(g.link.to.number), hostMAC(g.link.from.number), probeType)
	f = binary.BigEndian.AppendUint64(f, g.number)
	if past {
		return append(f, 1)
	}
	return append(f, 0)
}

// tap opens a host's own end of its cable for probe frames, unless it is open.
func (s *vswitch) tap(p *port) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap != nil {
		return nil
	}
	return p.space.in(func() error {
		fd, err := packetSocket(hostDevice, probeType, func(fd int) error {
			return unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
		})
		if err != nil {
			return fmt.Errorf("host %s: %w", p.host, err)
		}
		tap := os.NewFile(uintptr(fd), "tap of host "+string(p.host))
		s.mu.RLock()
		defer s.mu.RUnlock()
		if s.closed {
			return errors.Join(errors.New("the lab is closed"), tap.Close())
		}
		p.tap = tap
		s.reading.Go(func() { s.sounding.listen(p, tap) })
		return nil
	})
}

// listen counts the probe frames that a host receives, until the tap is closed.
func (d *sounder) listen(p *port, tap *os.File) {
	buffer := make([]byte, 256)
	for {
		n, err := tap.Read(buffer)
		if err != nil {
			p.failed(err)
			return
		}
		if n >= ethHeader+probeLength {
			d.arrived(buffer[ethHeader:n])
		}
	}
}

// begin makes a sounding of a link and gives it its number.
func (d *sounder) begin(l *link) *sounding {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all == nil {
		d.all = make(map[uint64]*sounding)
	}
	d.last++
	d.all[d.last] = &sounding{number: d.last, link: l}
	return d.all[d.last]
}

// carried is told of each probe frame that the switch has dealt with.
func (d *sounder) carried(f frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.find(f.payload()); g != nil {
		g.carried++
	}
}

// arrived is told of each probe frame that a host has received.
func (d *sounder) arrived(payload []byte) {
	now := machineClock()
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.find(payload)
	switch {
	case g == nil:
	case payload[probePast] != 0:
		g.past++
	default:
		if g.arrived == 0 {
			g.firstAt = now
		}
		g.arrived++
	}
}

// find gives the sounding that a probe frame belongs to. The caller holds mu.
func (d *sounder) find(payload []byte) *sounding {
	if len(payload) < probeLength {
		return nil
	}
	return d.all[binary.BigEndian.Uint64(payload[probeNumber:])]
}

// awaitEach waits until f has nothing against any of the soundings.
func (d *sounder) awaitEach(all []*sounding, f func(*sounding) error) error {
	return poll(soundLimit, func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, g := range all {
			if err := f(g); err != nil {
				return err
			}
		}
		return nil
	})
}

// look gives what is known of a sounding at this moment.
func (d *sounder) look(g *sounding) sounding {
	d.mu.Lock()
	defer d.mu.Unlock()
	return *g
}

// waiting counts the frames of a sounding that are on their way on the link.
func (l *link) waiting(g *sounding) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.queue {
		if k.frame.etherType() != probeType {
			continue
		}
		if p := k.frame.payload(); len(p) >= probeLength && binary.BigEndian.Uint64(p[probeNumber:]) == g.number {
			n++
		}
	}
	return n
}
