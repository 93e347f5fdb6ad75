package redlock

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// Lock is one client's Redlock. The quotations are from the Redis documentation, "Distributed Locks
// with Redis", section "The Redlock Algorithm" and those after it.
//
// What it takes to break it without breaking these rules: a client that holds h of N nodes, with a
// quorum of q, shuts others out as long as fewer than q nodes are free of its key. So at least
// h+q-N nodes must lose the key before its validity ends (through a jump of their wall clock, or a
// crash without persistence): one if the client got a bare majority, q if it got all nodes. Or the
// client's own clock must stand still or go back.
//
// The text leaves open what a silent node costs: see askAll. By default every node's answer or
// time-out is waited for, so the lock and its release take one time-out each.
type Lock struct {
	host  sim.Host
	nodes []redis.Port

	ttl         time.Duration
	quorum      int
	nodeTimeout time.Duration // of each request
	release     time.Duration // of each request to release a lock that was acquired
	drift       time.Duration // the allowance for clock drift
	shortest    time.Duration // retry delay
	longest     time.Duration // without its random part
	sequential  bool          // ask one node after the other
	wallClock   bool          // measure by the wall clock
	elapsed     bool          // the elapsed check
	renew       bool          // the watchdog
	partial     bool          // step 5: unlock what a failed try has locked
	topUp       bool          // keep asking after the quorum
	plain       bool          // release by DEL
	early       bool          // return at the quorum
	oneValue    bool          // one value for each Acquire, not for each try

	asking *asking // what try is asking for; nil if nothing
	value  string  // of the present Acquire, if all its tries use one
}

// NewLock returns a host's lock with these settings. dial returns its port to a node, counted from
// 0; the port calls sent instead of recording sim.AcquireSent.
func (b Backend) NewLock(h sim.Host, s backends.Settings, dial func(node int, sent func(value string)) redis.Port) *Lock {
	f, retry := b.Profile.facts(), s.Span(optionRetry)
	l := &Lock{
		host: h, ttl: s.TTL, quorum: quorum(s), nodeTimeout: s.Span(OptionTimeout),
		drift:    s.Span(optionDrift) + s.Span(optionConstant),
		shortest: retry * time.Duration(f.shortest) / 6, longest: retry * time.Duration(f.longest) / 6,
		sequential: s.On(OptionSequential), wallClock: s.On(optionWallClock), elapsed: s.On(optionElapsed),
		partial: s.On(optionPartial), renew: s.On(optionRenew), topUp: s.On(optionTopUp), plain: s.On(optionPlain),
		early: s.On(optionEarly), oneValue: f.oneValue, release: s.Span(optionUnlock),
	}
	if l.release == 0 {
		l.release = l.nodeTimeout
	}
	if !s.On(optionJitter) {
		l.shortest, l.longest = retry, retry
	}
	for i := range s.Int(optionNodes) {
		l.nodes = append(l.nodes, dial(i, func(value string) { l.sent(i, value) }))
	}
	return l
}

// Acquire tries until it holds the lock or wait is over. Depending on how the last try ended, it
// returns backends.ErrHeld, backends.ErrTooLate or an error that wraps sim.ErrUnknown.
func (l *Lock) Acquire(wait time.Duration) (backends.Lease, error) {
	if l.oneValue {
		l.value = l.randomValue()
	}
	// "When a client is unable to acquire the lock, it should try again after a random
	// delay in order to try to desynchronize multiple clients."
	return backends.TryFor(l.host, wait, l.retryDelay, l.try)
}

// try asks for the lock once: steps 1 to 5.
func (l *Lock) try() (backends.Lease, error) {
	// "The same key name and random value in all the instances", unique among all clients
	// and all lock requests.
	value := l.value
	if !l.oneValue {
		value = l.randomValue()
	}

	// 1. It gets the current time.
	start := l.now()

	// 2. It tries to acquire the lock in all the N instances, each request with "a timeout
	// which is small compared to the total lock auto-release time".
	asked := &asking{value: value, settled: make([]bool, len(l.nodes)), open: len(l.nodes)}
	l.asking = asked
	answers := l.askAll("acquire", func(i int, node redis.Port) (bool, error) {
		yes, err := node.SetNX(redis.LockKey, value, l.ttl, l.nodeTimeout)
		l.settle(asked, i, false)
		return yes, err
	})
	l.asking = nil
	for i := range l.nodes { // those not waited for
		l.settle(asked, i, false)
	}

	// 3. It computes how much time elapsed. If and only if it was able to acquire the lock in the
	// majority of the instances, "and the total time elapsed to acquire the lock is less than lock
	// validity time, the lock is considered to be acquired."
	//
	// 4. "Its validity time is considered to be the initial validity time minus the time elapsed",
	// and minus an allowance for clock drift (section "Safety Arguments").
	seen, validity := l.validity(start)
	if answers.yes >= l.quorum && (validity > 0 || !l.elapsed) {
		return l.begin(value, seen+validity, answers), nil
	}

	// 5. If it failed, for whatever reason, "it will try to unlock all the instances (even the
	// instances it believed it was not able to lock)": a client that keeps a minority locked shuts
	// the others out, and nobody wins.
	if l.partial {
		l.unlockAll(value, l.nodeTimeout)
	}
	switch {
	case answers.yes >= l.quorum:
		return nil, backends.ErrTooLate
	case answers.yes+answers.no < l.quorum:
		return nil, fmt.Errorf("acquire %s: %d of %d nodes answered: %w",
			redis.LockKey, answers.yes+answers.no, len(l.nodes), sim.ErrUnknown)
	}
	return nil, backends.ErrHeld
}

// now reads the clock that measures elapsed time. For a library that reads the wall clock, a step
// of that clock is dangerous; for one that reads the monotonic clock, it is dangerous that this
// clock may stand still while its machine sleeps.
func (l *Lock) now() time.Duration {
	if l.wallClock {
		return time.Duration(l.host.Wall().UnixNano())
	}
	return l.host.Now()
}

// validity returns how long a lease still runs, counted from the moment seen on the host's
// monotonic clock; the lease was requested when now() showed start. The result may be negative.
// Without the elapsed check it counts from the last answer, however late that came, as library
// users asked for who found their locks expired on arrival.
func (l *Lock) validity(start time.Duration) (seen, validity time.Duration) {
	seen = l.host.Now() // read first: a pause between the two readings shortens the lease
	if !l.elapsed {
		return seen, l.ttl - l.drift
	}
	return seen, l.ttl - (l.now() - start) - l.drift
}

// unlockAll deletes the value on all nodes.
func (l *Lock) unlockAll(value string, timeout time.Duration) answers {
	return l.askAll(unlocking, func(_ int, node redis.Port) (bool, error) {
		if l.plain {
			return node.Delete(redis.LockKey, timeout)
		}
		return node.CompareAndDelete(redis.LockKey, value, timeout)
	})
}

func (l *Lock) retryDelay() time.Duration { return sim.Between(l.host, l.shortest, l.longest) }

// randomValue draws 20 bytes, as the documentation does from /dev/urandom.
func (l *Lock) randomValue() string {
	return sim.Sign(l.host, fmt.Sprintf("%016x%016x%08x", l.host.Uint64(), l.host.Uint64(), uint32(l.host.Uint64())))
}
