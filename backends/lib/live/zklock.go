//go:build linux

package liblive

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// zkClientPort is the port on which servers serve clients.
const zkClientPort = "2181"

// zkLock is go-zookeeper/zk with a Lock for each acquisition.
type zkLock struct {
	host    *live.Host
	servers []string
	ttl     time.Duration
	conn    *zk.Conn // nil if there is none yet, or it is closed

	mu      sync.Mutex // the library writes and reads on goroutines of its own
	created zkNode     // the latest of the lock's znodes that this client was told of
	held    zkNode     // the znode of the held lock; zero if none is held
	keeps   *zk.Conn   // keeps its session alive
	session int64      // that session; the connection may have another one by now
}

// zkNode is one of the lock's znodes.
type zkNode struct {
	path  string
	czxid uint64
}

// grant is the ZooKeeper observer's name for an acquisition.
func (n zkNode) grant() string { return fmt.Sprintf("%s@%#x", n.path, n.czxid) }

func dialZKLock(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	l := &zkLock{host: h, ttl: s.TTL}
	for _, ip := range servers {
		l.servers = append(l.servers, net.JoinHostPort(ip, zkClientPort))
	}
	if err := l.connect(connectLimit); err != nil {
		return nil, err
	}
	return l, nil
}

// connect opens a session, unless there already is a client of the library, which does that by
// itself.
func (l *zkLock) connect(limit time.Duration) error {
	if l.conn != nil {
		return nil
	}
	ready := make(chan struct{})
	var once sync.Once
	conn, _, err := zk.Connect(l.servers, l.ttl, zk.WithDialer(l.dial), zk.WithLogger(silent{}), zk.WithLogInfo(false),
		zk.WithEventCallback(func(e zk.Event) {
			if e.State == zk.StateHasSession {
				once.Do(func() { close(ready) })
			}
		}))
	if err != nil {
		return fmt.Errorf("connect to ZooKeeper: %w", err)
	}
	l.conn = conn
	if !l.await(ready, limit) {
		l.disconnect()
		return fmt.Errorf("no session with ZooKeeper at %q within %v: %w", l.servers, limit, sim.ErrUnknown)
	}
	return nil
}

// disconnect ends the session and the client.
func (l *zkLock) disconnect() {
	l.host.Outside(l.conn.Close)
	l.conn = nil
}

// await gives up the host until something has happened, and reports whether it has within the
// limit.
func (l *zkLock) await(happened <-chan struct{}, limit time.Duration) (yes bool) {
	l.host.Outside(func() {
		timer := time.NewTimer(min(limit, longest))
		defer timer.Stop()
		select {
		case <-happened:
			yes = true
		case <-timer.C:
		}
	})
	return yes
}

func (l *zkLock) dial(network, address string, timeout time.Duration) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, timeout)
	if err != nil {
		return nil, err
	}
	sent := func(string) { l.host.Record(sim.Event{Kind: sim.AcquireSent}) }
	return newZKConn(conn, l.host, sent, zookeeper.LockPath+"/", l.note, l.alive), nil
}

// alive processes an answer to one of the pings that keep a held lock's session alive; the library
// tells nobody of them.
func (l *zkLock) alive() {
	l.mu.Lock()
	held, keeps, session := l.held, l.keeps, l.session
	l.mu.Unlock()
	if held != (zkNode{}) && keeps.SessionID() == session {
		l.host.Record(sim.Event{Kind: sim.KeptAlive, Grant: held.grant()})
	}
}

// hold records the znode with which the lock is now held.
func (l *zkLock) hold(n zkNode, conn *zk.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held, l.keeps, l.session = n, conn, conn.SessionID()
}

// letGo records that no lock is held any more.
func (l *zkLock) letGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = zkNode{}
}

// note records that the server has created a znode of the lock for this client.
func (l *zkLock) note(n zkNode) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.created = n
}

func (l *zkLock) latest() zkNode {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.created
}

// Acquire calls Lock, which waits as long as it takes and cannot be stopped. A user can take back a
// place in the queue only by ending the session.
func (l *zkLock) Acquire(wait time.Duration) (backends.Lease, error) {
	return untilGot(l.host, wait, l.ttl/50, l.lock)
}

func (l *zkLock) lock(wait time.Duration) (backends.Lease, error) {
	if err := l.connect(wait); err != nil {
		return nil, err
	}
	conn := l.conn
	lock := zk.NewLock(conn, zookeeper.LockPath, zk.WorldACL(zk.PermAll))
	l.note(zkNode{})
	var err error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		err = lock.LockWithData([]byte(sim.Sign(l.host, string(l.host.ID())))) // as other clients put their address there
	}()
	if !l.await(returned, wait) {
		waiting := conn.State() == zk.StateHasSession
		l.disconnect()
		if waiting {
			return nil, backends.ErrHeld
		}
		return nil, fmt.Errorf("lock %s: %w (not connected)", zookeeper.LockPath, sim.ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w (%v)", zookeeper.LockPath, sim.ErrUnknown, err)
	}
	node := l.latest()
	if node == (zkNode{}) { // the answer was lost, and the library has found its znode again
		l.host.Outside(func() { node, err = ownNode(conn) })
		if err != nil {
			return nil, fmt.Errorf("find the lock's znode: %w (%v)", sim.ErrUnknown, err)
		}
	}
	l.hold(node, conn)
	return &zkLease{lock: l, held: lock, node: node}, nil
}

// ownNode finds the znode of the lock that belongs to this session.
func ownNode(conn *zk.Conn) (zkNode, error) {
	children, _, err := conn.Children(zookeeper.LockPath)
	if err != nil {
		return zkNode{}, err
	}
	for _, name := range children {
		path := zookeeper.LockPath + "/" + name
		_, stat, err := conn.Exists(path)
		if err != nil {
			return zkNode{}, err
		}
		if stat != nil && stat.EphemeralOwner == conn.SessionID() {
			return zkNode{path: path, czxid: uint64(stat.Czxid)}, nil
		}
	}
	return zkNode{}, errors.New("there is none of this session")
}

// zkLease is a Lock that was locked.
type zkLease struct {
	lock *zkLock
	held *zk.Lock
	node zkNode
	over bool // released
}

// Grant is the znode with the zxid that created it. The library exposes neither.
func (l *zkLease) Grant() string { return l.node.grant() }

// Token is the zxid that created the znode.
func (l *zkLease) Token() uint64 { return l.node.czxid }

// Until is 0: there is no deadline.
func (l *zkLease) Until() time.Duration { return 0 }

// Valid is true until the lock is released: the library's Lock cannot report that it is lost (Z10).
func (l *zkLease) Valid() bool { return !l.over }

// Lost is nil: the library's Lock reports nothing once it has returned.
func (l *zkLease) Lost() sim.Signal { return nil }

// Release calls Unlock, which deletes the znode and waits for the answer as long as it takes.
func (l *zkLease) Release() error {
	l.over = true
	k := l.lock
	k.letGo()
	var err error
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		err = l.held.Unlock()
	}()
	switch {
	case !k.await(returned, k.ttl):
		k.disconnect() // or its znode, if it still exists, would lock this client out
		return fmt.Errorf("unlock %s: %w", l.node.path, sim.ErrUnknown)
	case errors.Is(err, zk.ErrNoNode), errors.Is(err, zk.ErrSessionExpired):
		return backends.ErrLost
	case err != nil:
		return fmt.Errorf("unlock %s: %w (%v)", l.node.path, sim.ErrUnknown, err)
	}
	return nil
}

// silent is a zk.Logger that discards what the library logs; what matters is in the history.
type silent struct{}

func (silent) Printf(string, ...any) {}
