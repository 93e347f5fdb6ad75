package virtual

import (
	"iter"
	"time"
)

// soon is a first-in, first-out queue of what is due at the current instant. More than half of
// all that happens in a trial is due at once, and needs no heap.
type soon struct {
	entries []entry // a removed entry has no timer
	first   int     // index of the first one that has not been popped
}

// inSoon is the greatest place of a timer in soon: the timer at index i has place inSoon-i.
const inSoon int32 = -4

// add appends t.
func (s *soon) add(at int64, order uint64, t *timer) {
	t.place = inSoon - int32(len(s.entries))
	s.entries = append(s.entries, entry{at: at, order: order, timer: t})
}

// remove removes t, which must be in s.
func (s *soon) remove(t *timer) {
	s.entries[inSoon-t.place].timer = nil
	t.place = nowhere
}

// pop removes and returns the first timer; nil means that s is empty.
func (s *soon) pop() *timer {
	for s.first < len(s.entries) {
		t := s.entries[s.first].timer
		s.entries[s.first].timer = nil
		s.first++
		if t != nil {
			t.place = nowhere
			return t
		}
	}
	s.entries, s.first = s.entries[:0], 0
	return nil
}

// queued reports whether a timer with this place is in one of the two queues.
func queued(place int32) bool { return place >= 0 || place <= inSoon }

// enqueue queues t, which must not be queued, at a point of true time that is not over.
func (w *World) enqueue(t *timer, at time.Duration) {
	if at > w.now {
		w.queue.push(int64(at), t)
		return
	}
	w.queue.entered++
	w.soon.add(int64(at), w.queue.entered, t)
}

// next removes and returns what happens next, and when. It returns nil if nothing is left, and
// nil with a time after until if everything is due later than that. What was queued for this
// instant before it came is in the heap, and comes before what was queued during it.
func (w *World) next(until time.Duration) (*timer, time.Duration) {
	later := len(w.queue.entries) > 0
	if later && time.Duration(w.queue.entries[0].at) <= w.now {
		return w.queue.pop().timer, w.now
	}
	if t := w.soon.pop(); t != nil {
		return t, w.now
	}
	if !later {
		return nil, w.now
	}
	at := time.Duration(w.queue.entries[0].at)
	if at > until {
		return nil, at
	}
	return w.queue.pop().timer, at
}

// upcoming lists everything that is queued, in no useful order.
func (w *World) upcoming() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for _, e := range w.queue.entries {
			if !yield(e) {
				return
			}
		}
		for _, e := range w.soon.entries[w.soon.first:] {
			if e.timer != nil && !yield(e) {
				return
			}
		}
	}
}
