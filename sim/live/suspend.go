//go:build linux

package live

import (
	"errors"
	"fmt"
	"time"
)

// A virtual machine that is suspended and resumed finds its wall clock later and its
// monotonic clock where it was. A process gets to see the same when it is stopped and its
// monotonic clock is set back by the length of the stop before it goes on. That is the
// one time at which setting it back is safe: the process has not seen the later time.

// Suspend stops the host as Pause does, and its monotonic clock with it. at is the
// machine's clock at that moment, 0 if the monotonic clock stood still already.
func (a *Agent) Suspend() (at time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	about := func(err error) error { return fmt.Errorf("suspend host %s: %w", a.id, err) }
	if err := ClockPatch(); err != nil {
		return 0, about(err)
	}
	// A thread in the middle of reading a clock would add the offset from after the
	// suspension to the time from before.
	if err := a.stop(outsideVDSO); err != nil {
		return 0, about(err)
	}
	if a.suspends++; a.suspends > 1 {
		return 0, nil
	}
	a.suspended = machineClock()
	return a.suspended, nil
}

// suspendedSince is when the monotonic clock stopped, on the machine's clock; 0: it runs.
func (a *Agent) suspendedSince() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.suspends == 0 {
		return 0
	}
	return a.suspended
}

// suspendFrom has hosts that are suspended already count as suspended since then: their
// processes have not seen a later time, nor do they before then.
func (l *Lab) suspendFrom(at time.Duration) {
	for _, id := range l.hosts() {
		a := l.Agent(id)
		a.mu.Lock()
		a.suspended = max(a.suspended, at) // which says nothing of a host that is not suspended
		a.mu.Unlock()
	}
}

// Wake ends a suspension. After the last one the monotonic clock goes on where it stood,
// and at is the machine's clock at that moment; before it, at is 0.
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

// wakeClock takes into account for how long the monotonic clock stood still. The caller
// holds mu, and sees to the processes.
func (a *Agent) wakeClock() (at time.Duration) {
	at = machineClock()
	a.shift.monotonic -= at - a.suspended
	return at
}
