//go:build linux

package network

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// probing tracks probe frames that were sent over a link.
type probing struct {
	number  uint64
	link    *Link
	sent    int           // frames that left the host at the start of the link
	sentAt  time.Duration // when the first one left, on the machine's clock
	carried int           // frames that the switch has handled
	handed  int           // frames that the link has delivered to the host at its end
	outAt   time.Duration // when it delivered the first one
	arrived int           // frames that this host has received and that have been counted
	past    int           // frames that it received directly from the switch, not over the link
}

// prober sends probe frames from the hosts' own ends of their cables, and counts what arrives
// at the other hosts' ends. So it measures a link as the hosts experience it.
type prober struct {
	one sync.Mutex // one call of probe at a time

	mu   sync.Mutex
	all  map[uint64]*probing
	last uint64
}

// begin creates a numbered probing of a link.
func (d *prober) begin(l *Link) *probing {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all == nil {
		d.all = make(map[uint64]*probing)
	}
	d.last++
	d.all[d.last] = &probing{number: d.last, link: l}
	return d.all[d.last]
}

// carried is called for each probe frame that the switch has handled.
func (d *prober) carried(f frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.find(f.payload()); g != nil {
		g.carried++
	}
}

// handedOver is called for each probe frame that a link is about to deliver.
func (d *prober) handedOver(f frame) {
	now := clock.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.find(f.payload()); g != nil {
		if g.handed == 0 {
			g.outAt = now
		}
		g.handed++
	}
}

// arrived is called for each probe frame that a host has received.
func (d *prober) arrived(payload []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.find(payload)
	switch {
	case g == nil:
	case payload[probePast] != 0:
		g.past++
	default:
		g.arrived++
	}
}

// find returns the probing that a probe frame belongs to, or nil. The caller holds mu.
func (d *prober) find(payload []byte) *probing {
	if len(payload) < probeLength {
		return nil
	}
	return d.all[binary.BigEndian.Uint64(payload[probeNumber:])]
}

// awaitEach waits until f returns nil for each of the probings.
func (d *prober) awaitEach(all []*probing, f func(*probing) error) error {
	return clock.Poll(probeLimit, func() error {
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

// look returns a copy of a probing's current state.
func (d *prober) look(g *probing) probing {
	d.mu.Lock()
	defer d.mu.Unlock()
	return *g
}

// forget ends probings that are no longer needed.
func (d *prober) forget(all []*probing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range all {
		delete(d.all, g.number)
	}
}

// waiting lists the frames of a probing that are in transit on the link. The caller holds mu.
func (l *Link) waiting(g *probing) (all []*packet) {
	for _, k := range l.queue {
		if k.frame.etherType() != probeType {
			continue
		}
		if p := k.frame.payload(); len(p) >= probeLength && binary.BigEndian.Uint64(p[probeNumber:]) == g.number {
			all = append(all, k)
		}
	}
	return all
}

// through counts the frames of a probing that the link lets through: those it has delivered,
// even if the host has yet to count them, and those in transit.
func (l *Link) through(g *probing) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.prober.look(g).handed + len(l.waiting(g))
}

// quickest returns the shortest travel time of a probing's frames, including those still to be
// delivered. It returns clock.Never if the link lets none through.
func (l *Link) quickest(g *probing) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := clock.Never
	seen := l.prober.look(g)
	if seen.handed > 0 {
		out = seen.outAt
	}
	for _, k := range l.waiting(g) {
		out = min(out, k.planned, k.due)
	}
	if out == clock.Never {
		return clock.Never
	}
	return out - seen.sentAt
}
