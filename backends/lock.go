// Package backends says what a lock service is to locklab: a Backend that can be put
// into a world, and the Lock that a client gets from it.
package backends

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// ErrHeld says that somebody else held the lock for as long as the client was ready to
// wait. The client certainly does not hold it.
var ErrHeld = errors.New("the lock is held by somebody else")

// ErrLost says that the lock service no longer knows this client as the holder.
var ErrLost = errors.New("the lock is no longer held: its lease has ended")

// ErrTooLate says that the service granted the lock, but the answer came when the client,
// by its own clock, could no longer count on the lease. The client has given it back as
// far as it could.
var ErrTooLate = errors.New("the lock was granted, but the answer came too late to count on it")

// Lock is what the workload takes before it touches the account. One client has one
// Lock, bound to its host and to the service.
type Lock interface {
	// Acquire blocks until the client holds the lock or wait has passed on its own
	// clock. As the last try ended, it returns ErrHeld, ErrTooLate, the service's refusal, or
	// an error that wraps sim.ErrUnknown when the service's word is missing; either way the
	// client must not act as the holder.
	Acquire(wait time.Duration) (Lease, error)
}

// Lease is one acquisition, as the client sees it.
type Lease interface {
	// Grant is the name under which the service knows this acquisition: the lock value,
	// key or znode. It is unique in a trial.
	Grant() string
	// Token is the fencing token, 0 when the lock has none.
	Token() uint64
	// Until is the deadline on the client's monotonic clock after which it must not
	// count on the lease any more; 0 when it knows of none.
	Until() time.Duration
	// Valid tells whether, as far as the client can know, the lease still runs.
	Valid() bool
	// Lost fires when the client is told that it no longer holds the lock; nil when this
	// lock never tells. A deadline that passes is not told: the client looks at Valid for it.
	Lost() sim.Signal
	// Release gives the lock back. It returns ErrLost when the service no longer knew
	// this acquisition, or sim.ErrUnknown.
	Release() error
}
