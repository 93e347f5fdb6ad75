package etcd

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// Lease is one acquisition of a Lock.
type Lease struct {
	lock    *Lock
	session *Session
	key     Key
	until   time.Duration
	over    bool       // released
	lost    sim.Signal // fires when the session reports its end
}

// Grant is the key and its create revision.
func (l *Lease) Grant() string { return l.key.Grant() }

// Token is the fencing token: as published, the create revision of the key, which grows in the
// order in which the lock is granted.
func (l *Lease) Token() uint64 { return l.lock.token(l.key) }

// Until is the latest time at which the session tells the client that its lease may have ended, if
// no renewal comes; 0 if the server made the lease, which tells nobody.
func (l *Lease) Until() time.Duration { return l.until }

// Valid reports whether the session has not yet reported its end, which is all that the library
// tells its users.
func (l *Lease) Valid() bool { return !l.over && !l.session.Done() }

// Lost fires when the session reports its end; one made by the server does not.
func (l *Lease) Lost() sim.Signal {
	if l.session.orphan() {
		return nil
	}
	return l.lost
}

// Release deletes the key.
func (l *Lease) Release() error {
	l.over = true
	if l.lock.held == l {
		l.lock.held = nil
	}
	err := l.lock.unlock(l.key)
	if l.session.orphan() && l.lock.session == l.session {
		l.lock.session = nil // the server makes another lease for each lock
	}
	if errors.Is(err, sim.ErrUnknown) && l.lock.session == l.session {
		l.lock.giveUp() // or the key might lock its own session out
	}
	return err
}
