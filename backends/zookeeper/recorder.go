package zookeeper

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// recorder records what happens to the lock, once and in the order of the log, although every server
// applies the whole log, and again after each start. The first server to apply a change records it.
// That is the leader, which commits before the others hear of it. No server could do this; a
// simulation can.
type recorder struct {
	token  func(Node) uint64
	seen   uint64 // up to this index of the log
	events []sim.Event
}

// Change is what one command did.
type Change struct {
	Kind    CommandKind
	Client  sim.HostID // who asked for it; "" if no client did
	Removed []Node
	Held    bool // somebody held the lock before, by
	Before  Node // this znode
}

// Events says what the change did to the lock, given the tree after it. token makes the fencing
// token.
func (c Change) Events(t *Tree, token func(Node) uint64) (events []sim.Event) {
	for _, n := range c.Removed {
		if n != c.Before || !c.Held {
			continue // it was waiting
		}
		e := sim.Event{Kind: sim.Expired, Grant: n.Grant()}
		if c.Kind == CommandDelete || c.Client != "" { // a client that ends its session gives back what it has
			e.Kind, e.Client = sim.Freed, c.Client
		}
		events = append(events, e)
	}
	if n, held := t.Holder(); held && (!c.Held || n != c.Before) {
		owner, _ := t.Session(n.Session)
		events = append(events, sim.Event{Kind: sim.Granted, Grant: n.Grant(), Token: token(n), Client: owner.Client})
	}
	return events
}

// saw notes what a change did to the lock.
func (rec *recorder) saw(index uint64, t *Tree, c Change) {
	if index <= rec.seen {
		return
	}
	rec.seen = index
	rec.events = append(rec.events, c.Events(t, rec.token)...)
}

// flush records what was seen. If a step of the scenario crashes the host because of it, the next
// server goes on.
func (rec *recorder) flush(h *virtual.Host) {
	for len(rec.events) > 0 {
		e := rec.events[0]
		rec.events = rec.events[1:]
		h.Record(e)
	}
}
