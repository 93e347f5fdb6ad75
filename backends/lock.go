// Package backends defines what a lock service is to locklab: a Backend that can be put into a
// world, and the Lock that a client gets from it.
package backends

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// ErrHeld means that another client held the lock for as long as this one was ready to wait. The
// client certainly does not hold it.
var ErrHeld = errors.New("the lock is held by somebody else")

// ErrLost means that the lock service no longer knows this client as the holder.
var ErrLost = errors.New("the lock is no longer held: its lease has ended")

// ErrTooLate means that the service granted the lock, but the answer came when the client, by its
// own clock, could no longer count on the lease. The client has given the lock back as far as it
// could.
var ErrTooLate = errors.New("the lock was granted, but the answer came too late to count on it")

// Lock is what the workload takes before it touches the account. Each client has one Lock, bound to
// its host and to the service.
type Lock interface {
	// Acquire blocks until the client holds the lock or wait has passed on its own clock. Depending
	// on how the last try ended, it returns ErrHeld, ErrTooLate, the service's refusal, or an error
	// that wraps sim.ErrUnknown if the service did not answer. After any error the client must not
	// act as the holder.
	Acquire(wait time.Duration) (Lease, error)
}

// Lease is one acquisition, as the client sees it.
type Lease interface {
	// Grant is the service's name for this acquisition: the lock value, key or znode. It is unique
	// within a trial.
	Grant() string
	// Token is the fencing token, or 0 if the lock has none.
	Token() uint64
	// Until is the deadline on the client's monotonic clock after which it must not count on the
	// lease; 0 if it knows of none.
	Until() time.Duration
	// Valid reports whether the lease still runs, as far as the client can know.
	Valid() bool
	// Lost fires when the client is told that it no longer holds the lock; it is nil if this lock
	// never tells. It does not fire when a deadline passes: the client checks Valid for that.
	Lost() sim.Signal
	// Release gives the lock back. It returns ErrLost if the service no longer knew this
	// acquisition, or sim.ErrUnknown.
	Release() error
}
