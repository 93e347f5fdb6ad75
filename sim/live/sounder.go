//go:build linux

package live

import (
	"encoding/binary"
	"sync"
	"time"
)

// sounding is what became of probe frames that were sent over a link.
type sounding struct {
	number  uint64
	link    *link
	sent    int           // frames that left the host at the link's beginning
	sentAt  time.Duration // when the first left, on the machine's clock
	carried int           // frames that the switch has dealt with
	handed  int           // frames that the link has handed over to the host at its end
	outAt   time.Duration // when it handed over the first
	arrived int           // frames that this host has received, as far as they have been counted
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

// handedOver is told of each probe frame that a link is about to hand over.
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

// arrived is told of each probe frame that a host has received.
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

// forget ends soundings that nobody will look at any more.
func (d *sounder) forget(all []*sounding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range all {
		delete(d.all, g.number)
	}
}

// waiting lists the frames of a sounding that are on their way on the link. The caller
// holds mu.
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

// through counts the frames of a sounding that the link lets through: those that it has
// handed over, though the host may have yet to count them, and those on their way.
func (l *link) through(g *sounding) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sounding.look(g).handed + len(l.waiting(g))
}

// quickest is the least time that a frame of a sounding has been under way for, or will
// have been when it is handed over; never: the link lets none through.
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
