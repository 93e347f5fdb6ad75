package sim

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// HostID names a host in a trial: "client-1", "redis-1", "ledger".
type HostID string

// ClientID returns the name of the client with this index, counting from 0.
func ClientID(index int) HostID { return HostID(fmt.Sprintf("client-%d", index+1)) }

// Forever is a timeout that never expires.
const Forever time.Duration = math.MaxInt64

// ErrUnknown means that a call ended without an answer: the request may have been carried out,
// may still be carried out later, or may never be. It is neither a success nor a failure, and
// code that treats it as either is wrong.
var ErrUnknown = errors.New("outcome unknown: no answer in time")

// Host is everything that code under test may use of the machine it runs on. Lock algorithms,
// workloads and guards take a Host and a port and nothing else, so the same code runs in virtual
// time and on a real machine.
//
// A host is a monitor: at most one of its processes runs at a time, in both worlds. Sleep,
// Signal.Wait and the calls of a port release the host while they block. Processes of one host
// may therefore share plain variables without locks.
type Host interface {
	// ID returns the host's name in the trial.
	ID() HostID
	// Now reads the monotonic clock: the time since the world started. It keeps running while
	// the host is paused and stops while it is suspended.
	Now() time.Duration
	// Wall reads the wall clock. It may be stepped, and may run fast or slow.
	Wall() time.Time
	// Sleep releases the host for d on its monotonic clock.
	Sleep(d time.Duration)
	// Uint64 draws from the host's own seeded random stream.
	Uint64() uint64
	// Go starts another process on this host.
	Go(name string, f func(Host))
	// NewSignal returns a signal that processes of this host can wait for.
	NewSignal() Signal
	// Record adds an event to the history. The world fills in the sequence number, true time and
	// host. A step of the scenario may hold the process here until the fault that waits for this
	// event has been applied.
	Record(Event)
}

// Signal is a latch: it fires once and stays fired.
type Signal interface {
	// Fire wakes every waiting process. Firing again does nothing.
	Fire()
	// Wait blocks until the signal has fired or timeout has passed on the host's monotonic
	// clock. It reports whether the signal has fired, and returns true at once if it already
	// had. Forever waits without limit; zero does not block.
	Wait(timeout time.Duration) bool
}

// Between draws a duration evenly from [lo, hi] on the host's random stream. It returns lo if hi
// is not above it.
func Between(h Host, lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	return lo + time.Duration(h.Uint64()%uint64(hi-lo+1))
}
