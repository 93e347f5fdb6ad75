package etcd

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// ErrNoLease means that the cluster does not know the lease: it has ended.
var ErrNoLease = errors.New("requested lease not found")

// ErrStreamOver means that a stream has ended: its connection was found dead, or its member was
// without a leader for too long.
var ErrStreamOver = errors.New("the stream is over")

// Port is the few commands of an etcd cluster that the lock needs. As with the client library,
// there is one connection to each member, and each call goes over the next one that is up. Every
// call gives up the host while it waits, and returns an error that wraps sim.ErrUnknown if no
// answer came within timeout on the host's monotonic clock or the connection was found dead: the
// cluster may then have executed the command, or may still do so.
type Port interface {
	// LeaseGrant makes a lease and returns how long it lives; the cluster has a minimum.
	LeaseGrant(ttl, timeout time.Duration) (lease uint64, granted time.Duration, err error)
	// KeepAlives opens a stream on which leases are kept alive. It waits until a connection is up,
	// however long that takes, and returns an error if the port has been closed.
	KeepAlives() (KeepAlives, error)
	// TimerLag is how late a timer of the client fires, for those timers whose loops count on from
	// there. A real timer is late by itself, so a live port adds nothing.
	TimerLag() time.Duration
	// LeaseRevoke ends a lease; its keys are deleted with it.
	LeaseRevoke(lease uint64, timeout time.Duration) error
	// Create is one transaction: if the key does not exist, put it with this lease, else get it;
	// and get the first created key under prefix. It returns ErrNoLease if neither the key nor the
	// lease exists. It records sim.AcquireSent once the request is on its way and before its answer
	// is read.
	Create(key, prefix string, lease uint64, timeout time.Duration) (own, first Key, err error)
	// Get reads a key, linearizably; ok is false if it does not exist.
	Get(key string, timeout time.Duration) (k Key, ok bool, err error)
	// LastCreated reads, linearizably, the last created key under prefix whose create revision is
	// at most max. It also returns the revision of the store at which it was read; ok is false if
	// there is no such key.
	LastCreated(prefix string, max uint64, timeout time.Duration) (k Key, revision uint64, ok bool, err error)
	// WatchDelete returns nil once k is deleted, as seen from a revision of the store on. The watch
	// stays on the connection on which it was made. If that is found dead, the watch is made again
	// on another one; until then it hears nothing.
	WatchDelete(k Key, revision uint64, timeout time.Duration) error
	// Delete deletes a key by name or, if created is not 0, only at that create revision. It
	// reports whether it did.
	Delete(key string, created uint64, timeout time.Duration) (bool, error)
	// ReadAccount reads the account's key, linearizably.
	ReadAccount(timeout time.Duration) (Entry, error)
	// PutAccount is one transaction: if p's conditions hold, put the account's key; else get it and
	// the lock's key, and leave a note of what was refused under RefusedKey, for observers of the
	// cluster. It records sim.WriteSent once the request is on its way and before its answer is
	// read.
	PutAccount(p Put, timeout time.Duration) (Placed, error)
}

// KeepAlives is a stream: everything sent on it goes to one member, over one connection.
type KeepAlives interface {
	// Send asks for a lease to live for its whole length from now. It does not wait.
	Send(lease uint64)
	// Receive waits for the next answer, however long that takes. It returns an error once the
	// stream is over.
	Receive() (KeptAlive, error)
	// Over fires when the stream is over.
	Over() sim.Signal
	// Close ends the stream.
	Close()
}

// KeptAlive is the answer to a keep-alive: how long the lease lives; 0 means it has ended.
type KeptAlive struct {
	Lease uint64
	TTL   time.Duration
	Asked time.Duration // when the request was sent, on the host's monotonic clock
}
