package etcd

import (
	"slices"

	"github.com/locklab/locklab/backends/internal/consensus"
)

// watch is a client's wait for a key to be deleted.
type watch struct {
	watchDelete
	reply func(any)
}

// read answers a linearizable read of keys.
func (m *member) read(reply func(any), look func() (Key, bool)) {
	m.linearize(reply, func() any {
		k, ok := look()
		return found{Key: k, OK: ok, Revision: m.model.Revision()}
	})
}

// linearize answers with the store's contents once everything acknowledged before is in it.
func (m *member) linearize(reply func(any), look func() any) {
	m.raft.Read(func(ok bool) {
		if !ok {
			reply(noLeader{})
			return
		}
		reply(look())
	})
}

// apply executes what was agreed on.
func (m *member) apply(e consensus.Entry) any {
	c, before := e.Command.(Command), m.model.Revision()
	r := m.model.Apply(c)
	switch c.Kind {
	case CommandLeaseGrant:
		m.lessor.Grant(m.host.Now(), GrantedLease{ID: r.Lease, TTL: r.TTL})
	case CommandLeaseRevoke, CommandLeaseExpire:
		m.lessor.Revoke(c.Lease)
	case CommandCreate, CommandDelete, CommandPut: // leave the leases as they are
	}
	m.cluster.recorder.applied(m.host, e, m.model, r)
	if m.model.Revision() != before { // keys come and go with the revision
		m.watches = slices.DeleteFunc(m.watches, m.notified)
	}
	return r
}

// notified answers a watch if its key is gone. A member that is behind the watcher's revision
// cannot know yet.
func (m *member) notified(w watch) bool {
	if m.model.Revision() < w.Revision {
		return false
	}
	if k, ok := m.model.Get(w.Key.Name); ok && k == w.Key {
		return false
	}
	w.reply(Reply{OK: true})
	return true
}
