package etcd

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// LockPrefix is the name of the lock: its keys are named after it and their lease.
const LockPrefix = "account/"

// ErrSessionExpired means that a waiter's lease, and its key with it, ended while it waited.
var ErrSessionExpired = fmt.Errorf("mutex: session is expired: %w", backends.ErrHeld)

// Lock is the lock of the client library (client/v3/concurrency, mutex.go), on a session that is
// reused for as long as it lives.
type Lock struct {
	host sim.Host
	port Port

	ttl        time.Duration
	timeout    time.Duration // of each call; 0 means as long as the caller waits
	recheck    bool
	watchAgain time.Duration // when to look again while the watch is silent; 0 means never
	compare    bool
	fromSend   bool
	unlocks    int           // how often an unlock is tried that gets no answer
	server     time.Duration // the length of a lease made by the server, and not renewed; 0 if the lease is the client's own
	token      func(Key) uint64

	keeper  *keeper
	session *Session // nil if there is none yet, or it was given up
	held    *Lease   // nil if there is none
}

// NewLock returns a host's lock with these settings.
func NewLock(h sim.Host, p Port, s backends.Settings) *Lock {
	return &Lock{
		host: h, port: p, ttl: s.TTL, timeout: s.Span(optionTimeout),
		recheck: s.On(optionRecheck), watchAgain: lookAgain(s),
		compare: s.On(optionCompare), fromSend: s.On(optionFromSend),
		unlocks: s.Int(optionUnlocks), server: s.Span(optionServer), token: tokenOf(s),
		keeper: &keeper{host: h, port: p, scan: s.Span(optionScan), once: s.On(optionOnce), fromSend: s.On(optionFromSend)},
	}
}

// lookAgain returns how long a client that does not rely on its watch alone waits before it looks
// again; 0 means that it relies on it.
func lookAgain(s backends.Settings) time.Duration {
	switch timeout := s.Span(optionTimeout); {
	case !s.On(optionWatchAgain):
		return 0
	case timeout > 0:
		return timeout
	}
	return s.TTL / 2
}

// Acquire waits for the lock in the order of create revisions. Depending on how the last try ended,
// it returns backends.ErrHeld, backends.ErrTooLate or an error that wraps sim.ErrUnknown.
func (l *Lock) Acquire(wait time.Duration) (backends.Lease, error) {
	give := l.host.Now() + wait
	for {
		lease, err := l.lock(give)
		if err == nil {
			return lease, nil
		}
		if l.host.Now() >= give {
			if errors.Is(err, sim.ErrUnknown) {
				l.giveUp() // the key may exist, now or later
			}
			return nil, err
		}
		if errors.Is(err, ErrSessionExpired) || errors.Is(err, backends.ErrTooLate) {
			l.giveUp()
		}
	}
}

// lock tries once, and waits for those before it until the time give.
func (l *Lock) lock(give time.Duration) (*Lease, error) {
	if err := l.openSession(give); err != nil {
		return nil, err
	}
	s := l.session

	// Put a key of this session into the queue unless it is there already. The oldest key holds the
	// lock; the same transaction reads it.
	key := fmt.Sprintf("%s%x", LockPrefix, s.lease)
	own, first, err := l.port.Create(key, LockPrefix, s.lease, l.limit(give))
	switch {
	case errors.Is(err, ErrNoLease):
		return nil, ErrSessionExpired
	case err != nil:
		return nil, fmt.Errorf("create %s: %w", key, err)
	case own == first:
		return l.hold(s, own)
	}

	// Wait for the deletion of all keys with a lower create revision.
	if err := l.waitDeletes(own, give); err != nil {
		if e := l.unlock(own); e != nil {
			l.giveUp()
		}
		return nil, err
	}

	// Since 3.5.0: make sure the session is not expired, and the own key still exists. The session
	// may have ended while it waited, and lost its place in the queue.
	if l.recheck {
		again, ok, err := l.port.Get(key, l.limit(give))
		switch {
		case err != nil:
			return nil, fmt.Errorf("get %s: %w", key, err)
		case !ok || again != own:
			return nil, ErrSessionExpired
		}
	}
	return l.hold(s, own)
}

// waitDeletes waits until no key is left that was created before own (key.go). It looks only at the
// last of them, so that a deletion wakes one waiter and not all. The library relies on its watch:
// it does not look again before the watch has reported the deletion, however long the key has been
// gone (etcd#7247, #8980).
func (l *Lock) waitDeletes(own Key, give time.Duration) error {
	for {
		before, revision, ok, err := l.port.LastCreated(LockPrefix, own.Created-1, l.limit(give))
		left := give - l.host.Now()
		switch {
		case err == nil && !ok:
			return nil
		case left <= 0 && err == nil:
			return backends.ErrHeld
		case left <= 0:
			return fmt.Errorf("wait for the keys before %s: %w", own.Name, err)
		case err == nil:
			if l.watchAgain > 0 {
				left = min(left, l.watchAgain)
			}
			err = l.port.WatchDelete(before, revision, left)
			if err != nil && l.host.Now() >= give {
				return backends.ErrHeld // as far as this client has heard
			}
		}
	}
}

// limit returns how long a call may take that is made before the time give. The library has one
// limit for everything in Lock, the caller's context. A caller that does not want to wait for
// others gives each call as long as the lease.
func (l *Lock) limit(give time.Duration) time.Duration {
	left := give - l.host.Now()
	switch {
	case l.timeout > 0:
		return l.timeout
	case left > 0:
		return left
	}
	return l.ttl
}

// openSession opens a session unless one is alive.
func (l *Lock) openSession(give time.Duration) error {
	if l.session != nil && !l.session.Done() {
		return nil
	}
	var err error
	if l.server > 0 {
		l.session, err = newOrphan(l.host, l.port, l.server, l.limit(give))
		return err
	}
	l.session, err = newSession(l.keeper, l.ttl, l.limit(give), l.renewed, l.lost)
	if err != nil {
		return fmt.Errorf("open a session: %w", err)
	}
	return nil
}

// giveUp closes the session, so that none of its keys outlives its lease. The library gives the
// cluster as long as the lease to answer (session.go: Close); here nothing waits for that.
func (l *Lock) giveUp() {
	s := l.session
	if s == nil {
		return
	}
	l.session = nil
	limit := l.timeout
	if limit == 0 {
		limit = l.ttl
	}
	l.host.Go("close", func(sim.Host) { s.close(limit) })
}

// hold makes a lease from a key that is the first. The library does so whatever its clock shows; a
// client that counts its own lease checks the clock once more, as the answer may have taken longer
// than the lease (A12).
func (l *Lock) hold(s *Session, own Key) (*Lease, error) {
	if l.fromSend && s.Done() {
		return nil, backends.ErrTooLate
	}
	l.held = &Lease{lock: l, session: s, key: own, until: s.Until(), lost: l.host.NewSignal()}
	if s.Done() { // it reported its end while the client waited for the lock, and will not do so again
		l.held.lost.Fire()
	}
	return l.held, nil
}

func (l *Lock) renewed() {
	if l.held != nil {
		l.held.until = l.session.Until()
		l.host.Record(sim.Event{Kind: sim.Renewed, Grant: l.held.Grant(), Until: l.held.until})
	}
}

func (l *Lock) lost(why string) {
	if l.held != nil {
		l.host.Record(sim.Event{Kind: sim.Lost, Grant: l.held.Grant(), Note: why})
		l.held.lost.Fire()
		l.held = nil
	}
}

// unlock deletes a key. It returns backends.ErrLost if the key was not there, or an error that
// wraps sim.ErrUnknown.
func (l *Lock) unlock(own Key) error {
	created := uint64(0) // as the library does: by name, whatever has that name now
	if l.compare {
		created = own.Created
	}
	limit := l.timeout
	if limit == 0 {
		limit = l.ttl
	}
	var unknown error
	for range l.unlocks {
		ok, err := l.port.Delete(own.Name, created, limit)
		switch {
		case err != nil:
			unknown = err
		case ok:
			return nil
		case unknown != nil: // an earlier try may have deleted it
			return fmt.Errorf("delete %s again: not there: %w", own.Name, sim.ErrUnknown)
		default:
			return backends.ErrLost
		}
	}
	return fmt.Errorf("delete %s: %w", own.Name, unknown)
}
