//go:build linux

package live

import (
	"sync/atomic"
	"time"
)

// awaiting is somebody who waits for the next message on one of several links.
type awaiting struct {
	caught atomic.Bool
	then   func(*link) // called once, on a goroutine of its own: the message came there
}

// take tells whether this is the message that was waited for.
func (a *awaiting) take() bool { return a.caught.CompareAndSwap(false, true) }

// await has the next message kept on the link until hold or letGo decides what becomes of
// it. If there are messages on their way already, it keeps those instead and says so. Either
// way letGo is to be called once for what has been kept.
func (l *link) await(a *awaiting) (flying bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	late := l.talking()
	if len(late) == 0 {
		l.awaited = append(l.awaited, a)
		return false
	}
	for _, k := range late {
		k.due = never
	}
	l.sorted()
	l.keepers++
	return true
}

// keep keeps every message that comes until letGo is called.
func (l *link) keep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keepers++
	l.keepsAll++
}

// stopKeeping is letGo for keep.
func (l *link) stopKeeping() {
	l.mu.Lock()
	l.keepsAll = max(0, l.keepsAll-1)
	l.mu.Unlock()
	l.letGo()
}

// talking lists what is on its way of every connection that has a message on its way.
func (l *link) talking() (all []*packet) {
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

// catch tells whether the message that has just come is to be kept, and lets those know
// who have waited for it. The caller holds mu.
func (l *link) catch() bool {
	caught := l.keepsAll > 0
	for _, a := range l.awaited {
		if a.take() {
			caught = true
			l.keepers++
			l.fire(func() { a.then(l) })
		}
	}
	l.awaited = nil
	return caught
}

// held is a message that is to arrive no sooner than it was put off to.
type held struct {
	link   *link
	packet *packet
	due    time.Duration // on the machine's clock
}

// hold puts off by that time what is on its way of every connection that has a message on
// its way. What they send later, retransmissions and acknowledgements included, waits
// behind it (see enqueue), so that the receiver sees a slow network and no reordering. The
// caller holds mu.
func (l *link) hold(by time.Duration) (all []held) {
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

// letGo sends on what has been kept and not put off, unless somebody else keeps messages
// as well: then it goes on when the last of them lets go.
func (l *link) letGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keepers = max(0, l.keepers-1) // flush may have been there before
	if l.closed || l.keepers > 0 {
		return
	}
	for _, k := range l.queue {
		if k.due == never {
			k.due = k.planned
		}
	}
	l.sorted()
}

// flush hands over at once what has been put off on any link, and makes nobody wait for
// messages any more: what one trial holds must not arrive in the next. Nor does the next draw
// its losses where this one has left off: it has a seed of its own.
func (s *vswitch) flush() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, l := range s.links {
		l.flush()
	}
}

func (l *link) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaited, l.keepers, l.keepsAll = nil, 0, 0
	l.random = nil
	now := machineClock()
	for _, k := range l.queue {
		k.planned, k.due = now, now
	}
	if !l.closed {
		l.sorted()
	}
}

// early tells whether the message has left the link, or will, before it should.
func (h held) early() bool {
	h.link.mu.Lock()
	defer h.link.mu.Unlock()
	return machineClock() < h.due && (h.packet.gone || h.packet.due < h.due)
}
