//go:build linux

package liblive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.uber.org/zap"
	"google.golang.org/grpc"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	etcdlive "github.com/locklab/locklab/backends/etcd/live"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// etcdServePort is the port on which members serve clients.
const etcdServePort = "2379"

// etcdMutexLock is etcd's own client with a Session, which is reused for as long as it lives, and a
// Mutex for each acquisition.
type etcdMutexLock struct {
	host   *live.Host
	client *clientv3.Client
	dialer *net.Dialer
	ttl    time.Duration
	asking atomic.Pointer[asking] // nil if there is none, or its request is on its way

	session *concurrency.Session // nil if there is none
	held    *etcdMutexLease      // nil if there is none
}

// asking is a request whose sending is to be recorded.
type asking struct {
	mark  string // a string that it contains
	event sim.Event
}

func dialEtcdMutex(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	// gRPC is given a dialer only to watch what is sent, so it behaves like gRPC's own.
	l := &etcdMutexLock{host: h, dialer: etcdlive.KeepingAlive(s.Span(lib.OptionTCP)), ttl: s.TTL}
	var endpoints []string
	for _, ip := range servers {
		endpoints = append(endpoints, net.JoinHostPort(ip, etcdServePort))
	}
	var err error
	l.client, err = clientv3.New(clientv3.Config{
		Endpoints:   endpoints,
		Logger:      zap.NewNop(), // what matters is in the history
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(l.dial)},
	})
	if err != nil {
		return nil, fmt.Errorf("make a client of etcd: %w", err)
	}
	h.Outside(func() {
		ctx, cancel := within(connectLimit)
		defer cancel()
		_, err = l.client.Get(ctx, etcd.LockPrefix)
	})
	if err != nil {
		return nil, fmt.Errorf("read from etcd: %w", err)
	}
	return l, nil
}

func (l *etcdMutexLock) dial(ctx context.Context, address string) (net.Conn, error) {
	conn, err := l.dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire.AnnouncedConn{Conn: conn, Due: l.due}, nil
}

// due recognizes the first request that contains the mark of asking; protocol buffers carry strings
// as they are.
func (l *etcdMutexLock) due(b []byte) (sent func()) {
	asking := l.asking.Load()
	if asking == nil || !strings.Contains(string(b), asking.mark) || !l.asking.CompareAndSwap(asking, nil) {
		return nil
	}
	l.host.Sending(asking.event.Kind)
	return func() { l.host.Record(asking.event) }
}

// Acquire opens a session unless one is alive, and calls Lock, which waits. When Lock returns an
// error, it may have waited for longer: it deletes its key, however long that takes. If the session
// has ended meanwhile, it tries again with another one.
func (l *etcdMutexLock) Acquire(wait time.Duration) (backends.Lease, error) {
	return untilGot(l.host, wait, l.ttl/50, l.lock)
}

func (l *etcdMutexLock) lock(wait time.Duration) (backends.Lease, error) {
	ctx, cancel := within(wait)
	defer cancel()
	if err := l.openSession(ctx); err != nil {
		return nil, fmt.Errorf("open a session: %w (%v)", sim.ErrUnknown, err)
	}
	session := l.session
	m := concurrency.NewMutex(session, strings.TrimSuffix(etcd.LockPrefix, "/"))
	key := fmt.Sprintf("%s%x", etcd.LockPrefix, session.Lease())
	var err error
	l.host.Outside(func() {
		l.asking.Store(&asking{key, sim.Event{Kind: sim.AcquireSent, Grant: key}})
		defer l.asking.Store(nil)
		err = m.Lock(ctx)
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded) && m.Key() == "\x00": // it has withdrawn its key
		return nil, backends.ErrHeld
	case err != nil:
		l.giveUp(session) // or its key, if it exists, would lock this client out
		return nil, fmt.Errorf("lock %s: %w (%v)", key, sim.ErrUnknown, err)
	}
	isOwner := m.IsOwner() // the condition for a transaction that the lock is to fence
	own := etcd.Key{Name: m.Key(), Created: uint64(isOwner.GetCompare().GetCreateRevision())}
	lease := &etcdMutexLease{lock: l, session: session, mutex: m, key: own, lost: l.host.NewSignal()}
	l.held = lease
	if ended(session) { // while the client waited for the lock; it will not be told again
		lease.lost.Fire()
	}
	return lease, nil
}

// Account gives the client access to the account that the cluster keeps, over the client that the
// lock uses. Under the guard lock-key it requires what the Mutex's IsOwner requires.
func (l *etcdMutexLock) Account(guard ledger.Guard) ledger.Register {
	return etcd.NewRegister(l, guard)
}

// ReadAccount reads the account's key.
func (l *etcdMutexLock) ReadAccount(timeout time.Duration) (e etcd.Entry, err error) {
	l.host.Outside(func() {
		ctx, cancel := within(timeout)
		defer cancel()
		e, err = etcdlive.ReadAccount(ctx, l.host, l.client)
	})
	if err != nil {
		return etcd.Entry{}, fmt.Errorf("%w (%v)", sim.ErrUnknown, err)
	}
	return e, nil
}

// PutAccount executes a transaction.
func (l *etcdMutexLock) PutAccount(p etcd.Put, timeout time.Duration) (placed etcd.Placed, err error) {
	l.host.Outside(func() {
		ctx, cancel := within(timeout)
		defer cancel()
		l.asking.Store(&asking{p.Op, sim.Event{Kind: sim.WriteSent, Op: p.Op}})
		defer l.asking.Store(nil)
		placed, err = etcdlive.PutAccount(ctx, l.host, l.client, p)
	})
	if err != nil {
		return etcd.Placed{}, fmt.Errorf("%w (%v)", sim.ErrUnknown, err)
	}
	return placed, nil
}

// openSession opens a session unless one is alive.
func (l *etcdMutexLock) openSession(limit context.Context) error {
	if l.session != nil && !ended(l.session) {
		return nil
	}
	l.session = nil
	var session *concurrency.Session
	var err error
	l.host.Outside(func() {
		// The session's context is for its whole life, so the limit must not be its parent.
		ctx, cancel := context.WithCancel(context.Background())
		stop := context.AfterFunc(limit, cancel)
		session, err = concurrency.NewSession(l.client, concurrency.WithContext(ctx), concurrency.WithTTL(seconds(l.ttl)))
		if !stop() && err == nil {
			err = limit.Err()
		}
		if err != nil {
			cancel()
		}
	})
	if err != nil {
		return err
	}
	l.session = session
	l.listen(session)
	l.host.Go("session", func(sim.Host) {
		l.host.Outside(func() { <-session.Done() })
		if l.held != nil && l.held.session == session {
			l.host.Record(sim.Event{Kind: sim.Lost, Grant: l.held.Grant(), Note: "the session is done"})
			l.held.lost.Fire()
			l.held = nil
		}
	})
	return nil
}

// listen records each renewal of a session's lease. The session hears of them but tells nobody. A
// second caller that asks the client to keep the same lease alive gets the same answers, and
// nothing more is sent for it (lessor.KeepAlive in client/v3/lease.go).
func (l *etcdMutexLock) listen(session *concurrency.Session) {
	answers, err := l.client.KeepAlive(session.Ctx(), session.Lease())
	if err != nil {
		return // the client is closed, or has given up the lease: there is nothing to hear
	}
	l.host.Go("renewals", func(sim.Host) {
		for {
			var more bool
			l.host.Outside(func() { _, more = <-answers })
			if !more {
				return
			}
			if l.held != nil && l.held.session == session {
				l.host.Record(sim.Event{Kind: sim.KeptAlive, Grant: l.held.Grant()})
			}
		}
	})
}

// giveUp closes a session in the background. If etcd does not hear of it, its lease runs out.
func (l *etcdMutexLock) giveUp(s *concurrency.Session) {
	if l.session == s {
		l.session = nil
	}
	l.host.Go("close", func(sim.Host) { l.host.Outside(func() { _ = s.Close() }) })
}

// seconds rounds a lease up, as etcd counts in whole seconds.
func seconds(ttl time.Duration) int { return int((ttl + time.Second - 1) / time.Second) }

func ended(s *concurrency.Session) bool {
	select {
	case <-s.Done():
		return true
	default:
		return false
	}
}

// etcdMutexLease is a Mutex that was locked.
type etcdMutexLease struct {
	lock    *etcdMutexLock
	session *concurrency.Session
	mutex   *concurrency.Mutex
	key     etcd.Key
	over    bool       // released
	lost    sim.Signal // fires when the session is done
}

// Grant is the key and its create revision.
func (l *etcdMutexLease) Grant() string { return l.key.Grant() }

// Token is the create revision, which the library exposes as part of IsOwner.
func (l *etcdMutexLease) Token() uint64 { return l.key.Created }

// Until is 0: the library knows a deadline, but does not expose it.
func (l *etcdMutexLease) Until() time.Duration { return 0 }

// Valid reports whether the session is not done, which is all that the library offers.
func (l *etcdMutexLease) Valid() bool { return !l.over && !ended(l.session) }

// Lost fires when the session is done, like Done for users who wait for it.
func (l *etcdMutexLease) Lost() sim.Signal { return l.lost }

// Release calls Unlock, which deletes the key and does not report whether it was there.
func (l *etcdMutexLease) Release() error {
	l.over = true
	k := l.lock
	if k.held == l {
		k.held = nil
	}
	var err error
	k.host.Outside(func() {
		ctx, cancel := within(k.ttl)
		defer cancel()
		err = l.mutex.Unlock(ctx)
	})
	if err != nil {
		k.giveUp(l.session)
		return fmt.Errorf("unlock %s: %w (%v)", l.key.Name, sim.ErrUnknown, err)
	}
	return nil
}
