package control

import "time"

// Port is what the perfect lock service can be asked. Every call gives the host up while
// it waits, and returns an error that wraps sim.ErrUnknown when no answer came within
// timeout on the host's monotonic clock.
type Port interface {
	// Acquire asks for the lock for ttl under the name grant, and tells whether it was
	// free. It records sim.AcquireSent when the request is on its way and its answer has
	// not been read.
	Acquire(grant string, ttl, timeout time.Duration) (token uint64, ok bool, err error)
	// Release gives the lock back and tells whether grant still held it.
	Release(grant string, timeout time.Duration) (bool, error)
}
