package etcd

import (
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// recorder records what the cluster does with the lock: each change once, in the order of the log,
// when the first member applies it. It belongs to the world and not to a member, so it forgets
// nothing when a member crashes.
type recorder struct {
	seen uint64 // index of the last entry recorded
	Succession
}

// applied records an entry that a member has just applied to its model.
func (rec *recorder) applied(h *virtual.Host, e consensus.Entry, m *Model, r Reply) {
	if e.Index <= rec.seen {
		return
	}
	rec.seen = e.Index
	c := e.Command.(Command)
	if c.Kind == CommandPut {
		h.Record(c.Put.Event(r.Placed.Done, r.Placed.Entry.Version))
	}
	ended := sim.Event{Kind: sim.Freed, Client: c.Client}
	if c.Kind == CommandLeaseExpire {
		ended = sim.Event{Kind: sim.Expired, Client: rec.Holder.Client}
	}
	first, _ := m.First(LockPrefix)
	rec.PassTo(first, ended, h.Record)
}

// renewed records that the leader has renewed a lease.
func (rec *recorder) renewed(h *virtual.Host, lease uint64) {
	if rec.Holder.Lease == lease {
		h.Record(sim.Event{Kind: sim.Extended, Client: rec.Holder.Client, Grant: rec.Holder.Grant()})
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
