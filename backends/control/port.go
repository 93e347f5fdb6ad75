package control

import "time"

// Port is the perfect lock service's interface. Every call gives up the host while it waits, and
// returns an error that wraps sim.ErrUnknown if no answer came within timeout on the host's
// monotonic clock.
type Port interface {
	// Acquire asks for the lock for ttl under the name grant, and reports whether it was free. It
	// records sim.AcquireSent once the request is on its way and before its answer is read.
	Acquire(grant string, ttl, timeout time.Duration) (token uint64, ok bool, err error)
	// Release gives the lock back and reports whether grant still held it.
	Release(grant string, timeout time.Duration) (bool, error)
}
