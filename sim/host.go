package sim

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// HostID names a host in a trial: "client-1", "redis-1", "ledger".
type HostID string

// ClientID names the client of this index, from 0.
func ClientID(index int) HostID { return HostID(fmt.Sprintf("client-%d", index+1)) }

// Forever is a timeout that never passes.
const Forever time.Duration = math.MaxInt64

// ErrUnknown says that a call ended without an answer: the request may have been
// carried out, may still be carried out later, or may never be. It is neither a
// success nor a failure, and code that treats it as one of them is wrong.
var ErrUnknown = errors.New("outcome unknown: no answer in time")

// Host is everything that code under test may touch of the machine it runs on. Lock
// algorithms, workloads and guards take a Host and a port and nothing else, so the
// same code runs in virtual time and on a real machine.
//
// A host is a monitor: at most one of its processes runs at a time, in both worlds.
// Sleep, Signal.Wait and the calls of a port give the host up while they block.
// Processes of one host may therefore share plain variables without locks.
type Host interface {
	// ID is the host's name in the trial.
	ID() HostID
	// Now reads the monotonic clock: time since the world started. It goes on while
	// the host is paused and stops while it is suspended.
	Now() time.Duration
	// Wall reads the wall clock. It may be stepped, and may run fast or slow.
	Wall() time.Time
	// Sleep gives the host up for d on its monotonic clock.
	Sleep(d time.Duration)
	// Uint64 draws from the host's own seeded random stream.
	Uint64() uint64
	// Go starts another process on this host.
	Go(name string, f func(Host))
	// NewSignal makes a signal whose waiters are processes of this host.
	NewSignal() Signal
	// Record puts an event into the history. The world fills in sequence, true time
	// and host. A step of the scenario may hold the process here until a fault that
	// waits for this event has been applied.
	Record(Event)
}

// Signal is a latch: it fires once and stays fired.
type Signal interface {
	// Fire wakes every process that waits. Firing again does nothing.
	Fire()
	// Wait blocks until the signal has fired or timeout has passed on the host's
	// monotonic clock, and tells whether it has fired. It returns true at once when the
	// signal fired before. Forever waits without a limit; zero only looks.
	Wait(timeout time.Duration) bool
}

// Between draws a duration evenly from [lo, hi] on the host's random stream. It
// returns lo when hi is not above it.
func Between(h Host, lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	return lo + time.Duration(h.Uint64()%uint64(hi-lo+1))
}
