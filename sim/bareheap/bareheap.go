// Package bareheap is the unit of benchmarks: the least that a simulation in virtual time has to do
// is to take the first entry out of a heap and put it back later. How many such turns something costs
// hardly depends on the machine. Only benchmarks import it.
package bareheap

import "time"

// waiting is how many entries there are: as many as a large trial has.
const waiting = 100

type entry struct {
	at     int64
	number uint64 // of entries for the same moment, the earlier one comes first
	what   *int
}

func (e entry) before(o entry) bool { return e.at < o.at || e.at == o.at && e.number < o.number }

// heap has four children for each entry, as the queue of package virtual.
type heap []entry

func (h heap) up(i int) {
	e := h[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

func (h heap) down(i int) {
	e := h[i]
	for {
		first := 4*i + 1
		if first >= len(h) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(h)); c++ {
			if h[c].before(h[least]) {
				least = c
			}
		}
		if !h[least].before(e) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = e
}

// Turn does this n times, and returns how long one time took.
func Turn(n int) time.Duration {
	var h heap
	for i := range waiting {
		h = append(h, entry{at: int64(i), number: uint64(i), what: new(int)})
	}
	random := uint64(1)
	start := time.Now()
	for i := range n {
		e := h[0]
		last := len(h) - 1
		h[0] = h[last]
		h = h[:last]
		h.down(0)
		random = random*6364136223846793005 + 1442695040888963407
		h = append(h, entry{e.at + 1 + int64(random>>33%(2*waiting)), uint64(waiting + i), e.what})
		h.up(last)
	}
	return time.Since(start) / time.Duration(n)
}
