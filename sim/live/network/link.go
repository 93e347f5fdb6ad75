//go:build linux

package network

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
)

// linkBuffer is the number of bytes that can be in transit on a link; more are lost, as in any
// switch. It is more than TCP has in flight on one connection.
const linkBuffer = 16 << 20

// Link is the path from one host to another. The way back is a separate link. Frames without any
// obstacle are delivered by the goroutine that brings them. All others wait in one queue,
// ordered by due time, for one timer.
type Link struct {
	name     sim.Link
	from, to *port
	fire     func(func()) // starts a goroutine that the switch waits for when it is closed
	record   *record
	prober   *prober

	mu       sync.Mutex
	cuts     int           // number of partitions that cut it, plus crashes in effect of the host it leads to
	off      int           // number of crashes in effect of the host it comes from
	extra    time.Duration // what delay faults add to every frame's travel time
	losses   []float64     // the probability with which each drop fault loses a frame
	random   *sim.Random   // random stream for losses; set by the first drop fault of a trial
	awaited  []*Waiter     // those waiting for the next message
	keepers  int           // number of calls that keep messages here and have not let go yet
	keepsAll int           // how many of them keep all arriving messages, see Keep
	queue    []*packet     // ordered by due, then by arrival
	queued   int           // bytes in the queue
	timer    *time.Timer   // for the first packet in the queue
	seen     seen          // for the history
	closed   bool
}

// packet is a frame in transit on a link.
type packet struct {
	frame   frame
	flow    flow
	message bool
	planned time.Duration // when it is to be delivered, on the machine's clock
	due     time.Duration // the same, or never while it is kept, see Link.Await
	gone    bool          // it has been delivered, or was lost in a cut
	segment *segment      // its record for the history; nil if it is not recorded
}

// carry takes a frame to the other end, now or later or never, depending on the faults in
// effect. A cut loses frames when they enter the link and when they are due. A crashed host
// sends nothing; frames it sent before the crash still arrive.
func (l *Link) carry(f frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	id, message := f.conversation()
	var recorded *segment
	if message {
		recorded = l.recordSent(f, id)
	} else {
		l.recordOpening(f, id)
	}
	if l.cuts > 0 || l.off > 0 || l.loses() {
		l.recordLost(recorded)
		return
	}
	caught := message && l.catch()
	if len(l.queue) == 0 && l.extra == 0 && !caught {
		l.recordArrived(recorded) // before the other end can answer
		l.handOver(f)
		return
	}
	if l.queued+len(f) > linkBuffer {
		l.recordLost(recorded)
		return
	}
	at := clock.Now() + l.extra
	k := &packet{frame: slices.Clone(f), flow: id, message: message, planned: at, due: at, segment: recorded}
	if caught {
		k.due = clock.Never
	}
	l.enqueue(k)
	l.deliver()
}

// loses draws whether a frame is lost. Each drop fault draws separately.
func (l *Link) loses() bool {
	lost := false
	for _, p := range l.losses {
		lost = l.random.Float64() < p || lost
	}
	return lost
}

// enqueue inserts a packet into the queue: behind everything due at the same time or earlier,
// and never in front of a packet of the same flow, so that each flow stays in order.
func (l *Link) enqueue(k *packet) {
	i := len(l.queue)
	for i > 0 && l.queue[i-1].due > k.due && (k.flow == 0 || l.queue[i-1].flow != k.flow) {
		i--
	}
	if i > 0 && l.queue[i-1].due > k.due {
		k.due = l.queue[i-1].due
		for i < len(l.queue) && l.queue[i].due == k.due {
			i++
		}
	}
	if k.due != clock.Never {
		k.planned = k.due
	}
	l.queue = slices.Insert(l.queue, i, k)
	l.queued += len(k.frame)
}

// deliver delivers what is due, and sets the timer for the rest.
func (l *Link) deliver() {
	now := clock.Now()
	n := 0
	for ; n < len(l.queue) && l.queue[n].due <= now; n++ {
		k := l.queue[n]
		k.gone = true
		l.queued -= len(k.frame)
		if l.cuts > 0 {
			l.recordLost(k.segment)
			continue
		}
		l.recordArrived(k.segment)
		l.handOver(k.frame)
	}
	l.queue = slices.Delete(l.queue, 0, n)
	switch {
	case len(l.queue) == 0 || l.queue[0].due == clock.Never:
		if l.timer != nil {
			l.timer.Stop()
		}
	case l.timer == nil:
		l.timer = time.AfterFunc(l.queue[0].due-now, l.later)
	default:
		l.timer.Reset(l.queue[0].due - now)
	}
}

// handOver delivers a frame to the host at the other end.
func (l *Link) handOver(f frame) {
	if f.etherType() == probeType {
		l.prober.handedOver(f)
	}
	l.to.send(f)
}

// later is called when the first packet in the queue may be due.
func (l *Link) later() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.deliver()
	}
}

// sorted sorts the queue after due times have changed, and delivers what is due. Each flow stays
// in order of arrival.
func (l *Link) sorted() {
	last := make(map[flow]time.Duration)
	for _, k := range l.queue {
		if k.flow != 0 {
			k.due = max(k.due, last[k.flow])
			last[k.flow] = k.due
		}
	}
	slices.SortStableFunc(l.queue, func(a, b *packet) int { return cmp.Compare(a.due, b.due) })
	l.deliver()
}

// close drops everything in transit.
func (l *Link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.queue, l.awaited = nil, nil
}

func (l *Link) String() string { return fmt.Sprintf("from %s to %s", l.name.From, l.name.To) }
