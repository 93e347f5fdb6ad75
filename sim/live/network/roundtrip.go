//go:build linux

package network

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// Round trips measure how fast the network is: a probe frame goes from a host's own end of its
// cable to that of another host, and back. The switch does not pass it over its links, so faults
// that the script does to links do not affect it.

// tripLimit is how long to wait for a frame. It may have been lost if so much waits at a port
// that the kernel has no room for more.
const tripLimit = time.Second

// Values of a probe frame at probePast, besides 0 (over the link) and 1 (from the switch).
const (
	tripOut  = 2
	tripHome = 3
)

// trips are the round trips of one lab.
type trips struct {
	mu   sync.Mutex
	last uint64      // the number of the last one
	home chan uint64 // numbers of those that are back
}

// begin assigns a number to a new round trip.
func (t *trips) begin() (number uint64, home chan uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.home == nil {
		t.home = make(chan uint64, 16)
	}
	t.last++
	return t.last, t.home
}

// back is called for a frame that has returned.
func (t *trips) back(payload []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.home <- binary.BigEndian.Uint64(payload[probeNumber:]):
	default: // nobody waits for that many
	}
}

// onTrip reports whether a frame belongs to a round trip.
func (f frame) onTrip() bool {
	if f.etherType() != probeType {
		return false
	}
	p := f.payload()
	return len(p) >= probeLength && (p[probePast] == tripOut || p[probePast] == tripHome)
}

// tripFrame returns a frame of a round trip as a host sends it.
func tripFrame(from, to *port, number uint64, way byte) []byte {
	f := newFrame(hostMAC(to.number), hostMAC(from.number), probeType)
	f = binary.BigEndian.AppendUint64(f, number)
	return append(f, way)[vnetHeader:]
}

// travelled handles a frame of a round trip that a host has received. It returns false for any
// other frame.
func (s *Switch) travelled(p *port, received []byte) bool {
	payload := received[ethHeader:]
	switch payload[probePast] {
	case tripOut:
		from := s.port(mac(received[6:]).hostNumber())
		if from != nil { // if the reply cannot be sent it never returns, and RoundTrip notices
			_, _ = p.tap.Write(tripFrame(p, from, binary.BigEndian.Uint64(payload[probeNumber:]), tripHome))
		}
		return true
	case tripHome:
		s.trips.back(payload)
		return true
	}
	return false
}

// RoundTrip sends a frame from one host to another and back, given by their numbers, and returns how
// long that took. It gives up after tripLimit or when over is closed, and then returns how long it
// has waited.
func (s *Switch) RoundTrip(fromHost, toHost byte, over <-chan struct{}) (took time.Duration, err error) {
	from, to := s.port(fromHost), s.port(toHost)
	for _, p := range []*port{from, to} {
		if err := s.tap(p); err != nil {
			return 0, fmt.Errorf("measure the network: %w", err)
		}
	}
	number, home := s.trips.begin()
	limit := time.NewTimer(tripLimit)
	defer limit.Stop()
	left := clock.Now()
	if _, err := from.tap.Write(tripFrame(from, to, number, tripOut)); err != nil {
		return 0, fmt.Errorf("measure the network: send from host %s: %w", from.host, err)
	}
	for {
		select {
		case n := <-home:
			if n == number {
				return clock.Now() - left, nil
			}
		case <-limit.C:
			return clock.Now() - left, nil
		case <-over:
			return clock.Now() - left, nil
		}
	}
}
