package etcd

import (
	"github.com/locklab/locklab/backends/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// witness records what the cluster does with the lock: each change once, in the order of
// the log, when the first member applies it. It belongs to the world and not to a member,
// so it forgets nothing when a member crashes.
type witness struct {
	seen uint64 // index of the last entry taken note of
	succession
}

// applied takes note of an entry that a member has just applied to its model.
func (w *witness) applied(h *virtual.Host, e consensus.Entry, m *Model, r Reply) {
	if e.Index <= w.seen {
		return
	}
	w.seen = e.Index
	c := e.Command.(Command)
	if c.Kind == CommandPut {
		h.Record(c.Put.event(r.Placed.Done, r.Placed.Entry.Version))
	}
	ended := sim.Event{Kind: sim.Freed, Client: c.Client}
	if c.Kind == CommandLeaseExpire {
		ended = sim.Event{Kind: sim.Expired, Client: w.holder.Client}
	}
	first, _ := m.First(LockPrefix)
	w.passTo(first, ended, h.Record)
}

// renewed takes note of a lease that the leader has prolonged.
func (w *witness) renewed(h *virtual.Host, lease uint64) {
	if w.holder.Lease == lease {
		h.Record(sim.Event{Kind: sim.Extended, Client: w.holder.Client, Grant: w.holder.Grant()})
	}
}

// succession knows who holds the lock: whose key has the lowest create revision.
type succession struct {
	holder Key              // zero: nobody
	token  func(Key) uint64 // what the fencing token is made from; nil: the create revision
}

// passTo takes note of the first created key after a change of the store, the zero Key if
// there is none. ended says how the holder's key went, if it did, and who asked for that.
func (s *succession) passTo(first Key, ended sim.Event, record func(sim.Event)) {
	before := s.holder
	if first == before {
		return
	}
	s.holder = first
	if before != (Key{}) {
		ended.Grant = before.Grant()
		record(ended)
	}
	if first != (Key{}) {
		token := first.Created
		if s.token != nil {
			token = s.token(first)
		}
		record(sim.Event{Kind: sim.Granted, Client: first.Client, Grant: first.Grant(), Token: token})
	}
}
