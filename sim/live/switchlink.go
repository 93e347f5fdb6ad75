//go:build linux

package live

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// linkBuffer is how many bytes can be on their way on a link; what comes on top of them
// is lost, as in any switch. It is more than TCP has under way on one connection.
const linkBuffer = 16 << 20

// never is the time at which nothing is due.
const never = time.Duration(math.MaxInt64)

// link is the way from one host to another. The way back is a link of its own. Frames
// that nothing stands in the way of are handed over by whoever brings them; all others
// wait in one queue, in the order in which they are due, for one timer.
type link struct {
	name     sim.Link
	from, to *port
	fire     func(func()) // starts a goroutine that the switch waits for when it is closed
	record   *record
	sounding *sounder

	mu       sync.Mutex
	cuts     int           // how many partitions cut it, and crashes of the host that it goes to
	off      int           // how many crashes of the host that it comes from are in effect
	extra    time.Duration // what delay faults add to every frame's way
	losses   []float64     // with what probability each drop fault loses a frame
	random   *sim.Random   // what losses are drawn from; set by the first drop fault of a trial
	awaited  []*awaiting   // who wants the next message
	keepers  int           // how many keep messages here, and have not let go yet
	keepsAll int           // how many of them keep all that come, see keep
	queue    []*packet     // by due, and then as they came
	queued   int           // bytes in it
	timer    *time.Timer   // for the first in the queue
	seen     seen          // for the history
	closed   bool
}

// packet is a frame that is on its way on a link.
type packet struct {
	frame   frame
	flow    flow
	message bool
	planned time.Duration // when it is to be handed over, on the machine's clock
	due     time.Duration // the same, or never: it is being kept, see link.await
	gone    bool          // it has been handed over, or has met a cut
	segment *segment      // what the history says of it; nil: nothing
}

// carry takes a frame to the other end, now or later or never, as the faults in effect
// say. What enters a cut link is lost, and so is what is due on one. From a host that is off
// nothing enters, but what it has sent before arrives.
func (l *link) carry(f frame) {
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
	at := machineClock() + l.extra
	k := &packet{frame: slices.Clone(f), flow: id, message: message, planned: at, due: at, segment: recorded}
	if caught {
		k.due = never
	}
	l.enqueue(k)
	l.deliver()
}

// loses draws whether a frame is lost. Of several drop faults each draws for itself.
func (l *link) loses() bool {
	lost := false
	for _, p := range l.losses {
		lost = l.random.Float64() < p || lost
	}
	return lost
}

// enqueue puts a packet into the queue: behind what is due no later, and never in front
// of something of the same flow, so that each flow stays in order.
func (l *link) enqueue(k *packet) {
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
	if k.due != never {
		k.planned = k.due
	}
	l.queue = slices.Insert(l.queue, i, k)
	l.queued += len(k.frame)
}

// deliver hands over what is due, and sets the timer for what is not.
func (l *link) deliver() {
	now := machineClock()
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
	case len(l.queue) == 0 || l.queue[0].due == never:
		if l.timer != nil {
			l.timer.Stop()
		}
	case l.timer == nil:
		l.timer = time.AfterFunc(l.queue[0].due-now, l.later)
	default:
		l.timer.Reset(l.queue[0].due - now)
	}
}

// handOver gives a frame to the host at the other end.
func (l *link) handOver(f frame) {
	if f.etherType() == probeType {
		l.sounding.handedOver(f)
	}
	l.to.send(f)
}

// later is called when the first in the queue may be due.
func (l *link) later() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.deliver()
	}
}

// sorted puts the queue in order after due times have been changed, and sees to what is
// due now. Each flow stays in the order in which its packets came.
func (l *link) sorted() {
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

// close loses everything that is on its way.
func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.queue, l.awaited = nil, nil
}

func (l *link) String() string { return fmt.Sprintf("from %s to %s", l.name.From, l.name.To) }
