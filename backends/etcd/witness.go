package etcd

import (
	"github.com/locklab/locklab/backends/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// witness records what the cluster does with the lock: each change once, in the order of the log,
// when the first member applies it. It belongs to the world and not to a member, so it forgets
// nothing when a member crashes.
type witness struct {
	seen uint64 // index of the last entry recorded
	Succession
}

// applied records an entry that a member has just applied to its model.
func (w *witness) applied(h *virtual.Host, e consensus.Entry, m *Model, r Reply) {
	if e.Index <= w.seen {
		return
	}
	w.seen = e.Index
	c := e.Command.(Command)
	if c.Kind == CommandPut {
		h.Record(c.Put.Event(r.Placed.Done, r.Placed.Entry.Version))
	}
	ended := sim.Event{Kind: sim.Freed, Client: c.Client}
	if c.Kind == CommandLeaseExpire {
		ended = sim.Event{Kind: sim.Expired, Client: w.Holder.Client}
	}
	first, _ := m.First(LockPrefix)
	w.PassTo(first, ended, h.Record)
}

// renewed records that the leader has renewed a lease.
func (w *witness) renewed(h *virtual.Host, lease uint64) {
	if w.Holder.Lease == lease {
		h.Record(sim.Event{Kind: sim.Extended, Client: w.Holder.Client, Grant: w.Holder.Grant()})
	}
}

// Succession knows the lock's holder: the owner of the key with the lowest create revision.
type Succession struct {
	Holder Key              // zero if there is none
	Token  func(Key) uint64 // makes the fencing token; nil means the create revision
}

// PassTo processes the first created key after a change of the store; it is the zero Key if there
// is none. ended says how the holder's key went, if it did, and who requested that.
func (s *Succession) PassTo(first Key, ended sim.Event, record func(sim.Event)) {
	before := s.Holder
	if first == before {
		return
	}
	s.Holder = first
	if before != (Key{}) {
		ended.Grant = before.Grant()
		record(ended)
	}
	if first != (Key{}) {
		token := first.Created
		if s.Token != nil {
			token = s.Token(first)
		}
		record(sim.Event{Kind: sim.Granted, Client: first.Client, Grant: first.Grant(), Token: token})
	}
}
