package redis

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Profile names a set of defaults for the options.
type Profile string

// The profiles.
const (
	// Documented is the algorithm of the Redis documentation.
	Documented Profile = ""
	// Redislock behaves as bsm/redislock v0.9 on go-redis v9 with the defaults of both, used by a
	// caller who, if renewing at all, calls Refresh every third of the lease (redislock.go). Obtain
	// asks with one token, at fixed intervals, until it has the lock or its context ends. It
	// returns an error as soon as an answer is missing and takes nothing back, so a key that was
	// set without an answer stays until it expires. The library does not say how long the lock
	// lasts: users count the lease from when they have it.
	Redislock Profile = "redislock"
)

// libraryOptions are what users of bsm/redislock can choose. Names shared with the documented lock
// mean the same.
func libraryOptions() []backends.Option {
	own := []backends.Option{
		{Name: optionRenew, Kind: backends.Switch, Default: "off",
			Doc: "call Refresh every third of the lease; the library leaves that to its users"},
		{Name: optionTimeout, Kind: backends.Duration, Default: "1ttl", Least: backends.NotZero,
			Doc: "when the context of a Release or a Refresh ends; that of Obtain ends when its client gives up"},
		{Name: optionRetry, Kind: backends.Duration, Default: "0.05ttl", Least: backends.NotZero,
			Doc: "delay before another try, always the same (LinearBackoff)"},
	}
	return append(append(own, PoolOptions()...), DurabilityOption(), RestartDelayOption())
}

// LockOn returns a host's lock of this profile over a port to the server; the library's needs a
// pool of connections.
func (b Backend) LockOn(h sim.Host, p Port, s backends.Settings) backends.Lock {
	if b.Profile == Documented {
		return NewLock(h, p, s)
	}
	retry := s.Span(optionRetry)
	return &obtainer{Lock: &Lock{
		host: h, port: p, ttl: s.TTL, timeout: s.Span(optionTimeout), renew: s.On(optionRenew),
		shortest: retry, longest: retry, extendAgain: s.TTL / 3,
	}}
}

// obtainer is the client of bsm/redislock. Its leases are those of a Lock.
type obtainer struct {
	*Lock
	giveUp time.Duration // when the present Acquire stops waiting, on the host's monotonic clock
	value  string        // the requested value, until an answer is missing
}

// Acquire calls obtain until it has the lock or wait is over.
func (l *obtainer) Acquire(wait time.Duration) (backends.Lease, error) {
	l.giveUp, l.value = sim.AddCapped(l.host.Now(), wait), l.randomValue()
	return backends.TryFor(l.host, wait, l.pause, l.obtain)
}

// obtain is one round of the library's Obtain together with its caller's reaction to an error:
// calling it again, which makes another token.
func (l *obtainer) obtain() (backends.Lease, error) {
	left := max(l.giveUp-l.host.Now(), time.Nanosecond)
	ok, err := l.port.(ObtainPort).Obtain(LockKey, l.value, l.ttl, left)
	value := l.value
	switch {
	case errors.Is(err, sim.ErrUnknown):
		l.value = l.randomValue()
		return nil, fmt.Errorf("obtain %s: %w", LockKey, err)
	case err != nil:
		return nil, fmt.Errorf("obtain %s: %w", LockKey, err)
	case !ok:
		return nil, backends.ErrHeld
	}
	lease := &Lease{lock: l.Lock, value: value, until: l.host.Now() + l.ttl}
	if l.renew {
		lease.startWatchdog()
	}
	return lease, nil
}
