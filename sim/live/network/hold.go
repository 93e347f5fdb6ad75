//go:build linux

package network

import (
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// Waiter waits for the next message on any of several links.
type Waiter struct {
	caught atomic.Bool
	then   func(*Link)
}

// NewWaiter returns a waiter that calls then once, on a goroutine of its own, with the link of the
// message.
func NewWaiter(then func(*Link)) *Waiter { return &Waiter{then: then} }

// Take claims the message, and reports whether nobody has claimed one before.
func (a *Waiter) Take() bool { return a.caught.CompareAndSwap(false, true) }

// Await makes the link keep the next message until a fault or LetGo decides its fate. If messages
// are already in transit, it keeps those instead and returns true. Either way, LetGo must be
// called once for what has been kept.
func (l *Link) Await(a *Waiter) (flying bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	late := l.talking()
	if len(late) == 0 {
		l.awaited = append(l.awaited, a)
		return false
	}
	for _, k := range late {
		k.due = clock.Never
	}
	l.sorted()
	l.keepers++
	return true
}

// Keep keeps every arriving message until StopKeeping is called.
func (l *Link) Keep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keepers++
	l.keepsAll++
}

// StopKeeping is LetGo for Keep.
func (l *Link) StopKeeping() {
	l.mu.Lock()
	l.keepsAll = max(0, l.keepsAll-1)
	l.mu.Unlock()
	l.LetGo()
}

// talking lists everything in transit on those connections that have a message in transit.
func (l *Link) talking() (all []*packet) {
	flows := make(map[flow]bool)
	for _, k := range l.queue {
		if k.message {
			flows[k.flow] = true
		}
	}
	for _, k := range l.queue {
		if flows[k.flow] {
			all = append(all, k)
		}
	}
	return all
}

// catch reports whether the message that has just arrived must be kept, and notifies those who
// waited for it. The caller holds mu.
func (l *Link) catch() bool {
	caught := l.keepsAll > 0
	for _, a := range l.awaited {
		if a.Take() {
			caught = true
			l.keepers++
			l.fire(func() { a.then(l) })
		}
	}
	l.awaited = nil
	return caught
}

// held is a message that must not arrive before due.
type held struct {
	link   *Link
	packet *packet
	due    time.Duration // on the machine's clock
}

// hold delays, by that time, everything in transit on the connections that have a message in
// transit. What they send later, including retransmissions and acknowledgements, waits behind it
// (see enqueue), so the receiver sees a slow network and no reordering. The caller holds mu.
func (l *Link) hold(by time.Duration) (all []held) {
	late := l.talking()
	for _, k := range late {
		k.planned += by
		k.due = k.planned
	}
	l.sorted()
	for _, k := range late {
		if k.message {
			all = append(all, held{l, k, k.due})
		}
	}
	return all
}

// LetGo releases what has been kept and not held. If others also keep messages, the last of them
// to let go releases it.
func (l *Link) LetGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keepers = max(0, l.keepers-1) // Flush may have reset it before
	if l.closed || l.keepers > 0 {
		return
	}
	for _, k := range l.queue {
		if k.due == clock.Never {
			k.due = k.planned
		}
	}
	l.sorted()
}

// Flush delivers at once what is delayed on any link, and cancels all waits for messages: what
// one trial holds must not arrive in the next. It also drops the random streams for losses, as
// the next trial has a seed of its own.
func (s *Switch) Flush() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.links {
		l.flush()
	}
}

func (l *Link) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaited, l.keepers, l.keepsAll = nil, 0, 0
	l.random = nil
	now := clock.Now()
	for _, k := range l.queue {
		k.planned, k.due = now, now
	}
	if !l.closed {
		l.sorted()
	}
}

// Clear drops everything in transit on the link.
func (l *Link) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.queue {
		k.gone = true
		l.recordLost(k.segment)
	}
	l.queue, l.queued = nil, 0
	if l.timer != nil {
		l.timer.Stop()
	}
}

// early reports whether the message has left the link, or will leave it, before it should.
func (h held) early() bool {
	h.link.mu.Lock()
	defer h.link.mu.Unlock()
	return clock.Now() < h.due && (h.packet.gone || h.packet.due < h.due)
}
