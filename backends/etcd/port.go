package etcd

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// ErrNoLease says that the cluster does not know the lease: it has ended.
var ErrNoLease = errors.New("requested lease not found")

// errStreamOver says that a stream has ended: its connection was found dead, or the member
// on it did without a leader for too long.
var errStreamOver = errors.New("the stream is over")

// Port is the few commands of an etcd cluster that the lock needs. As with the client
// library, there is one connection to each member, and each call goes over the next of
// those that stand. Every call gives the host up while it waits, and returns an error that
// wraps sim.ErrUnknown when no answer came within timeout on the host's monotonic clock, or
// the connection was found dead: the cluster may have carried the command out then, or may
// still.
type Port interface {
	// LeaseGrant makes a lease and tells how long it lives; the cluster has a minimum.
	LeaseGrant(ttl, timeout time.Duration) (lease uint64, granted time.Duration, err error)
	// KeepAlives opens a stream on which leases are kept alive. It waits until a connection
	// stands, however long that takes, and returns an error when the port has been closed.
	KeepAlives() (KeepAlives, error)
	// TimerLag is how much later than it should a timer of the client's runs, of those whose
	// loops count on from there. A real one is late by itself, so that a live port adds nothing.
	TimerLag() time.Duration
	// LeaseRevoke ends a lease; its keys are deleted with it.
	LeaseRevoke(lease uint64, timeout time.Duration) error
	// Create is one transaction: if the key does not exist, put it with this lease, else
	// get it; and get the first created key under prefix. It returns ErrNoLease when the
	// key does not exist and the lease does not either. It records sim.AcquireSent when
	// the request is on its way and its answer has not been read.
	Create(key, prefix string, lease uint64, timeout time.Duration) (own, first Key, err error)
	// Get reads a key, linearizably; ok is false when it does not exist.
	Get(key string, timeout time.Duration) (k Key, ok bool, err error)
	// LastCreated reads the last created key under prefix whose create revision is at most
	// max, linearizably, and at which revision of the store it was read; ok is false when
	// there is none.
	LastCreated(prefix string, max uint64, timeout time.Duration) (k Key, revision uint64, ok bool, err error)
	// WatchDelete returns nil once k is deleted, as seen from a revision of the store on.
	// The watch stays on the connection that it was made on. When that is found dead, it is
	// made again on another one; as long as it is not, the watch hears nothing.
	WatchDelete(k Key, revision uint64, timeout time.Duration) error
	// Delete deletes a key, by name, or if created is not 0 only at that create revision.
	// It tells whether it did.
	Delete(key string, created uint64, timeout time.Duration) (bool, error)
	// ReadAccount reads the account's key, linearizably.
	ReadAccount(timeout time.Duration) (Entry, error)
	// PutAccount is one transaction: if what p asks is so, put the account's key; else get it and
	// the lock's key, and leave a note of what was refused under RefusedKey, for whoever observes
	// the cluster. It records sim.WriteSent when the request is on its way and its answer has not
	// been read.
	PutAccount(p Put, timeout time.Duration) (Placed, error)
}

// KeepAlives is a stream: all that is sent on it goes to one member, over one connection.
type KeepAlives interface {
	// Send asks for a lease to live for its whole length from now. It does not wait.
	Send(lease uint64)
	// Receive waits for the next answer, however long that takes. It returns an error when
	// the stream is over.
	Receive() (KeptAlive, error)
	// Over fires when the stream is.
	Over() sim.Signal
	// Close ends the stream.
	Close()
}

// KeptAlive is the answer to a keep-alive: for how long the lease lives, 0: it has ended.
type KeptAlive struct {
	Lease uint64
	TTL   time.Duration
	Asked time.Duration // when the request was sent, on the host's monotonic clock
}
