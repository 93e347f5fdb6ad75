package redlock

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// Lease is one acquisition of a Lock.
type Lease struct {
	lock  *Lock
	value string
	until time.Duration // on the host's monotonic clock
	over  bool          // released, or known to be lost
	stop  sim.Signal    // fires when it is over
	lost  sim.Signal    // fires when the watchdog finds it gone; nil without a watchdog
}

// begin makes a lease from what the nodes granted.
func (l *Lock) begin(value string, until time.Duration, granted answers) *Lease {
	lease := &Lease{lock: l, value: value, until: until, stop: l.host.NewSignal()}
	if l.renew {
		lease.lost = l.host.NewSignal()
		l.host.Go("watchdog", func(sim.Host) { lease.watch() })
	}
	if l.topUp {
		l.host.Go("top-up", func(sim.Host) { lease.topUp(granted.of) })
	}
	return lease
}

// Grant is the random value.
func (l *Lease) Grant() string { return l.value }

// Token is 0: Redlock has no number that orders its holders.
func (l *Lease) Token() uint64 { return 0 }

// Until is the end of the validity time.
func (l *Lease) Until() time.Duration { return l.until }

// Valid reports whether the client, by its own clock, may still count on the lease.
func (l *Lease) Valid() bool { return !l.over && l.lock.host.Now() < l.until }

// Lost fires when the watchdog finds the lease gone; it is nil without a watchdog.
func (l *Lease) Lost() sim.Signal { return l.lost }

func (l *Lease) end() {
	l.over = true
	l.stop.Fire()
}

// Release deletes the value on all nodes, "regardless of whether the client believes it was able to
// lock" them. It returns backends.ErrLost if no majority had it any more.
func (l *Lease) Release() error {
	l.end()
	answers := l.lock.unlockAll(l.value, l.lock.release)
	switch {
	case answers.yes >= l.lock.quorum:
		return nil
	case len(l.lock.nodes)-answers.no >= l.lock.quorum:
		return fmt.Errorf("release %s: %d of %d nodes answered: %w",
			redis.LockKey, answers.yes+answers.no, len(l.lock.nodes), sim.ErrUnknown)
	}
	return backends.ErrLost
}

// watch renews the lease while the client works.
func (l *Lease) watch() {
	h := l.lock.host
	backends.Watchdog(h, l.stop, h.Now(), l.lock.ttl, l.lock.retryDelay, l.Until, l.extend)
}

// extend renews the lease once. "The client should only consider the lock re-acquired if it was
// able to extend the lock into the majority of instances, and within the validity time (basically
// the algorithm to use is very similar to the one used when acquiring the lock)" (section "Making
// the algorithm more reliable").
func (l *Lease) extend() error {
	k := l.lock
	start := k.now()
	answers := k.askAll("extend", func(_ int, node redis.Port) (bool, error) {
		return node.CompareAndExpire(redis.LockKey, l.value, k.ttl, k.nodeTimeout)
	})
	seen, validity := k.validity(start)
	switch {
	case l.over: // released while the answers were on their way
		return backends.ErrLost
	case len(k.nodes)-answers.no < k.quorum:
		return l.lose("a majority of the nodes no longer knows this value")
	case answers.yes < k.quorum:
		return fmt.Errorf("prolong %s: %d of %d nodes did: %w", redis.LockKey, answers.yes, len(k.nodes), sim.ErrUnknown)
	case k.elapsed && (validity <= 0 || seen >= l.until):
		return l.lose("the answers came after the validity time")
	}
	l.until = seen + validity
	k.host.Record(sim.Event{Kind: sim.Renewed, Grant: l.value, Until: l.until})
	return nil
}

func (l *Lease) lose(why string) error {
	l.end()
	l.lock.host.Record(sim.Event{Kind: sim.Lost, Grant: l.value, Note: why})
	l.lost.Fire()
	return backends.ErrLost
}

// topUp keeps asking the nodes that have not granted the lock, with what is left of the lease,
// until all have granted it or the lease is over. It is not part of the published algorithm: a user
// of redsync asked for it after seeing that one lost key is fatal to a bare majority.
func (l *Lease) topUp(granted []bool) {
	k := l.lock
	for missing := 1; missing > 0 && !l.stop.Wait(k.retryDelay()); {
		missing = 0
		for i, node := range k.nodes {
			left := l.until + k.drift - k.host.Now()
			if l.over || left < time.Millisecond {
				return
			}
			if !granted[i] {
				granted[i], _ = node.SetNX(redis.LockKey, l.value, left, k.nodeTimeout)
			}
			if !granted[i] {
				missing++
			}
		}
	}
}
