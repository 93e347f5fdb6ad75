package zookeeper

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// witness records what happens to the lock, once and in the order of the log, although every server
// applies the whole log, and again after each start. The first server to apply a change records it.
// That is the leader, which commits before the others hear of it. No server could do this; a
// simulation can.
type witness struct {
	token  func(Node) uint64
	seen   uint64 // up to this index of the log
	events []sim.Event
}

// change is what one command did.
type change struct {
	command proposal
	removed []Node
	held    bool // somebody held the lock before, by
	before  Node // this znode
}

// saw processes what a change did to the lock.
func (w *witness) saw(index uint64, t *Tree, c change) {
	if index <= w.seen {
		return
	}
	w.seen = index
	for _, n := range c.removed {
		if n != c.before || !c.held {
			continue // it was waiting
		}
		e := sim.Event{Kind: sim.Expired, Grant: grantOf(n)}
		if c.command.Kind == CommandDelete || c.command.from.client != "" { // a client that ends its session gives back what it has
			e.Kind, e.Client = sim.Freed, c.command.from.client
		}
		w.events = append(w.events, e)
	}
	if n, held := t.Holder(); held && (!c.held || n != c.before) {
		owner, _ := t.Session(n.Session)
		w.events = append(w.events, sim.Event{Kind: sim.Granted, Grant: grantOf(n), Token: w.token(n), Client: owner.Client})
	}
}

// testify records what was seen. If a step of the scenario crashes the host because of it, the next
// server goes on.
func (w *witness) testify(h *virtual.Host) {
	for len(w.events) > 0 {
		e := w.events[0]
		w.events = w.events[1:]
		h.Record(e)
	}
}

// grantOf is the name of an acquisition: the znode, and the change that created it.
func grantOf(n Node) string { return fmt.Sprintf("%s@%#x", n.Path, n.Czxid) }
