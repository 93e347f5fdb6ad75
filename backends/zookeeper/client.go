package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Times of go-zookeeper that do not depend on the session (conn.go).
const (
	connectTimeout = time.Second // for connecting to a server
	roundPause     = time.Second // after all servers have been tried in vain
)

// helloPatience is how long to wait for a server that accepts connections to confirm the session,
// in units of two thirds of the session (Conn.authenticate).
const helloPatience = 10

// client is a simulated client library that follows the rules of go-zookeeper (conn.go, Z5): one
// connection to one server; a ping every third of the session; disconnected after two thirds
// without a message; then on to the next server; and if that says that the session has expired, a
// new session without asking anyone.
type client struct {
	host    *virtual.Host
	servers []sim.HostID // in the order in which they are tried
	at      int          // the one in use or being tried; -1 if none yet
	last    int          // the one that the client was last connected to; -1 if none yet
	tell    func(SessionNews)

	state SessionState
	seen  uint64 // the latest zxid
	conn  connID
	asked time.Duration // when the hello of this connection was sent
	xid   uint64
	calls []*call  // in the order in which they were made
	watch []*watch // that have not fired

	closing bool       // its user has ended the session
	ended   sim.Signal // fires once that is done

	race     race           // between the library's goroutines
	silent   time.Duration  // when it gives up the connection if nothing is heard before
	pingDue  time.Duration  // when it sends the next ping
	patience *virtual.Timer // ends the attempt to connect, or the silence of the server
	ping     *virtual.Timer
}

// call is a request of the lock, or a ping.
type call struct {
	request  request
	sent     bool
	sentAt   time.Duration
	answered sim.Signal // nil if nothing waits for it
	response response
	err      error
}

// watch is one Watch.
type watch struct {
	path  string
	fired sim.Signal
	err   error
}

// Wait waits for the znode to go.
func (w *watch) Wait(timeout time.Duration) (bool, error) {
	return w.fired.Wait(timeout), w.err
}

// newClient makes a host's client; connect starts it.
func newClient(h *virtual.Host, servers []sim.HostID, timeout time.Duration, races bool, tell func(SessionNews)) *client {
	c := &client{
		host: h, at: -1, last: -1, tell: tell, race: race{on: races},
		state: SessionState{Timeout: timeout}, conn: connID{instance: h.Uint64()}, ended: h.NewSignal(),
	}
	c.servers = Shuffled(h, servers)
	return c
}

// Shuffled spreads the clients over the servers (go-zookeeper, Connect: stringShuffle).
func Shuffled[S any](h sim.Host, servers []S) []S {
	out := append([]S(nil), servers...)
	for i := len(out) - 1; i > 0; i-- {
		j := int(h.Uint64() % uint64(i+1))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// Session returns what the client knows about its session.
func (c *client) Session() SessionState { return c.state }

func (c *client) server() sim.HostID { return c.servers[c.at] }

// connect goes on to the next server. When it gets back to the one that it was last connected to,
// all have been tried in vain: unsent requests are given up, and the client pauses
// (DNSHostProvider.Next and Conn.connect).
func (c *client) connect() {
	c.at = (c.at + 1) % len(c.servers)
	c.conn.n++ // later messages of the last connection are ignored
	pause := time.Duration(0)
	if c.at == c.last {
		if c.closing {
			c.end()
			return
		}
		pause = roundPause
		c.fail(func(each *call) bool { return !each.sent }, ErrNoServer)
	}
	c.last = max(c.last, 0)
	c.arm(pause, func() {
		limit := connectTimeout
		if c.host.Connects(c.server()) {
			limit = helloPatience * 2 * c.state.Timeout / 3
		}
		c.arm(limit, c.hangUp)
		c.asked = c.host.Now()
		c.host.Post(c.server(), hello{conn: c.conn, session: c.state.ID, timeout: c.state.Timeout, seen: c.seen})
	})
}

// arm sets what happens when the client's patience runs out.
func (c *client) arm(d time.Duration, f func()) {
	if c.patience != nil {
		c.patience.Stop()
	}
	c.patience = c.host.After(d, f)
}

// hangUp gives up the connection, or the attempt to make one, and goes on to the next server. The
// outcome of requests already sent is unknown.
func (c *client) hangUp() {
	c.tear()
	c.host.HangUp(c.server())
	if c.ping != nil {
		c.ping.Stop()
	}
	was := c.state.Connected
	c.state.Connected = false
	c.fail(func(each *call) bool { return each.sent }, ErrConnectionLost)
	if was && c.closing {
		c.end()
		return
	}
	c.connect()
	if was {
		c.tell(Disconnected)
	}
}

// close ends the session as soon as there is a connection. Earlier requests are sent first, but
// nothing waits for them any more (Conn.Close, queueRequest). It goes on in the background.
func (c *client) close() {
	c.closing, c.tell = true, func(SessionNews) {}
	for _, each := range c.calls {
		each.abandon()
	}
	for _, w := range c.watch {
		w.err = ErrClosed
		w.fired.Fire()
	}
	c.watch = nil
	c.send(&call{request: request{kind: askClose}})
}

// end stops a closed client for good.
func (c *client) end() {
	c.conn.n++ // later messages are ignored
	c.state.Connected = false
	for _, timer := range []*virtual.Timer{c.patience, c.ping} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.ended.Fire()
}

// receive handles servers' messages. It ignores those of a connection that was given up.
func (c *client) receive(_ sim.HostID, message any) {
	c.wake()
	switch m := message.(type) {
	case closed:
		if m.conn == c.conn {
			c.hangUp()
		}
	case welcome:
		if m.conn == c.conn && m.session == 0 {
			c.expire()
		} else if m.conn == c.conn {
			c.begin(m)
		}
	case response:
		if !c.tooLate(m.conn) && m.conn == c.conn {
			c.heard()
			c.answer(m)
			c.tell(Answered)
		}
	case notice:
		if !c.tooLate(m.conn) && m.conn == c.conn {
			c.heard()
			c.fire(m.path)
			c.tell(Answered)
		}
	}
}

// heard postpones the end of the client's patience by two thirds of the session, the read deadline
// of go-zookeeper.
func (c *client) heard() {
	limit := 2 * c.state.Timeout / 3
	c.state.Heard, c.silent = c.host.Now(), c.host.Now()+limit
	c.arm(limit, c.impatient)
}

// impatient is called when the client's patience with its server has run out.
func (c *client) impatient() {
	late := c.host.Now() > c.silent
	if !c.wake() || !late {
		c.hangUp()
	}
}

// tooLate reports whether a message of this connection is read only after the client's patience ran
// out, because its host was stopped; if so, the client hangs up. The time-out wins over what has
// arrived meanwhile: a process that continues finds its wait interrupted (epoll_wait, EINTR), and
// checks its clock before it checks its connections again, in Go's runtime as in Java's selector.
func (c *client) tooLate(conn connID) bool {
	if conn != c.conn || !c.state.Connected || c.host.Now() <= c.silent {
		return false
	}
	c.hangUp()
	return true
}

// begin starts using a connection whose session is confirmed.
func (c *client) begin(m welcome) {
	c.last = c.at
	c.state = SessionState{ID: m.session, Connected: true, Timeout: m.timeout, Sent: c.asked}
	c.seen = max(c.seen, m.zxid)
	c.heard()
	c.pingDue = 0
	c.keepAlive()
	c.tell(Answered)
	for _, w := range append([]*watch(nil), c.watch...) { // sendSetWatches
		c.send(&call{request: request{kind: askExists, path: w.path}})
	}
	for _, each := range append([]*call(nil), c.calls...) {
		c.transmit(each)
	}
}

// expire starts afresh: a new session, in which none of the old watches is left.
func (c *client) expire() {
	if c.closing {
		c.end()
		return
	}
	c.state.ID, c.seen = 0, 0
	for _, w := range c.watch {
		w.err = ErrSessionExpired
		w.fired.Fire()
	}
	c.watch = nil
	c.connect()
	c.tell(Expired)
}

// keepAlive sends a ping every third of the session. The next one is due a third after the last one
// was sent; a Go ticker keeps to its times even if it was late (sendLoop).
func (c *client) keepAlive() {
	every := c.state.Timeout / 3
	due := c.host.Now() + every
	if c.race.on && c.pingDue > 0 {
		due = c.pingDue + every*((c.host.Now()-c.pingDue)/every+1)
	}
	c.pingDue = due
	c.ping = c.host.After(due-c.host.Now(), c.pingIsDue)
}

// pingIsDue sends a ping on time; for an overdue one, the time of sending is drawn.
func (c *client) pingIsDue() {
	if !c.wake() {
		c.keepAlive()
		c.sendPing()
	}
}

func (c *client) sendPing() { c.send(&call{request: request{kind: askPing}}) }
