//go:build linux

package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// probeType is the type of probe frames, which hosts ignore: the first type that IEEE 802
// reserves for local experiments.
const probeType = 0x88b5

// A probe frame carries the number of its probing, and whether it bypassed the link.
const (
	probeNumber = 0 // 8 bytes
	probePast   = 8 // 1 byte; see also tripOut
	probeLength = 9
)

// Limits of a probing.
const (
	probeBatch = 64              // frames in transit at once: no queue overflows
	probeLimit = 2 * time.Second // normally it takes less than a millisecond
)

// probe sends n probe frames over each link and returns when the switch has handled all of them.
// It also sends one more frame to each receiver, bypassing the links, and waits for it. The
// arrival of that frame proves that the others would have been seen if they had been let
// through. The caller must forget the probings.
func (s *Switch) probe(links []*Link, n int) ([]*probing, error) {
	s.prober.one.Lock()
	defer s.prober.one.Unlock()
	for _, l := range links {
		for _, p := range []*port{l.from, l.to} {
			if err := s.tap(p); err != nil {
				return nil, fmt.Errorf("probe the link %s: %w", l, err)
			}
		}
	}
	all := make([]*probing, len(links))
	for i, l := range links {
		all[i] = s.prober.begin(l)
	}
	if err := s.batches(all, n); err != nil {
		s.prober.forget(all)
		return nil, err
	}
	return all, nil
}

// Settle returns when everything that hosts have sent so far has reached these links.
func (s *Switch) Settle(links []*Link) error {
	all, err := s.probe(links, 1)
	s.prober.forget(all)
	return err
}

// batches sends n probe frames over each link, and waits for them.
func (s *Switch) batches(all []*probing, n int) error {
	for sent := 0; sent < n; {
		batch := min(probeBatch, n-sent)
		sent += batch
		for _, g := range all {
			if err := s.batch(g, batch); err != nil {
				return fmt.Errorf("probe the link %s: %w", g.link, err)
			}
		}
		if err := s.batchDone(all); err != nil {
			return err
		}
	}
	return nil
}

// batch sends some probe frames over a link.
func (s *Switch) batch(g *probing, n int) error {
	f, from := g.frame(false)[vnetHeader:], g.link.from
	s.prober.mu.Lock()
	if g.sent == 0 {
		g.sentAt = clock.Now()
	}
	g.sent += n
	s.prober.mu.Unlock()
	for range n {
		if _, err := from.tap.Write(f); err != nil {
			return fmt.Errorf("send from host %s: %w", from.host, err)
		}
	}
	return nil
}

// batchDone waits until it is known what became of the frames that have been sent.
func (s *Switch) batchDone(all []*probing) error {
	dealtWith := func(g *probing) error {
		if g.carried < g.sent {
			return fmt.Errorf("probe the link %s: of %d frames only %d have reached the switch", g.link, g.sent, g.carried)
		}
		return nil
	}
	if err := s.prober.awaitEach(all, dealtWith); err != nil {
		return why(err, all)
	}
	s.prober.mu.Lock()
	for _, g := range all {
		g.past = 0
	}
	s.prober.mu.Unlock()
	for _, g := range all {
		g.link.to.send(g.frame(true))
	}
	seen := func(g *probing) error {
		if g.past == 0 {
			return fmt.Errorf("probe the link %s: host %s does not even receive what is sent past the link", g.link, g.link.to.host)
		}
		return nil
	}
	return why(s.prober.awaitEach(all, seen), all)
}

// why adds to an error which ports do not work.
func why(err error, all []*probing) error {
	if err == nil {
		return nil
	}
	reasons := []error{err}
	for _, g := range all {
		reasons = append(reasons, g.link.from.broken(), g.link.to.broken())
	}
	return errors.Join(reasons...)
}

// frame returns a frame of this probing, to be sent over the link or past it.
func (g *probing) frame(past bool) frame {
	f := newFrame(hostMAC(g.link.to.number), hostMAC(g.link.from.number), probeType)
	f = binary.BigEndian.AppendUint64(f, g.number)
	if past {
		return append(f, 1)
	}
	return append(f, 0)
}

// tap opens a host's own end of its cable for probe frames, unless it is already open.
func (s *Switch) tap(p *port) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap != nil {
		return nil
	}
	return p.space.In(func() error {
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
		s.reading.Go(func() { s.listen(p, tap) })
		return nil
	})
}

// listen handles the probe frames that a host receives, until the tap is closed.
func (s *Switch) listen(p *port, tap *os.File) {
	buffer := make([]byte, 256)
	for {
		n, err := tap.Read(buffer)
		if err != nil {
			p.failed(err)
			return
		}
		if n >= ethHeader+probeLength && !s.travelled(p, buffer[:n]) {
			s.prober.arrived(buffer[ethHeader:n])
		}
	}
}
