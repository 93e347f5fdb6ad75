package control

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Lock is the client of the perfect service. It makes none of the known mistakes: every request has
// its own name, the lease counts from before the request, and only the owner can release it.
type Lock struct {
	host    sim.Host
	port    Port
	ttl     time.Duration
	retry   time.Duration // the mean delay before another try
	timeout time.Duration // of each call
	token   bool
	name    string // of this lock, and the beginning of its requests' names
	count   int    // of requests
}

// NewLock returns a host's lock with these settings.
func NewLock(h sim.Host, p Port, s backends.Settings) *Lock {
	return &Lock{
		host: h, port: p, ttl: s.TTL, token: s.Token, name: nameOf("perfect", h),
		retry: s.Span(optionRetry), timeout: s.Span(optionTimeout),
	}
}

// nameOf draws the name of a host's lock. A host that restarts after a crash gets another lock,
// which counts from 1 again; the draw keeps the names of their grants apart.
func nameOf(service string, h sim.Host) string {
	return sim.Sign(h, fmt.Sprintf("%s:%s:%016x", service, h.ID(), h.Uint64()))
}

// Acquire tries until it holds the lock or wait is over. Depending on how the last try ended, it
// returns backends.ErrHeld, backends.ErrTooLate or an error that wraps sim.ErrUnknown.
func (l *Lock) Acquire(wait time.Duration) (backends.Lease, error) {
	return backends.TryFor(l.host, wait, l.pause, l.try)
}

func (l *Lock) pause() time.Duration { return sim.Between(l.host, l.retry/2, l.retry+l.retry/2) }

func (l *Lock) try() (backends.Lease, error) {
	l.count++
	grant := fmt.Sprintf("%s:%d", l.name, l.count)

	// The service counts the lease from a later moment than this one, so the lease cannot end there
	// before it ends here.
	until := l.host.Now() + l.ttl
	token, ok, err := l.port.Acquire(grant, l.ttl, l.timeout)
	switch {
	case err != nil:
		_, _ = l.port.Release(grant, l.timeout) // best effort; otherwise the lease runs out
		return nil, fmt.Errorf("acquire: %w", err)
	case !ok:
		return nil, backends.ErrHeld
	case l.host.Now() >= until:
		_, _ = l.port.Release(grant, l.timeout)
		return nil, backends.ErrTooLate
	}
	if !l.token {
		token = 0
	}
	return &Lease{lock: l, grant: grant, token: token, until: until}, nil
}

// Lease is one acquisition of a Lock.
type Lease struct {
	lock     *Lock
	grant    string
	token    uint64
	until    time.Duration // on the host's monotonic clock
	released bool
}

// Grant is the name of the request.
func (l *Lease) Grant() string { return l.grant }

// Token is the number of the lease, if the guard wants one.
func (l *Lease) Token() uint64 { return l.token }

// Until is the deadline that the client computes for itself.
func (l *Lease) Until() time.Duration { return l.until }

// Valid reports whether the client, by its own clock, may still count on the lease.
func (l *Lease) Valid() bool { return !l.released && l.lock.host.Now() < l.until }

// Lost is nil: nothing watches the lease; the client checks its deadline.
func (l *Lease) Lost() sim.Signal { return nil }

// Release gives the lock back.
func (l *Lease) Release() error {
	l.released = true
	ok, err := l.lock.port.Release(l.grant, l.lock.timeout)
	switch {
	case err != nil:
		return fmt.Errorf("release: %w", err)
	case !ok:
		return backends.ErrLost
	}
	return nil
}
