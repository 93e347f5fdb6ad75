package trace

import "github.com/locklab/locklab/sim"

// top answers how far anybody but a given client has got. It keeps the best client and the best
// of the others, so recording a score and asking cost the same however many clients there are.
type top[T any] struct {
	best, other *reached[T]
}

// reached is how far a client got, and with what.
type reached[T any] struct {
	client sim.HostID
	score  int64
	with   T
}

// offer records that a client has reached a score.
func (t *top[T]) offer(client sim.HostID, score int64, with T) {
	r := &reached[T]{client, score, with}
	switch {
	case t.best == nil || score > t.best.score:
		if t.best != nil && t.best.client != client {
			t.other = t.best
		}
		t.best = r
	case client != t.best.client && (t.other == nil || score > t.other.score):
		t.other = r
	}
}

// besides returns the furthest that anybody but this client got, or nil if nobody else got
// anywhere.
func (t *top[T]) besides(client sim.HostID) *reached[T] {
	if t.best != nil && t.best.client == client {
		return t.other
	}
	return t.best
}
