//go:build linux

package zookeeperlive

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// inFlight is a call of the library, which waits for its answer as long as it likes.
type inFlight[T any] struct {
	answered chan struct{} // closed once value and err are set
	value    T
	err      error
}

// start makes a call of the library.
func start[T any](f func() (T, error)) *inFlight[T] {
	c := &inFlight[T]{answered: make(chan struct{})}
	go func() {
		defer close(c.answered)
		c.value, c.err = f()
	}()
	return c
}

var errUnanswered = errors.New("no answer in time")

// await gives up the host until the call is answered, but for no longer than timeout.
func (c *inFlight[T]) await(p *libraryPort, timeout time.Duration) (T, error) {
	p.waitFor(timeout, c.answered)
	if !isClosed(c.answered) {
		var nothing T
		return nothing, translate(errUnanswered)
	}
	return c.value, translate(c.err)
}

// waitFor gives up the host until one of two things has happened, or timeout has passed.
func (p *libraryPort) waitFor(timeout time.Duration, either ...<-chan struct{}) {
	p.host.Outside(func() {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case <-either[0]:
		case <-either[len(either)-1]:
		case <-timer.C:
		}
	})
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// creation is a create on its way through the library. The tap holds back whatever comes from the
// server between sent and goOn.
type creation struct {
	sent chan struct{} // closed once the kernel has the request
	goOn chan struct{} // closed once its answer may be read
	zxid uint64        // of the answer; set before the library has it

	line *tap // the connection it was sent over; set before sent is closed

	path     string // without the number
	withheld bool   // its caller has given it up, so it must not be sent any more
}

// Create creates an ephemeral sequential znode. Its data is the client's name, signed for the
// observer; other clients put their address there. The time spent on recording that it was sent
// does not count as waiting for the answer.
func (p *libraryPort) Create(path string, timeout time.Duration) (zookeeper.Node, error) {
	path = p.root + path
	c := p.expect(path)
	data := []byte(sim.Sign(p.host, string(p.host.ID())))
	before := p.host.Now()
	p.host.Sending(sim.AcquireSent)
	conn := p.conn
	request := start(func() (string, error) {
		defer p.drop(c)
		return conn.Create(path, data, zk.FlagEphemeralSequential, zk.WorldACL(zk.PermAll))
	})
	p.waitFor(timeout, c.sent, request.answered)
	if !isClosed(c.sent) {
		if p.withhold(c) {
			_, err := request.await(p, 0) // there may be a reason
			return zookeeper.Node{}, err
		}
		p.waitFor(sim.Forever, c.sent, request.answered) // it is just being sent, or was dropped
	}
	if isClosed(c.sent) {
		timeout = max(0, timeout-(p.host.Now()-before))
		p.host.Record(sim.Event{Kind: sim.AcquireSent})
		close(c.goOn)
	}
	created, err := request.await(p, timeout)
	if err != nil {
		return zookeeper.Node{}, err
	}
	if !p.races {
		p.catchUp(c.line, timeout)
	}
	return zookeeper.Node{Path: strings.TrimPrefix(created, p.root), Czxid: c.zxid, Sequence: zookeeper.Sequence(created), Session: p.Session().ID}, nil
}

// catchUp lets the library notice that the server has closed the connection, if the kernel already
// knows. After a pause, what came during it then precedes what the client does next, as in the
// virtual world. Otherwise it would depend on chance whether the next request is still sent over
// the dead connection or waits for the next one.
func (p *libraryPort) catchUp(line *tap, limit time.Duration) {
	lost := p.lost()
	if !line.ended() {
		return
	}
	for end := p.host.Now() + limit; p.lost() == lost && p.host.Now() < end; {
		p.host.Sleep(100 * time.Microsecond)
	}
}

// lost returns how often a connection has been lost.
func (p *libraryPort) lost() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.losses
}

// expect makes the tap look out for a create.
func (p *libraryPort) expect(path string) *creation {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &creation{path: path, sent: make(chan struct{}), goOn: make(chan struct{})}
	p.creations = append(p.creations, c)
	return c
}

// drop stops looking out for a create that the library has dropped without sending it.
func (p *libraryPort) drop(c *creation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.creations = slices.DeleteFunc(p.creations, func(each *creation) bool { return each == c })
}

// withhold makes sure that a create is no longer sent. It returns false if the tap is about to send
// it or has done so, or the library has dropped it.
func (p *libraryPort) withhold(c *creation) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.withheld = slices.Contains(p.creations, c)
	return c.withheld
}

// take returns the create that a request belongs to, nil if the request is not one of Create's, and
// whether to send it. The library sends requests in the order in which it got them.
func (p *libraryPort) take(path string) (c *creation, send bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.creations, func(each *creation) bool { return each.path == path })
	if i < 0 {
		return nil, true
	}
	c = p.creations[i]
	p.creations = slices.Delete(p.creations, i, i+1)
	return c, !c.withheld
}

// CreateParent creates the lock's znode.
func (p *libraryPort) CreateParent(timeout time.Duration) error {
	conn := p.conn
	_, err := start(func() (struct{}, error) {
		return struct{}{}, createParent(conn, p.root+zookeeper.LockPath, p.container)
	}).await(p, timeout)
	return err
}

// createParent creates the lock's znode unless it exists.
func createParent(conn *zk.Conn, path string, container bool) (err error) {
	if container {
		_, err = conn.CreateContainer(path, nil, zk.FlagContainer, zk.WorldACL(zk.PermAll))
	} else {
		_, err = conn.Create(path, nil, zk.FlagPersistent, zk.WorldACL(zk.PermAll))
	}
	if errors.Is(err, zk.ErrNodeExists) {
		return nil
	}
	return err
}

// Children lists the lock's znodes; without their parent there are none.
func (p *libraryPort) Children(timeout time.Duration) ([]string, error) {
	conn := p.conn
	names, err := start(func() ([]string, error) {
		names, _, err := conn.Children(p.root + zookeeper.LockPath)
		return names, err
	}).await(p, timeout)
	if errors.Is(err, zookeeper.ErrNoNode) {
		return nil, nil
	}
	var paths []string
	for _, name := range names {
		paths = append(paths, zookeeper.LockPath+"/"+name)
	}
	return paths, err
}

// Exists reports whether there is a znode, and if so watches for its deletion.
func (p *libraryPort) Exists(path string, timeout time.Duration) (zookeeper.Watch, bool, error) {
	conn := p.conn
	events, err := start(func() (<-chan zk.Event, error) {
		exists, _, events, err := conn.ExistsW(p.root + path)
		if !exists {
			events = nil
		}
		return events, err
	}).await(p, timeout)
	if err != nil || events == nil {
		return nil, false, err
	}
	return &libraryWatch{port: p, events: events}, true, nil
}

// libraryWatch is a Watch of the library's.
type libraryWatch struct {
	port   *libraryPort
	events <-chan zk.Event
	gone   bool
	err    error
}

// Wait waits for the znode to go. Its data never changes, so any event means that it is gone.
func (w *libraryWatch) Wait(timeout time.Duration) (bool, error) {
	w.port.host.Outside(func() {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case e, open := <-w.events:
			if open {
				w.gone = e.Type != zk.EventNotWatching
			}
			if open && !w.gone {
				w.err = zookeeper.ErrSessionExpired
			}
		case <-timer.C:
		}
	})
	return w.gone, w.err
}

// Stat returns a znode.
func (p *libraryPort) Stat(path string, timeout time.Duration) (zookeeper.Node, error) {
	conn := p.conn
	stat, err := start(func() (*zk.Stat, error) {
		_, stat, err := conn.Get(p.root + path)
		return stat, err
	}).await(p, timeout)
	if err != nil {
		return zookeeper.Node{}, err
	}
	return zookeeper.Node{Path: path, Czxid: uint64(stat.Czxid), Sequence: zookeeper.Sequence(path), Version: uint64(stat.Version), Session: uint64(stat.EphemeralOwner)}, nil
}

// Delete deletes a znode.
func (p *libraryPort) Delete(path string, timeout time.Duration) error {
	conn := p.conn
	_, err := start(func() (struct{}, error) {
		return struct{}{}, conn.Delete(p.root+path, -1)
	}).await(p, timeout)
	return err
}

// Sync waits until the connected server knows all earlier changes.
func (p *libraryPort) Sync(timeout time.Duration) error {
	conn := p.conn
	_, err := start(func() (string, error) { return conn.Sync(p.root + zookeeper.LockPath) }).await(p, timeout)
	return err
}
