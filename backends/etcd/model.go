package etcd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// CommandKind is the kind of a command.
type CommandKind string

// The commands that go through the log. The last one is the leader's own.
const (
	CommandLeaseGrant  CommandKind = "lease-grant"  // (TTL)
	CommandLeaseRevoke CommandKind = "lease-revoke" // (Lease)
	CommandCreate      CommandKind = "create"       // (Key, Prefix, Lease)
	CommandDelete      CommandKind = "delete"       // (Key, Created)
	CommandPut         CommandKind = "put"          // (Put): the account's key
	CommandLeaseExpire CommandKind = "lease-expire" // (Lease): a revoke of an expired lease
)

// Command is what is agreed on and then applied on every member. Kind determines which fields
// matter.
type Command struct {
	Kind    CommandKind
	Client  sim.HostID // the requester
	Key     string
	Prefix  string
	Lease   uint64
	TTL     time.Duration
	Created uint64 // delete only at this create revision; 0 means at any
	Put     Put
}

// Reply is the answer to a Command.
type Reply struct {
	OK      bool // the key was deleted, the lease existed
	Lease   uint64
	TTL     time.Duration
	Own     Key   // of Create: the requested key
	First   Key   // of Create: the first created key under the prefix
	Deleted []Key // in the order of their creation
	Placed  Placed
}

// Key is a key of the store. Lock keys are put once and have no value, so the revision of their
// last change is that of their creation.
type Key struct {
	Name    string
	Created uint64 // create revision
	Lease   uint64
	Client  sim.HostID // who put it
}

// Grant is the name of an acquisition: a session that takes the lock again reuses the key, and only
// the revision tells the two apart.
func (k Key) Grant() string { return fmt.Sprintf("%s@%d", k.Name, k.Created) }

// GrantedLease is a lease as every member knows it. Only the leader counts down to its end.
type GrantedLease struct {
	ID  uint64
	TTL time.Duration
}

// Model is the store of one member as a state machine: keys with create revisions, and leases. Each
// change of keys makes a new revision of the store; everything that one command deletes is one
// change.
type Model struct {
	revision uint64
	granted  uint64 // leases so far; real lease ids are not consecutive and have no order
	keys     []Key  // in the order of their creation
	leases   []GrantedLease
	account  Entry
}

// NewModel returns an empty store. Its revision is 1, as in etcd.
func NewModel() *Model { return &Model{revision: 1, account: Unwritten()} }

// Revision is the revision of the store.
func (m *Model) Revision() uint64 { return m.revision }

// Leases returns the live leases in the order in which they were granted.
func (m *Model) Leases() []GrantedLease { return m.leases }

// Apply executes one command.
func (m *Model) Apply(c Command) Reply {
	switch c.Kind {
	case CommandLeaseGrant:
		m.granted++
		m.leases = append(m.leases, GrantedLease{ID: m.granted, TTL: c.TTL})
		return Reply{OK: true, Lease: m.granted, TTL: c.TTL}
	case CommandLeaseRevoke, CommandLeaseExpire:
		_, ok := m.Lease(c.Lease)
		m.leases = slices.DeleteFunc(m.leases, func(l GrantedLease) bool { return l.ID == c.Lease })
		return Reply{OK: ok, Deleted: m.delete(func(k Key) bool { return k.Lease == c.Lease })}
	case CommandCreate:
		return m.create(c)
	case CommandDelete:
		gone := m.delete(func(k Key) bool { return k.Name == c.Key && (c.Created == 0 || c.Created == k.Created) })
		return Reply{OK: len(gone) > 0, Deleted: gone}
	case CommandPut:
		p := m.put(c.Put)
		return Reply{OK: p.Done, Placed: p}
	}
	panic("unknown command " + string(c.Kind))
}

func (m *Model) create(c Command) Reply {
	own, exists := m.Get(c.Key)
	if !exists {
		if _, ok := m.Lease(c.Lease); !ok {
			return Reply{}
		}
		m.revision++
		own = Key{Name: c.Key, Created: m.revision, Lease: c.Lease, Client: c.Client}
		m.keys = append(m.keys, own)
	}
	first, _ := m.First(c.Prefix)
	return Reply{OK: true, Own: own, First: first}
}

func (m *Model) delete(which func(Key) bool) (gone []Key) {
	m.keys = slices.DeleteFunc(m.keys, func(k Key) bool {
		if which(k) {
			gone = append(gone, k)
			return true
		}
		return false
	})
	if len(gone) > 0 {
		m.revision++
	}
	return gone
}

// Lease returns a live lease.
func (m *Model) Lease(id uint64) (l GrantedLease, ok bool) {
	for _, l := range m.leases {
		if l.ID == id {
			return l, true
		}
	}
	return GrantedLease{}, false
}

// Get returns the key of this name.
func (m *Model) Get(name string) (k Key, ok bool) {
	for _, k := range m.keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

// First returns the key under prefix with the lowest create revision: the holder's.
func (m *Model) First(prefix string) (k Key, ok bool) {
	for _, k := range m.keys {
		if strings.HasPrefix(k.Name, prefix) {
			return k, true
		}
	}
	return Key{}, false
}

// LastCreated returns the key under prefix with the highest create revision up to max.
func (m *Model) LastCreated(prefix string, max uint64) (k Key, ok bool) {
	for i := len(m.keys) - 1; i >= 0; i-- {
		if k := m.keys[i]; strings.HasPrefix(k.Name, prefix) && k.Created <= max {
			return k, true
		}
	}
	return Key{}, false
}
