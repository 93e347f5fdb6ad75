package virtual

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// conn is a connection from a client host to a server host. It carries one request at a
// time, as the pooled connections of common clients do.
type conn struct {
	from, to *Host
	there    *pipe
	back     *pipe
	fresh    bool // the handshake has not been made yet
	life     int  // of the server that it was opened to
	lasting  bool // it stays as it is when the server crashes, until that says so: see SendOver
}

// Call is a request on its way, and the place where its reply will be.
type Call struct {
	conn     *conn
	answered signal
	reply    any
	given    bool   // the caller has stopped waiting
	life     int    // of the caller's host
	then     func() // what to do with the reply, if no process waits for it
	broken   bool   // the connection was reset
}

// errReset says that the server knows nothing of the connection: it has been down meanwhile.
var errReset = fmt.Errorf("the connection was reset: %w", sim.ErrUnknown)

// Serve sets what the host does with each request that reaches it. handle runs outside
// any process and must not block.
func (h *Host) Serve(handle func(from sim.HostID, request any) (reply any)) {
	h.ServeLater(func(from sim.HostID, request any, reply func(any)) { reply(handle(from, request)) })
}

// ServeLater is Serve for a host that may answer later: handle keeps reply and calls it
// once, or never. A reply that is given after a crash of the host goes nowhere.
func (h *Host) ServeLater(handle func(from sim.HostID, request any, reply func(any))) {
	h.handle = handle
}

// Send puts a request on its way and returns at once; Wait waits for the reply. It uses
// an idle connection to that host, or opens one, which costs a round trip.
func (h *Host) Send(to sim.HostID, request any) *Call {
	server := h.world.Host(to)
	c := &Call{conn: h.take(server), life: h.life}
	c.answered.host = h
	handshake := 0
	if c.conn.fresh {
		c.conn.fresh, handshake = false, 1
	}
	c.conn.there.send(handshake, request, func() { c.serve(request) })
	return c
}

// SendOver is Send over an idle connection that Connect or Connected has made, and that lasts as
// TCP has it: what does not get through to a host that is down is sent again, and when that host
// is up again, it resets a connection of its life before. Wait returns an error that wraps
// sim.ErrUnknown then.
func (h *Host) SendOver(to sim.HostID, request any) *Call {
	c := &Call{conn: h.take(h.world.Host(to)), life: h.life}
	c.answered.host = h
	if c.conn.fresh {
		panic(fmt.Sprintf("host %s sends over a connection to %s that it does not have", h.id, to))
	}
	there := c.conn.there
	there.sendPacket(0, request, &packet{pipe: there, persists: true, deliver: func() { c.serve(request) }})
	return c
}

// reset runs on the client's host when the other kernel has said that there is no such connection.
func (c *Call) reset() {
	if !c.given && c.conn.from.life == c.life {
		c.broken = true
		c.answered.Fire()
	}
}

// Connected gives the host a connection that it made before the world began.
func (h *Host) Connected(to sim.HostID) {
	c := h.open(h.world.Host(to))
	c.fresh, c.lasting = false, true
	h.give(c)
}

// Connect opens a connection to a host for one of the calls to come, and returns at once;
// the reply, a bool, tells whether somebody listens there. The kernels see to it: also while
// the processes of that host are paused; while it is down or cannot be reached, they ask again
// and again.
func (h *Host) Connect(to sim.HostID) *Call {
	server := h.world.Host(to)
	c := &Call{conn: h.open(server), life: h.life}
	c.answered.host = h
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

// Wait blocks the running process until the reply is there, or returns sim.ErrUnknown
// after timeout. The server may carry the request out all the same. The connection is
// given up then: a reply that comes later belongs to nobody.
func (c *Call) Wait(timeout time.Duration) (any, error) {
	if !c.answered.Wait(timeout) {
		c.given = true
		return nil, sim.ErrUnknown
	}
	if c.broken {
		return nil, errReset
	}
	return c.reply, nil
}

// Then calls f with the reply when it is there, unless that takes longer than timeout: Wait
// for servers, which are no processes. f runs outside any process and must not block.
func (c *Call) Then(timeout time.Duration, f func(reply any)) {
	limit := c.conn.from.After(timeout, func() { c.given = true })
	c.then = func() {
		limit.Stop()
		f(c.reply)
	}
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
		return // nobody listens, or nobody who knows this connection: the caller's time-out will tell
	}
	server.handle(c.conn.from.id, request, func(reply any) {
		server.whenRunning(func() {
			if server.life == life {
				c.conn.back.send(0, reply, func() { c.receive(reply) })
			}
		})
	})
}

// receive runs on the client's host when the reply is read there.
func (c *Call) receive(reply any) {
	if c.given || c.conn.from.life != c.life {
		return
	}
	c.reply = reply
	c.conn.from.give(c.conn)
	c.answered.Fire()
	if c.then != nil {
		c.then()
	}
}

// Post sends a message that wants no reply. Messages from one host to another arrive in
// order, unless one of the two crashes in between.
func (h *Host) Post(to sim.HostID, message any) {
	receiver := h.world.Host(to)
	for len(h.posts) <= receiver.index {
		h.posts = append(h.posts, nil)
	}
	if h.posts[receiver.index] == nil {
		h.posts[receiver.index] = newPipe(h.world, h, receiver)
	}
	life, pipe := receiver.life, h.posts[receiver.index]
	pipe.send(0, message, func() {
		if receiver.receive != nil && receiver.life == life && !pipe.hungUp {
			receiver.receive(h.id, message)
		}
	})
}

// HangUp closes the connection that messages posted to a host go over, as a program does
// that has given up on it: what has not arrived never will, and the next Post opens
// another, which waits for no retransmission of the old one.
func (h *Host) HangUp(to sim.HostID) {
	i := h.world.Host(to).index
	if i < len(h.posts) && h.posts[i] != nil {
		h.posts[i].hungUp = true
		h.posts[i] = nil
	}
}

// Receive sets what the host does with each posted message. receive runs outside any
// process and must not block.
func (h *Host) Receive(receive func(from sim.HostID, message any)) { h.receive = receive }

// take gives an idle connection to a server, the one used last, or a new one.
func (h *Host) take(server *Host) *conn {
	if server.index < len(h.idle) {
		if pool := h.idle[server.index]; len(pool) > 0 {
			h.idle[server.index] = pool[:len(pool)-1]
			return pool[len(pool)-1]
		}
	}
	return h.open(server)
}

// open makes a connection to a server, of which the handshake is still to come.
func (h *Host) open(server *Host) *conn {
	for len(h.idle) <= server.index {
		h.idle = append(h.idle, nil)
	}
	w := h.world
	return &conn{from: h, to: server, there: newPipe(w, h, server), back: newPipe(w, server, h), fresh: true, life: server.life}
}

// give puts a connection back.
func (h *Host) give(c *conn) { h.idle[c.to.index] = append(h.idle[c.to.index], c) }
