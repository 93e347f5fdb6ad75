package etcd

import (
	"errors"
	"time"
)

// ErrNoLease says that the cluster does not know the lease: it has ended.
var ErrNoLease = errors.New("requested lease not found")

// Port is the few commands of an etcd cluster that the lock needs. Every call gives the
// host up while it waits, and returns an error that wraps sim.ErrUnknown when no answer
// came within timeout on the host's monotonic clock: the cluster may have carried the
// command out then, or may still. The next call goes to another member then.
type Port interface {
	// LeaseGrant makes a lease and tells how long it lives; the cluster has a minimum.
	LeaseGrant(ttl, timeout time.Duration) (lease uint64, granted time.Duration, err error)
	// LeaseKeepAlive lets a lease live for its whole length from now, which it returns, or
	// returns ErrNoLease.
	LeaseKeepAlive(lease uint64, timeout time.Duration) (time.Duration, error)
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
	WatchDelete(k Key, revision uint64, timeout time.Duration) error
	// Delete deletes a key, by name, or if created is not 0 only at that create revision.
	// It tells whether it did.
	Delete(key string, created uint64, timeout time.Duration) (bool, error)
}
