//go:build linux

package live

import (
	"encoding/binary"
	"sync"
	"time"
)

// sounding tracks probe frames that were sent over a link.
type sounding struct {
	number  uint64
	link    *link
	sent    int           // frames that left the host at the start of the link
	sentAt  time.Duration // when the first one left, on the machine's clock
	carried int           // frames that the switch has handled
	handed  int           // frames that the link has delivered to the host at its end
	outAt   time.Duration // when it delivered the first one
	arrived int           // frames that this host has received and that have been counted
	past    int           // frames that it received directly from the switch, not over the link
}

// sounder sends probe frames from the hosts' own ends of their cables, and counts what arrives
// at the other hosts' ends. So it measures a link as the hosts experience it.
type sounder struct {
	one sync.Mutex // one call of sound at a time

	mu   sync.Mutex
	all  map[uint64]*sounding
	last uint64
}

// begin creates a numbered sounding of a link.
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

// carried is called for each probe frame that the switch has handled.
func (d *sounder) carried(f frame) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if g := d.find(f.payload()); g != nil {
		g.carried++
	}
}

// handedOver is called for each probe frame that a link is about to deliver.
func (d *sounder) handedOver(f frame) {
	now := machineClock()
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
func (d *sounder) arrived(payload []byte) {
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

// find returns the sounding that a probe frame belongs to, or nil. The caller holds mu.
func (d *sounder) find(payload []byte) *sounding {
	if len(payload) < probeLength {
		return nil
	}
	return d.all[binary.BigEndian.Uint64(payload[probeNumber:])]
}

// awaitEach waits until f returns nil for each of the soundings.
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

// look returns a copy of a sounding's current state.
func (d *sounder) look(g *sounding) sounding {
	d.mu.Lock()
	defer d.mu.Unlock()
	return *g
}

// forget ends soundings that are no longer needed.
func (d *sounder) forget(all []*sounding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range all {
		delete(d.all, g.number)
	}
}

// waiting lists the frames of a sounding that are in transit on the link. The caller holds mu.
func (l *link) waiting(g *sounding) (all []*packet) {
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

// through counts the frames of a sounding that the link lets through: those it has delivered,
// even if the host has yet to count them, and those in transit.
func (l *link) through(g *sounding) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sounding.look(g).handed + len(l.waiting(g))
}

// quickest returns the shortest travel time of a sounding's frames, including those still to be
// delivered. It returns never if the link lets none through.
func (l *link) quickest(g *sounding) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := never
	seen := l.sounding.look(g)
	if seen.handed > 0 {
		out = seen.outAt
	}
	for _, k := range l.waiting(g) {
		out = min(out, k.planned, k.due)
	}
	if out == never {
		return never
	}
	return out - seen.sentAt
}
