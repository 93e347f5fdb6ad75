package zookeeper

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Lease is one acquisition of a Lock. It lasts as long as its session, which the client library
// keeps alive by itself. After the session has ended, the client learns of that only once it has
// found a server (Z2).
type Lease struct {
	lock  *Lock
	node  Node
	until time.Duration // on the host's monotonic clock; 0 if the client knows of no deadline
	over  bool          // released, or taken for lost
	lost  sim.Signal    // fires when the session is taken for lost
}

// hold makes a lease from a znode that is the lowest.
func (l *Lock) hold(own Node, end time.Duration) (*Lease, error) {
	lease := &Lease{lock: l, node: own, lost: l.host.NewSignal()}
	if own.Czxid == 0 { // it was found by its name
		node, err := l.port.Stat(own.Path, l.patience(end))
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", own.Path, err)
		}
		lease.node = node
	}
	if !l.trust {
		if lease.until = l.deadline(); l.host.Now() >= lease.until {
			return nil, backends.ErrTooLate
		}
	}
	return lease, nil
}

// deadline is the moment on the host's monotonic clock until which a client that stops at
// Disconnected counts on its session: two thirds of the session after it last heard its server
// (Z5). At that moment the library reports Disconnected, since both libraries count the same way:
// go-zookeeper sets its read deadline anew before each message (conn.go, recvLoop), and Java's
// client, which Curator uses, sets lastHeard after each (ClientCnxnSocket.updateLastHeard, and
// ClientCnxn.SendThread.run with readTimeout = 2/3 of the session).
//
// Counting from when an answer was read instead of when the request was sent costs nothing as long
// as the client sends its ping every third of the session. A client that is cut off at c has read
// nothing after c, so it stops by c + 2/3; its last ping was sent no earlier than c − 1/3, and the
// session ends more than its whole length after that. If nothing else is sent in between, there is
// no margin at all: a client whose ping took long to arrive, or that read an answer late that was
// not a ping's, may count on its session for that much longer. deadline-from=send has the margin of
// a full third.
func (l *Lock) deadline() time.Duration {
	s := l.port.Session()
	if l.fromSend {
		return s.Sent + 2*s.Timeout/3
	}
	return s.Heard + 2*s.Timeout/3
}

// hear processes the client library's news about the session.
func (l *Lock) hear(news SessionNews) {
	lease := l.lease
	if lease == nil || lease.over {
		return
	}
	if l.trust && news == Answered { // no deadline matters, and the session is kept alive all the same
		l.host.Record(sim.Event{Kind: sim.KeptAlive, Grant: lease.Grant()})
	}
	if l.deaf {
		return
	}
	switch news {
	case Expired:
		lease.lose("the session has expired")
	case Disconnected:
		if !l.trust {
			lease.lose("disconnected from ZooKeeper")
		}
	case Answered:
		if !l.trust && l.deadline() > lease.until {
			lease.until = l.deadline()
			l.host.Record(sim.Event{Kind: sim.Renewed, Grant: lease.Grant(), Until: lease.until})
		}
	}
}

func (l *Lease) lose(why string) {
	l.over = true
	l.lock.host.Record(sim.Event{Kind: sim.Lost, Grant: l.Grant(), Note: why})
	l.lost.Fire()
}

// Grant is the znode with the zxid that created it.
func (l *Lease) Grant() string { return l.node.Grant() }

// Token is the fencing token. It costs nothing, so there is one even if no guard wants it.
func (l *Lease) Token() uint64 { return l.lock.token(l.node) }

// Until is the deadline that the client computes for itself, 0 if it waits to be told that the
// session has expired, or does not listen.
func (l *Lease) Until() time.Duration { return l.until }

// Valid reports whether, as far as the client knows, the lease still runs.
func (l *Lease) Valid() bool {
	return !l.over && (l.until == 0 || l.lock.host.Now() < l.until)
}

// Lost fires when the client takes its session for lost; it is nil if the client does not listen to
// its library's events.
func (l *Lease) Lost() sim.Signal {
	if l.lock.deaf {
		return nil
	}
	return l.lost
}

// Release deletes the znode: "clients wishing to release a lock simply delete the node they
// created in step 1".
func (l *Lease) Release() error {
	l.over = true
	err := l.lock.port.Delete(l.node.Path, l.lock.timeout)
	switch {
	case errors.Is(err, ErrNoNode), errors.Is(err, ErrSessionExpired):
		return backends.ErrLost
	case err != nil:
		l.lock.leftBehind(l.node.Path, err)
		return fmt.Errorf("release %s: %w", l.node.Path, err)
	}
	return nil
}
