//go:build linux

package zookeeperlive

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// libraryPort is the Port over go-zookeeper, which reconnects by itself, opens a new session
// unasked when the old one has expired, and then sends what has waited meanwhile.
type libraryPort struct {
	host      wire.Host
	conn      *zk.Conn // the one in use, which is closed if ended
	ended     bool     // the client has ended the session and not begun another
	servers   []string
	timeout   time.Duration
	dial      zk.Dialer
	container bool   // the lock's parent is one
	races     bool   // the library's goroutines may race; else the end of a wait or connection comes first
	root      string // the znode that contains everything else; "" for the root itself
	tell      func(zookeeper.SessionNews)
	news      chan zookeeper.SessionNews
	closed    chan struct{}

	mu        sync.Mutex // the rest is set by goroutines of the library
	client    int        // counts the clients of the library made so far
	state     zookeeper.SessionState
	losses    int         // of connections
	creations []*creation // not sent yet, oldest first
}

var _ zookeeper.Port = (*libraryPort)(nil)

// newsBacklog is how much news may queue up while the host is busy: far more than arrives in a
// session's time.
const newsBacklog = 1024

// connect opens a session that is as long as the lease.
func connect(h wire.Host, servers []string, s backends.Settings, races bool, dial zk.Dialer) (*libraryPort, error) {
	p := &libraryPort{
		host: h, servers: servers, timeout: s.TTL, dial: dial, races: races, container: s.On(zookeeper.OptionContainer), tell: func(zookeeper.SessionNews) {},
		news: make(chan zookeeper.SessionNews, newsBacklog), closed: make(chan struct{}),
	}
	if err := p.begin(connectLimit); err != nil {
		close(p.closed)
		return nil, err
	}
	h.Go("session news", func(sim.Host) { p.passOn() })
	return p, nil
}

// begin makes a client of the library and waits until it has a session. It tries the servers in the
// order in which the same client would in the virtual world.
func (p *libraryPort) begin(limit time.Duration) error {
	p.host.Uint64() // stands for the name that the model draws for its connections
	order := zookeeper.Shuffled(p.host, p.servers)
	p.mu.Lock()
	p.client++
	client := p.client
	p.state = zookeeper.SessionState{Timeout: p.timeout}
	p.mu.Unlock()
	ready := make(chan struct{})
	var once sync.Once
	tapped := func(network, address string, timeout time.Duration) (net.Conn, error) {
		raw, err := p.dial(network, address, timeout)
		if err != nil {
			return nil, err
		}
		return &tap{Conn: raw, port: p, client: client}, nil
	}
	conn, _, err := zk.Connect(order, p.timeout, zk.WithDialer(tapped), zk.WithHostProvider(&serverRing{at: -1, last: -1, servers: order}),
		zk.WithLogger(silent{}), zk.WithLogInfo(false), zk.WithEventCallback(func(e zk.Event) {
			if e.Type == zk.EventSession && e.State == zk.StateHasSession {
				once.Do(func() { close(ready) })
			}
			p.event(client, e)
		}))
	if err != nil {
		return fmt.Errorf("connect to ZooKeeper: %w", err)
	}
	p.conn, p.ended = conn, false
	p.waitFor(limit, ready)
	if !isClosed(ready) {
		p.EndSession()
		return fmt.Errorf("no session with ZooKeeper at %q within %v: %w", p.servers, limit, sim.ErrUnknown)
	}
	return nil
}

// EndSession closes the client of the library.
func (p *libraryPort) EndSession() {
	if p.ended {
		return
	}
	p.ended = true
	p.mu.Lock()
	p.client++ // its later events no longer count
	p.state = zookeeper.SessionState{Timeout: p.timeout}
	p.mu.Unlock()
	p.host.Outside(p.conn.Close)
}

// BeginSession makes another client of the library to replace a closed one.
func (p *libraryPort) BeginSession(timeout time.Duration) error {
	if !p.ended {
		return nil
	}
	return p.begin(timeout)
}

// close ends the session for good. The caller must hold the host.
func (p *libraryPort) close() {
	close(p.closed)
	p.EndSession()
}

// serverRing goes round the servers as the library does by default, but begins with the first of
// them.
type serverRing struct {
	servers  []string
	at, last int
}

func (r *serverRing) Init([]string) error { return nil } // the library has shuffled them
func (r *serverRing) Len() int            { return len(r.servers) }
func (r *serverRing) Connected()          { r.last = r.at }

func (r *serverRing) Next() (server string, allTried bool) {
	r.at = (r.at + 1) % len(r.servers)
	allTried = r.at == r.last
	r.last = max(r.last, 0)
	return r.servers[r.at], allTried
}

// passOn passes the news to the lock, one after the other.
func (p *libraryPort) passOn() {
	for {
		var news zookeeper.SessionNews
		over := false
		p.host.Outside(func() {
			select {
			case news = <-p.news:
			case <-p.closed:
				over = true
			}
		})
		if over {
			return
		}
		p.tell(news)
	}
}

// report queues news for passOn.
func (p *libraryPort) report(news zookeeper.SessionNews) {
	select {
	case p.news <- news:
	case <-p.closed:
	}
}

// event handles the library's events about the session.
func (p *libraryPort) event(client int, e zk.Event) {
	if e.Type != zk.EventSession {
		return
	}
	p.mu.Lock()
	if client != p.client {
		p.mu.Unlock()
		return
	}
	was := p.state.Connected
	switch e.State {
	case zk.StateDisconnected:
		p.state.Connected = false
		p.losses++
	case zk.StateExpired:
		p.state.ID = 0
	}
	p.mu.Unlock()
	switch {
	case e.State == zk.StateDisconnected && was:
		p.report(zookeeper.Disconnected)
	case e.State == zk.StateExpired:
		p.report(zookeeper.Expired)
	}
}

// confirmed records that a connection has a session.
func (p *libraryPort) confirmed(client int, id uint64, timeout, asked time.Duration) {
	p.update(client, func(s *zookeeper.SessionState) {
		*s = zookeeper.SessionState{ID: id, Connected: true, Timeout: timeout, Sent: asked, Heard: p.host.Now()}
	})
}

// heard records that a message of the server is being read. sent is when the request that it
// answers was sent, 0 if it answers none.
func (p *libraryPort) heard(client int, sent time.Duration) {
	p.update(client, func(s *zookeeper.SessionState) { s.Sent, s.Heard = max(s.Sent, sent), p.host.Now() })
}

func (p *libraryPort) update(client int, change func(*zookeeper.SessionState)) {
	p.mu.Lock()
	current := client == p.client
	if current {
		change(&p.state)
	}
	p.mu.Unlock()
	if current {
		p.report(zookeeper.Answered)
	}
}

// Session returns what the client knows about its session.
func (p *libraryPort) Session() zookeeper.SessionState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Listen sets the receiver of news.
func (p *libraryPort) Listen(tell func(zookeeper.SessionNews)) { p.tell = tell }

// refusals are the servers' refusals, and the library's errors when it has given up a request. Any
// other error leaves the outcome of the request open.
var refusals = []struct{ theirs, ours error }{
	{zk.ErrNoNode, zookeeper.ErrNoNode},
	{zk.ErrSessionExpired, zookeeper.ErrSessionExpired},
	{zk.ErrConnectionClosed, zookeeper.ErrConnectionLost},
	{zk.ErrNoServer, zookeeper.ErrNoServer},
}

// translate converts a library's error to the Port's.
func translate(err error) error {
	if err == nil {
		return nil
	}
	for _, each := range refusals {
		if errors.Is(err, each.theirs) {
			return each.ours
		}
	}
	return fmt.Errorf("%w (%v)", sim.ErrUnknown, err)
}
