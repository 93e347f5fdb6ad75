package trace

import (
	"fmt"
	"sort"

	"github.com/locklab/locklab/sim"
)

// Belief is a time during which a client believed that it held the lock: from when it was told
// so until it asked to release the lock (not until that call returned), was told that the lock
// is lost, or crashed. What it hears about the grant afterwards does not revive the belief. This
// is what Kleppmann means by holding a lock.
type Belief struct {
	Client sim.HostID
	Grant  string
	Began  *sim.Event // acquired
	Ended  *sim.Event // release, lost, or the crash of its host; nil if nothing ended it
	// Renewed lists the events that told the client of another deadline in the meantime.
	Renewed []*sim.Event
	// Pieces are, alternately, the times within the deadline that the client itself computed and
	// those past it, without gaps. The first one is within; it may be the only one.
	Pieces []Piece
}

// Piece is a part of a belief. The valid ones are what antirez means by holding a lock.
type Piece struct {
	Valid bool       // within the client's own deadline
	Began *sim.Event // acquired, the deadline, or the renewal after it
	Ended *sim.Event // nil if nothing ended it
}

// Open reports whether the belief, which must have begun, still lasts right after the event with
// this number.
func (b *Belief) Open(seq int64) bool { return b.Ended == nil || b.Ended.Seq > seq }

// Valid reports whether the belief is within its client's own deadline right after the event
// with this number.
func (b *Belief) Valid(seq int64) bool {
	later := sort.Search(len(b.Pieces), func(i int) bool { return b.Pieces[i].Began.Seq > seq })
	return later == 0 || b.Pieces[later-1].Valid
}

func (b *Belief) end(e *sim.Event) {
	b.Ended = e
	b.Pieces[len(b.Pieces)-1].Ended = e
}

// turn ends the last piece and begins one with the opposite validity. It does nothing if the
// last piece is already of that kind.
func (b *Belief) turn(valid bool, e *sim.Event) {
	last := &b.Pieces[len(b.Pieces)-1]
	if last.Valid == valid {
		return
	}
	last.Ended = e
	b.Pieces = append(b.Pieces, Piece{Valid: valid, Began: e})
}

// readBeliefs finds all beliefs. A belief that begins without a name, or for the second time by
// the same client under the same name, cannot be told apart from others.
func (t *Trace) readBeliefs() {
	open := map[Acquisition][]*Belief{}
	known := map[Acquisition]bool{}
	of := map[sim.HostID][]*Belief{} // the open ones of each client
	for i := range t.History.Events {
		e := &t.History.Events[i]
		which := AcquisitionOf(e)
		switch e.Kind {
		case sim.Acquired:
			t.name(e, known[which])
			known[which] = true
			b := &Belief{Client: e.Host, Grant: e.Grant, Began: e, Pieces: []Piece{{Valid: true, Began: e}}}
			t.Beliefs, open[which], of[e.Host] = append(t.Beliefs, b), append(open[which], b), append(of[e.Host], b)
		case sim.Release, sim.Lost:
			for _, b := range open[which] {
				b.end(e)
			}
			delete(open, which)
		case sim.FaultApplied:
			if !t.KindOf(e).SwitchesOff() {
				continue
			}
			for _, b := range of[e.Host] {
				if b.Ended == nil {
					b.end(e)
					delete(open, Acquisition{b.Client, b.Grant})
				}
			}
			delete(of, e.Host)
		case sim.Deadline, sim.Renewed:
			for _, b := range open[which] {
				b.turn(e.Kind == sim.Renewed, e)
				if e.Kind == sim.Renewed {
					b.Renewed = append(b.Renewed, e)
				}
			}
		}
	}
}

// name checks that an acquisition can be told apart from others, and sets Unclear if not.
func (t *Trace) name(e *sim.Event, again bool) {
	switch {
	case t.Unclear != nil:
	case e.Grant == "":
		t.Unclear = fmt.Errorf("event %d does not say which grant %s acquired", e.Seq, e.Host)
	case again:
		t.Unclear = fmt.Errorf("event %d: %s acquired the grant %s a second time", e.Seq, e.Host, e.Grant)
	}
}

// BeliefsOf lists the beliefs of one client, in the order in which they began.
func (t *Trace) BeliefsOf(client sim.HostID) (mine []*Belief) {
	for _, b := range t.Beliefs {
		if b.Client == client {
			mine = append(mine, b)
		}
	}
	return mine
}
