package etcd

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// How the client library keeps a lease alive (client/v3, lease.go).
const (
	retryWait    = 500 * time.Millisecond // before a keep-alive that got no answer is sent again
	deadlinePoll = time.Second            // how often the deadline is compared with the clock
)

// Session keeps a lease alive until it is closed or lost (client/v3/concurrency,
// session.go). It tells its loss the way the library does, which is late: the deadline
// counts from when the answer to a keep-alive was read, where the cluster counts from when
// it made it, and it is only looked at once a second.
type Session struct {
	host     sim.Host
	port     Port
	lease    uint64
	ttl      time.Duration // as granted
	timeout  time.Duration
	orphan   bool          // nobody renews the lease, and nobody tells when it has ended
	fromSend bool          // count from before the request, and look at the clock at once
	deadline time.Duration // on the host's monotonic clock
	poll     time.Duration // when the deadline is looked at next
	done     sim.Signal
	renewed  func()
	lost     func(why string)
}

// newSession asks for a lease and keeps it alive from then on. renewed is told of every
// renewal, lost of the end, unless close was called before.
func newSession(h sim.Host, p Port, ttl, timeout time.Duration, fromSend bool, renewed func(), lost func(why string)) (*Session, error) {
	before := h.Now()
	id, granted, err := p.LeaseGrant(ttl, timeout)
	if err != nil {
		return nil, err
	}
	s := &Session{
		host: h, port: p, lease: id, ttl: granted, timeout: timeout, fromSend: fromSend,
		done: h.NewSignal(), renewed: renewed, lost: lost,
	}
	s.prolong(before)
	s.poll = h.Now() + deadlinePoll
	h.Go("keep-alive", func(sim.Host) { s.keepAlive() })
	h.Go("deadline", func(sim.Host) { s.watchDeadline() })
	return s, nil
}

// newOrphan asks for a lease that nobody keeps alive: the server that was asked to lock
// without one makes it and then leaves it alone (server/etcdserver/api/v3lock, Lock; the
// session is made and orphaned at once). The client is not told how long it lives.
func newOrphan(h sim.Host, p Port, ttl, timeout time.Duration) (*Session, error) {
	id, granted, err := p.LeaseGrant(ttl, timeout)
	if err != nil {
		return nil, fmt.Errorf("open a session of the server's: %w", err)
	}
	return &Session{host: h, port: p, lease: id, ttl: granted, timeout: timeout, orphan: true, done: h.NewSignal()}, nil
}

// prolong sets the deadline after the answer to a request that was sent at before.
func (s *Session) prolong(before time.Duration) {
	from := s.host.Now()
	if s.fromSend {
		from = before
	}
	s.deadline = from + s.ttl
}

// Until is when the client at the latest learns from its own clock that the lease may
// have ended, unless it is renewed before; 0: it never does.
func (s *Session) Until() time.Duration {
	switch {
	case s.orphan:
		return 0
	case s.fromSend:
		return s.deadline
	case s.deadline < s.poll:
		return s.poll
	}
	return s.poll + ((s.deadline-s.poll)/deadlinePoll+1)*deadlinePoll
}

// Done tells whether the session has told its end.
func (s *Session) Done() bool {
	return s.done.Wait(0) || s.fromSend && s.host.Now() >= s.deadline
}

// keepAlive sends a keep-alive at once, and then each third of the lease after an answer.
func (s *Session) keepAlive() {
	next := s.host.Now()
	for !s.done.Wait(max(0, next-s.host.Now())) {
		before := s.host.Now()
		ttl, err := s.port.LeaseKeepAlive(s.lease, s.timeout)
		switch {
		case s.done.Wait(0):
			return
		case errors.Is(err, ErrNoLease):
			s.end("the cluster no longer knows the lease")
			return
		case err != nil:
			next = s.host.Now() + retryWait
		default:
			s.ttl = ttl
			s.prolong(before)
			next = s.host.Now() + ttl/3
			s.renewed()
		}
	}
}

// watchDeadline ends the session when its deadline has passed.
func (s *Session) watchDeadline() {
	for {
		at := s.poll
		if s.fromSend {
			at = s.deadline
		}
		if s.done.Wait(max(0, at-s.host.Now())) {
			return
		}
		now := s.host.Now()
		s.poll = now + deadlinePoll
		if s.deadline < now || s.Done() {
			s.end("no keep-alive was answered for the length of the lease")
			return
		}
	}
}

func (s *Session) end(why string) {
	s.done.Fire()
	s.lost(why)
}

// close ends the session without keeping the lease; the cluster is told as far as it
// listens, else the lease runs out.
func (s *Session) close() {
	if s.done.Wait(0) {
		return
	}
	s.done.Fire()
	_ = s.port.LeaseRevoke(s.lease, s.timeout)
}
