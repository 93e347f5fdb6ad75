package virtual

import (
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
}

// Call is a request on its way, and the place where its reply will be.
type Call struct {
	conn     *conn
	answered signal
	reply    any
	given    bool // the caller has stopped waiting
}

// Serve sets what the host does with each request that reaches it. handle runs outside
// any process and must not block.
func (h *Host) Serve(handle func(from sim.HostID, request any) (reply any)) { h.handle = handle }

// Send puts a request on its way and returns at once; Wait waits for the reply. It uses
// an idle connection to that host, or opens one, which costs a round trip.
func (h *Host) Send(to sim.HostID, request any) *Call {
	server := h.world.Host(to)
	c := &Call{conn: h.take(server)}
	c.answered.host = h
	handshake := 0
	if c.conn.fresh {
		c.conn.fresh, handshake = false, 1
	}
	c.conn.there.send(handshake, func() { c.serve(request) })
	return c
}

// Wait blocks the running process until the reply is there, or returns sim.ErrUnknown
// after timeout. The server may carry the request out all the same. The connection is
// given up then: a reply that comes later belongs to nobody.
func (c *Call) Wait(timeout time.Duration) (any, error) {
	if !c.answered.Wait(timeout) {
		c.given = true
		return nil, sim.ErrUnknown
	}
	return c.reply, nil
}

// serve runs on the server's host when the request is read there.
func (c *Call) serve(request any) {
	server := c.conn.to
	if server.handle == nil {
		return // nobody listens: the caller's time-out will tell
	}
	reply := server.handle(c.conn.from.id, request)
	answer := func() { c.conn.back.send(0, func() { c.receive(reply) }) }
	if server.paused > 0 { // a step stopped the server while it worked on this request
		t := &timer{place: waiting, host: server, run: answer}
		server.backlog = append(server.backlog, t)
		return
	}
	answer()
}

// receive runs on the client's host when the reply is read there.
func (c *Call) receive(reply any) {
	if c.given {
		return
	}
	c.reply = reply
	c.conn.from.give(c.conn)
	c.answered.Fire()
}

// take gives an idle connection to a server, the one used last, or a new one.
func (h *Host) take(server *Host) *conn {
	for len(h.idle) <= server.index {
		h.idle = append(h.idle, nil)
	}
	if pool := h.idle[server.index]; len(pool) > 0 {
		h.idle[server.index] = pool[:len(pool)-1]
		return pool[len(pool)-1]
	}
	w := h.world
	return &conn{from: h, to: server, there: newPipe(w, h, server), back: newPipe(w, server, h), fresh: true}
}

// give puts a connection back.
func (h *Host) give(c *conn) { h.idle[c.to.index] = append(h.idle[c.to.index], c) }
