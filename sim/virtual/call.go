package virtual

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// conn is a connection from a client host to a server host. It carries one request at a time,
// like the pooled connections of common clients.
type conn struct {
	from, to *Host
	there    *pipe
	back     *pipe
	fresh    bool // no handshake yet
	life     int  // of the server when the connection was opened
	lasting  bool // it survives a crash of the server until the server resets it: see SendOver
}

// Call is a request that was sent, and receives its reply. It is used up once the caller has the
// reply: the world then uses it again.
type Call struct {
	conn     *conn
	answered signal
	reply    any
	given    bool            // the caller has stopped waiting
	life     int             // of the caller's host
	then     func(reply any) // called with the reply if no process waits for it
	limit    timer           // ends the wait for that reply
	broken   bool            // the connection was reset
}

// newCall returns a call that is sent over a connection.
func (h *Host) newCall(over *conn) (c *Call) {
	w := h.world
	if last := len(w.calls) - 1; last >= 0 {
		c, w.calls = w.calls[last], w.calls[:last]
	} else {
		c = &Call{}
	}
	*c = Call{conn: over, life: h.life, answered: signal{host: h}}
	return c
}

// used takes back a call whose reply the caller has. Nothing on its way belongs to it any more.
func (w *World) used(c *Call) {
	*c = Call{} // whoever uses it again sees a nil pointer, not another call's reply
	w.calls = append(w.calls, c)
}

// errReset means that the server does not know the connection: it has been down in the meantime.
var errReset = fmt.Errorf("the connection was reset: %w", sim.ErrUnknown)

// Serve sets the handler for requests that reach the host. handle runs outside any process and
// must not block.
func (h *Host) Serve(handle func(from sim.HostID, request any) (reply any)) {
	h.ServeLater(func(from sim.HostID, request any, call *Call) { call.Reply(handle(from, request)) })
}

// ServeLater is Serve for a host that may answer later: handle keeps the call and answers it with
// Reply once, or never. A reply given after the host has crashed is discarded.
func (h *Host) ServeLater(handle func(from sim.HostID, request any, call *Call)) {
	h.handle = handle
}

// Send sends a request and returns at once; Wait waits for the reply. Send uses an idle
// connection to that host or opens one, which costs a round trip.
func (h *Host) Send(to sim.HostID, request any) *Call {
	c := h.newCall(h.take(h.world.Host(to)))
	handshake := 0
	if c.conn.fresh {
		c.conn.fresh, handshake = false, 1
	}
	c.conn.there.send(handshake, cargo{call: c, message: request}, false)
	return c
}

// SendOver is Send over an idle connection made by Connect or Connected. Such a connection
// behaves like TCP: what does not reach a host that is down is sent again, and once the host is
// up again it resets connections from its earlier life. Wait then returns an error that wraps
// sim.ErrUnknown.
func (h *Host) SendOver(to sim.HostID, request any) *Call {
	c := h.newCall(h.take(h.world.Host(to)))
	if c.conn.fresh {
		panic(fmt.Sprintf("host %s sends over a connection to %s that it does not have", h.id, to))
	}
	c.conn.there.send(0, cargo{call: c, message: request}, true)
	return c
}

// reset runs on the client's host when the other kernel has answered that there is no such
// connection.
func (c *Call) reset() {
	if !c.given && c.conn.from.life == c.life {
		c.broken = true
		c.answered.Fire()
	}
}

// Connected gives the host a connection as if it had been made before the world started.
func (h *Host) Connected(to sim.HostID) {
	c := h.open(h.world.Host(to))
	c.fresh, c.lasting = false, true
	h.give(c)
}

// Connect opens a connection for a later call and returns at once. The reply is a bool that
// reports whether somebody listens on the other host. The kernels do this, even while the
// processes of that host are paused. While it is down or unreachable, they keep trying.
func (h *Host) Connect(to sim.HostID) *Call {
	server := h.world.Host(to)
	c := h.newCall(h.open(server))
	c.conn.fresh, c.conn.lasting = false, true
	c.conn.there.sendBare(func() {
		listens := server.handle != nil
		c.conn.life = server.life
		c.conn.back.sendBare(func() { h.whenRunning(func() { c.connected(listens) }) })
	})
	return c
}

// connected runs on the client's host when the other kernel has answered.
func (c *Call) connected(listens bool) {
	if c.given || c.conn.from.life != c.life {
		return
	}
	c.reply = listens
	if listens {
		c.conn.from.give(c.conn)
	}
	c.answered.Fire()
}

// Wait blocks the running process until the reply arrives, or returns sim.ErrUnknown after
// timeout. The server may still carry out the request. After a timeout the connection is
// abandoned: a late reply is discarded.
func (c *Call) Wait(timeout time.Duration) (any, error) {
	if !c.answered.Wait(timeout) {
		c.given = true
		return nil, sim.ErrUnknown
	}
	if c.broken {
		return nil, errReset
	}
	reply := c.reply
	c.conn.from.world.used(c)
	return reply, nil
}

// Then calls f with the reply when it arrives, unless that takes longer than timeout. It is Wait
// for servers, which are not processes. f runs outside any process and must not block.
func (c *Call) Then(timeout time.Duration, f func(reply any)) {
	h := c.conn.from
	c.then, c.limit = f, timer{place: nowhere, host: h, awaits: c}
	h.world.scheduleLocal(&c.limit, sim.AddCapped(h.Now(), timeout))
}

// serve runs on the server's host when the request is read there.
func (c *Call) serve(request any) {
	server := c.conn.to
	life := c.conn.life
	if server.life != life && c.conn.lasting {
		c.conn.back.sendBare(func() { c.conn.from.whenRunning(c.reset) })
		return
	}
	if server.handle == nil || server.life != life {
		return // nobody listens, or the server does not know this connection: the caller will time out
	}
	server.handle(c.conn.from.id, request, c)
}

// Reply answers the call, on the server's host: the reply is sent once that is not paused, unless
// it has crashed since.
func (c *Call) Reply(reply any) {
	if c.conn.to.paused == 0 {
		c.sendBack(reply)
		return
	}
	c.conn.to.whenRunning(func() { c.sendBack(reply) })
}

func (c *Call) sendBack(reply any) {
	if c.conn.to.life == c.conn.life {
		c.conn.back.send(0, cargo{call: c, message: reply, reply: true}, false)
	}
}

// receive runs on the client's host when the reply is read there.
func (c *Call) receive(reply any) {
	if c.given || c.conn.from.life != c.life {
		return
	}
	w, then := c.conn.from.world, c.then
	c.reply = reply
	c.conn.from.give(c.conn)
	c.answered.Fire()
	if then != nil {
		w.cancel(&c.limit)
		w.used(c)
		then(reply)
	}
}

// Post sends a message that expects no reply. Messages from one host to another arrive in order,
// unless one of the two crashes in between.
func (h *Host) Post(to sim.HostID, message any) {
	receiver := h.world.Host(to)
	for len(h.posts) <= receiver.index {
		h.posts = append(h.posts, nil)
	}
	if h.posts[receiver.index] == nil {
		h.posts[receiver.index] = newPipe(h.world, h, receiver)
	}
	h.posts[receiver.index].send(0, cargo{message: message, life: receiver.life}, false)
}

// HangUp closes the connection used by messages posted to a host, as a program does that has
// given up on it. What has not arrived never will, and the next Post opens a new connection,
// which does not wait for retransmissions of the old one.
func (h *Host) HangUp(to sim.HostID) {
	i := h.world.Host(to).index
	if i < len(h.posts) && h.posts[i] != nil {
		h.posts[i].hungUp = true
		h.posts[i] = nil
	}
}

// Receive sets the handler for posted messages. receive runs outside any process and must not
// block.
func (h *Host) Receive(receive func(from sim.HostID, message any)) { h.receive = receive }

// take returns the most recently used idle connection to a server, or a new one.
func (h *Host) take(server *Host) *conn {
	if server.index < len(h.idle) {
		if pool := h.idle[server.index]; len(pool) > 0 {
			h.idle[server.index] = pool[:len(pool)-1]
			return pool[len(pool)-1]
		}
	}
	return h.open(server)
}

// open returns a new connection to a server, before its handshake.
func (h *Host) open(server *Host) *conn {
	for len(h.idle) <= server.index {
		h.idle = append(h.idle, nil)
	}
	w := h.world
	return &conn{from: h, to: server, there: newPipe(w, h, server), back: newPipe(w, server, h), fresh: true, life: server.life}
}

// give returns a connection to the idle ones.
func (h *Host) give(c *conn) { h.idle[c.to.index] = append(h.idle[c.to.index], c) }
