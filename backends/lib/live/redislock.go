//go:build linux

package liblive

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bsm/redislock"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// redislockLock is bsm/redislock. It tries again at fixed intervals; the library's default is not
// to try again at all.
type redislockLock struct {
	host   *live.Host
	redis  *redisClient
	locker *redislock.Client
	ttl    time.Duration
	renew  bool
}

func dialRedislock(h *live.Host, ip string, s backends.Settings) (backends.Lock, error) {
	l := &redislockLock{host: h, ttl: s.TTL, renew: s.On(lib.OptionRenew)}
	l.redis = newRedisClient(h, ip, isObtain, func(value string) {
		h.Record(sim.Event{Kind: sim.AcquireSent, Grant: value})
	})
	l.locker = redislock.New(l.redis.Client)
	var err error
	h.Outside(func() { err = l.warmUp() })
	if err != nil {
		return nil, fmt.Errorf("take a lock of redislock to warm up: %w", err)
	}
	return l, nil
}

// isObtain tells the script that takes a lock from the others, which have one argument or two:
// EVALSHA hash 1 key value length ttl.
func isObtain(words []string) (value string, yes bool) {
	if len(words) != 7 || !strings.HasPrefix(strings.ToLower(words[0]), "eval") || words[3] != redis.LockKey {
		return "", false
	}
	return words[4], true
}

// warmUp takes another lock, extends it, and gives it back.
func (l *redislockLock) warmUp() error {
	ctx, cancel := within(connectLimit)
	defer cancel()
	lock, err := l.locker.Obtain(ctx, fmt.Sprintf("%s:%s", warmUpKey, l.host.ID()), connectLimit, nil)
	if err != nil {
		return err
	}
	return errors.Join(lock.Refresh(ctx, connectLimit, nil), lock.Release(ctx))
}

// Acquire calls Obtain, which waits, but returns if the server does not answer.
func (l *redislockLock) Acquire(wait time.Duration) (backends.Lease, error) {
	return untilGot(l.host, wait, l.ttl/20, l.obtain)
}

func (l *redislockLock) obtain(wait time.Duration) (backends.Lease, error) {
	var lock *redislock.Lock
	var err error
	l.host.Outside(func() {
		ctx, cancel := within(wait)
		defer cancel()
		options := &redislock.Options{RetryStrategy: redislock.LinearBackoff(l.ttl / 20), Token: newValue(l.host)}
		lock, err = l.locker.Obtain(ctx, redis.LockKey, l.ttl, options)
	})
	now := l.host.Now()
	gaveUp := errors.Is(err, redislock.ErrNotObtained) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case gaveUp && !l.redis.unanswered.Load():
		return nil, backends.ErrHeld
	case err != nil:
		return nil, fmt.Errorf("obtain %s: %w (%v)", redis.LockKey, sim.ErrUnknown, err)
	}
	lease := &redislockLease{host: l.host, lock: lock, ttl: l.ttl, until: now + l.ttl, stop: l.host.NewSignal()}
	if l.renew {
		lease.lost = l.host.NewSignal()
		l.host.Go("refresh", func(sim.Host) { lease.refresh() })
	}
	return lease, nil
}

// redislockLease is a lock of redislock. The library does not say how long it lasts; its users
// count the requested lease from when they were told that they have it.
type redislockLease struct {
	host  *live.Host
	lock  *redislock.Lock
	ttl   time.Duration
	until time.Duration // on the host's monotonic clock
	over  bool          // released, or known to be lost
	stop  sim.Signal
	lost  sim.Signal // fires when a refresh finds the lock gone; nil if nobody refreshes
}

// Grant is the value with which the lock was obtained.
func (l *redislockLease) Grant() string { return l.lock.Token() }

// Token is 0: there is none unless users add their own counter.
func (l *redislockLease) Token() uint64 { return 0 }

// Until is when the users' own count of the lease ends.
func (l *redislockLease) Until() time.Duration { return l.until }

// Valid checks the clock.
func (l *redislockLease) Valid() bool { return !l.over && l.host.Now() < l.until }

// Lost fires when a refresh finds the lock gone.
func (l *redislockLease) Lost() sim.Signal { return l.lost }

// Release gives the lock back.
func (l *redislockLease) Release() error {
	l.over = true
	l.stop.Fire()
	var err error
	l.host.Outside(func() {
		ctx, cancel := within(l.ttl)
		defer cancel()
		err = l.lock.Release(ctx)
	})
	switch {
	case errors.Is(err, redislock.ErrLockNotHeld):
		return backends.ErrLost
	case err != nil:
		return fmt.Errorf("release %s: %w (%v)", redis.LockKey, sim.ErrUnknown, err)
	}
	return nil
}

// refresh extends the lease every third of it, for as long as it is known to run.
func (l *redislockLease) refresh() {
	for !l.stop.Wait(l.ttl / 3) {
		var err error
		l.host.Outside(func() {
			ctx, cancel := within(l.ttl)
			defer cancel()
			err = l.lock.Refresh(ctx, l.ttl, nil)
		})
		switch {
		case l.over:
			return
		case err == nil:
			l.until = l.host.Now() + l.ttl
			l.host.Record(sim.Event{Kind: sim.Renewed, Grant: l.Grant(), Until: l.until})
		case errors.Is(err, redislock.ErrNotObtained):
			l.over = true
			l.host.Record(sim.Event{Kind: sim.Lost, Grant: l.Grant(), Note: "the server no longer knows this value"})
			l.lost.Fire()
			return
		case !l.Valid():
			return
		}
	}
}
