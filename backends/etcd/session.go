package etcd

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// noAnswer is why a session is over that the cluster did not end.
const noAnswer = "no keep-alive was answered for the length of the lease"

// Session keeps a lease alive until it is closed or lost (client/v3/concurrency, session.go). It
// reports its loss as the library does, which is late: see keeper.
type Session struct {
	host     sim.Host
	port     Port
	keeper   *keeper // nil if nobody renews the lease or reports its end
	lease    uint64
	ttl      time.Duration // as granted
	next     time.Duration // when the lease is due to be renewed, on the host's monotonic clock
	deadline time.Duration // when it counts as lost, on the same clock
	done     sim.Signal
	renewed  func()
	lost     func(why string)
}

// newSession requests a lease and keeps it alive from then on. renewed is called on every renewal,
// lost at the end unless close was called before.
func newSession(k *keeper, ttl, timeout time.Duration, renewed func(), lost func(why string)) (*Session, error) {
	before := k.host.Now()
	id, granted, err := k.port.LeaseGrant(ttl, timeout)
	if err != nil {
		return nil, err
	}
	s := &Session{
		host: k.host, port: k.port, keeper: k, lease: id, ttl: granted, deadline: before + granted,
		done: k.host.NewSignal(), renewed: renewed, lost: lost,
	}
	k.keep(s)
	if k.fromSend {
		k.host.Go("deadline", func(sim.Host) { s.watchDeadline() })
	}
	return s, nil
}

// newOrphan requests a lease that nobody keeps alive: a server that is asked to lock without one
// makes a lease and then leaves it alone (server/etcdserver/api/v3lock, Lock; the session is made
// and orphaned at once). The client is not told how long it lives.
func newOrphan(h sim.Host, p Port, ttl, timeout time.Duration) (*Session, error) {
	id, granted, err := p.LeaseGrant(ttl, timeout)
	if err != nil {
		return nil, fmt.Errorf("open a session of the server's: %w", err)
	}
	return &Session{host: h, port: p, lease: id, ttl: granted, done: h.NewSignal()}, nil
}

// orphan reports whether the server made the lease.
func (s *Session) orphan() bool { return s.keeper == nil }

// Until is the latest time at which the client learns from its own clock that the lease may have
// ended, unless it is renewed before; 0 if it never does.
func (s *Session) Until() time.Duration {
	switch {
	case s.orphan():
		return 0
	case s.keeper.fromSend:
		return s.deadline
	case s.deadline < s.keeper.poll:
		return s.keeper.poll
	}
	return s.keeper.poll + ((s.deadline-s.keeper.poll)/deadlinePoll+1)*deadlinePoll
}

// Done reports whether the session has reported its end.
func (s *Session) Done() bool {
	return s.done.Wait(0) || !s.orphan() && s.keeper.fromSend && s.host.Now() >= s.deadline
}

// watchDeadline ends a session that counts its own lease.
func (s *Session) watchDeadline() {
	for !s.done.Wait(max(0, s.deadline-s.host.Now())) {
		if s.Done() {
			s.end(noAnswer)
			return
		}
	}
}

func (s *Session) end(why string) {
	if s.done.Wait(0) {
		return
	}
	s.keeper.drop(s)
	s.done.Fire()
	s.lost(why)
}

// close ends the session without keeping the lease. It tells the cluster if possible; otherwise the
// lease runs out.
func (s *Session) close(timeout time.Duration) {
	if s.done.Wait(0) {
		return
	}
	if !s.orphan() {
		s.keeper.drop(s)
	}
	s.done.Fire()
	_ = s.port.LeaseRevoke(s.lease, timeout)
}
