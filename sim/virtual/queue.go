package virtual

// queue is the event queue: a heap with four children per node, ordered by time and, within one
// instant, by order of entry. Timers know their place, so one that is no longer wanted is
// removed at once instead of lying around until its time comes.
type queue struct {
	entries []entry
	entered uint64 // number of entries ever pushed
}

// entry keeps the key next to the pointer, so that comparing does not touch the timer.
type entry struct {
	at    int64 // ns of true time
	order uint64
	timer *timer
}

const fanOut = 4

func (e entry) before(f entry) bool {
	return e.at < f.at || e.at == f.at && e.order < f.order
}

// push adds t, which must not be queued.
func (q *queue) push(at int64, t *timer) {
	q.entered++
	q.entries = append(q.entries, entry{})
	q.up(len(q.entries)-1, entry{at: at, order: q.entered, timer: t})
}

// pop removes and returns the first entry; the queue must not be empty.
func (q *queue) pop() entry {
	first := q.entries[0]
	q.removeAt(0)
	first.timer.place = nowhere
	return first
}

// remove removes t, which must be queued.
func (q *queue) remove(t *timer) {
	q.removeAt(int(t.place))
	t.place = nowhere
}

func (q *queue) removeAt(i int) {
	last := len(q.entries) - 1
	moved := q.entries[last]
	q.entries[last] = entry{}
	q.entries = q.entries[:last]
	if i == last {
		return
	}
	if i > 0 && moved.before(q.entries[(i-1)/fanOut]) {
		q.up(i, moved)
		return
	}
	q.down(i, moved)
}

// up puts e into the hole at i or above it.
func (q *queue) up(i int, e entry) {
	for i > 0 {
		parent := (i - 1) / fanOut
		if !e.before(q.entries[parent]) {
			break
		}
		q.put(i, q.entries[parent])
		i = parent
	}
	q.put(i, e)
}

// down puts e into the hole at i or below it.
func (q *queue) down(i int, e entry) {
	n := len(q.entries)
	for {
		first := i*fanOut + 1
		if first >= n {
			break
		}
		least := first
		for c := first + 1; c < min(first+fanOut, n); c++ {
			if q.entries[c].before(q.entries[least]) {
				least = c
			}
		}
		if !q.entries[least].before(e) {
			break
		}
		q.put(i, q.entries[least])
		i = least
	}
	q.put(i, e)
}

func (q *queue) put(i int, e entry) {
	q.entries[i] = e
	e.timer.place = int32(i)
}
