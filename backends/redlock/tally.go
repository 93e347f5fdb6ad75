package redlock

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
)

// tally combines what the nodes do into one lock service, which only an observer of all nodes can.
// Every action of a node goes into the history; if a quorum has formed or fallen apart with it,
// that is recorded too, on the same host.
type tally struct {
	servers []sim.HostID
	quorum  int
	open    []*votes
}

// votes are the nodes that hold one lease's value.
type votes struct {
	grant    string
	by       []bool // node
	extended []int  // by node: how often, since it holds it
	granted  bool   // a quorum held it, and has not fallen apart since
	rounds   int    // how often a quorum of its holders has extended it
}

// recorder is a host that puts events into the history.
type recorder interface {
	ID() sim.HostID
	Record(sim.Event)
}

func newTally(servers []sim.HostID, quorum int) *tally {
	return &tally{servers: servers, quorum: quorum}
}

// note processes what happened to the lock on one node.
func (t *tally) note(h recorder, e sim.Event) {
	v, node := t.of(e.Grant), slices.Index(t.servers, h.ID())
	switch e.Kind {
	case sim.Granted:
		v.by[node] = true
		h.Record(sim.Event{Kind: sim.NodeGranted, Grant: e.Grant})
		if !v.granted && v.count() >= t.quorum {
			t.form(v, h)
		}
	case sim.Extended:
		v.extended[node]++
		h.Record(sim.Event{Kind: sim.NodeExtended, Grant: e.Grant})
		if n := v.extendedBy(t.quorum); n > v.rounds {
			v.rounds = n
			h.Record(sim.Event{Kind: sim.Extended, Grant: e.Grant})
		}
	case sim.Freed, sim.Expired, sim.Forgotten:
		v.by[node], v.extended[node] = false, 0
		v.rounds = v.extendedBy(t.quorum)
		h.Record(sim.Event{Kind: sim.NodeEnded, Grant: e.Grant, Client: e.Client, Ended: e.Kind})
		if v.granted && v.count() < t.quorum {
			v.granted = false
			h.Record(sim.Event{Kind: e.Kind, Grant: e.Grant, Client: e.Client})
		}
		if v.count() == 0 {
			t.open = slices.DeleteFunc(t.open, func(each *votes) bool { return each == v })
		}
	}
}

// form records that a quorum holds a lease's value.
func (t *tally) form(v *votes, h recorder) {
	v.granted = true
	h.Record(sim.Event{Kind: sim.Granted, Grant: v.grant, Note: fmt.Sprintf("by %d of %d nodes", v.count(), len(t.servers))})
}

// of returns the votes for a lease; a new lease has none.
func (t *tally) of(grant string) *votes {
	for _, v := range t.open {
		if v.grant == grant {
			return v
		}
	}
	v := &votes{grant: grant, by: make([]bool, len(t.servers)), extended: make([]int, len(t.servers))}
	t.open = append(t.open, v)
	return v
}

func (v *votes) count() (n int) {
	for _, yes := range v.by {
		if yes {
			n++
		}
	}
	return n
}

// extendedBy returns how often at least a quorum of nodes has extended the lease.
func (v *votes) extendedBy(quorum int) int {
	counts := slices.Clone(v.extended)
	slices.Sort(counts)
	return counts[len(counts)-quorum]
}
