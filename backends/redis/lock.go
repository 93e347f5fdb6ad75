package redis

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// The names of the lock and its counter on the server.
const (
	LockKey    = "account"
	CounterKey = LockKey + ":token"
)

// Lock is the lock on a single instance as the Redis documentation publishes it ("Distributed Locks
// with Redis", section "Correct Implementation with a Single Instance"), with what libraries add: a
// retry delay and, optionally, the elapsed check of Redlock's step 3, a watchdog that renews the
// lease, and a fencing token.
type Lock struct {
	host sim.Host
	port Port

	ttl     time.Duration
	timeout time.Duration // of each call
	token   bool          // draw a fencing token
	elapsed bool          // the elapsed check
	renew   bool          // the watchdog
	plain   bool          // release by DEL

	shortest, longest time.Duration // bounds of the random delay before the next try
	extendAgain       time.Duration // the watchdog's delay before it tries again
}

// NewLock returns a host's lock with these settings.
func NewLock(h sim.Host, p Port, s backends.Settings) *Lock {
	retry := s.Span(optionRetry)
	return &Lock{
		host: h, port: p, ttl: s.TTL, token: s.Token, timeout: s.Span(optionTimeout),
		shortest: retry / 2, longest: retry + retry/2, extendAgain: retry,
		elapsed: s.On(optionElapsed), renew: s.On(optionRenew), plain: s.On(optionPlain),
	}
}

// Acquire tries until it holds the lock or wait is over. Depending on how the last try ended, it
// returns backends.ErrHeld, backends.ErrTooLate, the server's refusal (as of a master without its
// replicas, see package sentinel), or an error that wraps sim.ErrUnknown.
func (l *Lock) Acquire(wait time.Duration) (backends.Lease, error) {
	return backends.TryFor(l.host, wait, l.pause, l.try)
}

// pause draws how long to wait before the next try. "It should try again after a random
// delay in order to try to desynchronize multiple clients" (ibid., Retry on Failure).
func (l *Lock) pause() time.Duration { return sim.Between(l.host, l.shortest, l.longest) }

// try asks for the lock once.
func (l *Lock) try() (backends.Lease, error) {
	// The value must be unique across all clients and all lock requests.
	value := l.randomValue()

	// SET resource_name my_random_value NX PX ttl
	before := l.host.Now()
	token, ok, err := l.set(value)
	after := l.host.Now()

	if err != nil {
		// The key may still be set, now or later. Trying to delete it is the best that can be done;
		// if that fails too, the lease runs out by itself.
		_, _ = l.unlock(value)
		return nil, fmt.Errorf("set %s: %w", LockKey, err)
	}
	if !ok {
		return nil, backends.ErrHeld
	}

	until := l.deadline(before, after)
	if l.elapsed && after >= until {
		// Redlock, steps 3 and 5: the lock counts as acquired only if the time since before the
		// request is less than the lock's validity; otherwise it is unlocked.
		_, _ = l.unlock(value)
		return nil, backends.ErrTooLate
	}
	lease := &Lease{lock: l, value: value, token: token, until: until}
	if l.renew {
		lease.startWatchdog()
	}
	return lease, nil
}

func (l *Lock) set(value string) (token uint64, ok bool, err error) {
	if l.token {
		return l.port.SetNXWithToken(LockKey, CounterKey, value, l.ttl, l.timeout)
	}
	ok, err = l.port.SetNX(LockKey, value, l.ttl, l.timeout)
	return 0, ok, err
}

// unlock deletes the key. "It is important to avoid removing a lock that was created by another
// client" (ibid.), so only a misused lock does this with plain DEL.
func (l *Lock) unlock(value string) (bool, error) {
	if l.plain {
		return l.port.Delete(LockKey, l.timeout)
	}
	return l.port.CompareAndDelete(LockKey, value, l.timeout)
}

// deadline returns the moment on the host's monotonic clock until which the client counts on a
// lease that it requested at before and was granted at after.
//
// With the elapsed check the lease counts from before the request, less the clock drift that
// Redlock's reference implementation allows for (redlock-rb: 1 % and 2 ms). Without it, the lease
// counts from the answer, as libraries such as bsm/redislock let their users believe: later than
// the server's own count by however late the answer was.
func (l *Lock) deadline(before, after time.Duration) time.Duration {
	if !l.elapsed {
		return after + l.ttl
	}
	drift := l.ttl/100 + 2*time.Millisecond
	return before + l.ttl - drift
}

// randomValue draws 20 bytes, as the documentation does from /dev/urandom.
func (l *Lock) randomValue() string {
	return sim.Sign(l.host, fmt.Sprintf("%016x%016x%08x", l.host.Uint64(), l.host.Uint64(), uint32(l.host.Uint64())))
}

// Lease is one acquisition of a Lock.
type Lease struct {
	lock  *Lock
	value string
	token uint64
	until time.Duration // on the host's monotonic clock
	over  bool          // released, or known to be lost
	stop  sim.Signal    // stops the watchdog; nil if there is none
	lost  sim.Signal    // fires when the watchdog finds the lease gone; nil if there is no watchdog
}

// Grant is the random value.
func (l *Lease) Grant() string { return l.value }

// Token is the counter's value after this acquisition, 0 without a counter.
func (l *Lease) Token() uint64 { return l.token }

// Until is the deadline that the client computes for itself.
func (l *Lease) Until() time.Duration { return l.until }

// Valid reports whether the client, by its own clock, may still count on the lease.
func (l *Lease) Valid() bool { return !l.over && l.lock.host.Now() < l.until }

// Lost fires when the watchdog finds the lease gone; it is nil without a watchdog.
func (l *Lease) Lost() sim.Signal { return l.lost }

// Release deletes the key if it still holds this lease's value; with plain DEL it deletes the key
// whatever it holds.
func (l *Lease) Release() error {
	l.over = true
	if l.stop != nil {
		l.stop.Fire()
	}
	ok, err := l.lock.unlock(l.value)
	switch {
	case err != nil:
		return fmt.Errorf("release %s: %w", LockKey, err)
	case !ok:
		return backends.ErrLost
	}
	return nil
}

// startWatchdog starts the process that renews the lease while the client works.
func (l *Lease) startWatchdog() {
	l.stop, l.lost = l.lock.host.NewSignal(), l.lock.host.NewSignal()
	since := l.lock.host.Now()
	again := func() time.Duration { return l.lock.extendAgain }
	l.lock.host.Go("watchdog", func(h sim.Host) {
		backends.Watchdog(h, l.stop, since, l.lock.ttl, again, l.Until, l.extend)
	})
}

// extend renews the lease once. It returns backends.ErrLost if the server no longer knows the lease
// or the answer came after the deadline that it promised.
func (l *Lease) extend() error {
	before := l.lock.host.Now()
	ok, err := l.lock.port.CompareAndExpire(LockKey, l.value, l.lock.ttl, l.lock.timeout)
	after := l.lock.host.Now()
	if l.over { // released while the answer was on its way
		return backends.ErrLost
	}
	if err != nil {
		return fmt.Errorf("prolong %s: %w", LockKey, err)
	}
	until := l.lock.deadline(before, after)
	switch {
	case !ok:
		return l.lose("the server no longer knows this value")
	case l.lock.elapsed && after >= until:
		return l.lose("the answer came after the lease it promised")
	}
	l.until = until
	l.lock.host.Record(sim.Event{Kind: sim.Renewed, Grant: l.value, Until: until})
	return nil
}

func (l *Lease) lose(why string) error {
	l.over = true
	l.lock.host.Record(sim.Event{Kind: sim.Lost, Grant: l.value, Note: why})
	l.lost.Fire()
	return backends.ErrLost
}
