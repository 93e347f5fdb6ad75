//go:build linux

package live

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/vdso"
)

// When a virtual machine is suspended and resumed, its wall clock has moved on and its monotonic
// clock has not. A process experiences the same if it is stopped and its monotonic clock is set
// back by the length of the stop before it continues. This is the one time when setting it back
// is safe: the process has not seen the later time.

// Suspend stops the host as Pause does, and its monotonic clock with it. at is the machine's
// clock at that moment, or 0 if the monotonic clock was already stopped.
func (a *Agent) Suspend() (at time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	about := func(err error) error { return fmt.Errorf("suspend host %s: %w", a.id, err) }
	if err := vdso.Patchable(); err != nil {
		return 0, about(err)
	}
	// A thread interrupted while it reads a clock would add the offset from after the suspension
	// to the time from before.
	if err := a.stop(vdso.Outside); err != nil {
		return 0, about(err)
	}
	if a.suspends++; a.suspends > 1 {
		return 0, nil
	}
	a.suspended = clock.Now()
	return a.suspended, nil
}

// suspendedSince returns when the monotonic clock stopped, on the machine's clock. It returns 0
// if the monotonic clock is running.
func (a *Agent) suspendedSince() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.suspends == 0 {
		return 0
	}
	return a.suspended
}

// suspendFrom makes hosts that are suspended already count as suspended since at. Their
// processes have not seen a later time, and will not before at.
func (l *Lab) suspendFrom(at time.Duration) {
	for _, id := range l.hosts() {
		a := l.Agent(id)
		a.mu.Lock()
		a.suspended = max(a.suspended, at) // has no effect on hosts that are not suspended
		a.mu.Unlock()
	}
}

// Wake ends a suspension. After the last one, the monotonic clock continues where it stopped,
// and at is the machine's clock at that moment; otherwise at is 0.
func (a *Agent) Wake() (at time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.suspends == 0 {
		return 0, fmt.Errorf("wake host %s: it is not suspended", a.id)
	}
	if a.suspends--; a.suspends == 0 {
		before := a.shift
		at = a.wakeClock()
		s := a.shift
		a.shift = before
		err = a.shiftStopped(s)
	}
	if err = errors.Join(err, a.goOn()); err != nil {
		return at, fmt.Errorf("wake host %s: %w", a.id, err)
	}
	return at, nil
}

// wakeClock adjusts the shift for the time during which the monotonic clock stood still. The
// caller holds mu, and applies the shift to the processes.
func (a *Agent) wakeClock() (at time.Duration) {
	at = clock.Now()
	a.shift.Monotonic -= at - a.suspended
	return at
}
