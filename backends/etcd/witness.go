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
	seen   uint64 // index of the last entry taken note of
	holder Key    // with the lowest create revision; zero: nobody
}

// applied takes note of an entry that a member has just applied to its model.
func (w *witness) applied(h *virtual.Host, e consensus.Entry, m *Model) {
	if e.Index <= w.seen {
		return
	}
	w.seen = e.Index
	first, _ := m.First(LockPrefix)
	if first == w.holder {
		return
	}
	before := w.holder
	w.holder = first
	if before != (Key{}) {
		kind := sim.Freed
		if e.Command.(Command).Kind == CommandLeaseExpire {
			kind = sim.Expired
		}
		h.Record(sim.Event{Kind: kind, Client: before.Client, Grant: before.Grant()})
	}
	if first != (Key{}) {
		h.Record(sim.Event{Kind: sim.Granted, Client: first.Client, Grant: first.Grant(), Token: first.Created})
	}
}

// renewed takes note of a lease that the leader has prolonged.
func (w *witness) renewed(h *virtual.Host, lease uint64) {
	if w.holder.Lease == lease {
		h.Record(sim.Event{Kind: sim.Extended, Client: w.holder.Client, Grant: w.holder.Grant()})
	}
}
