package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Three goroutines of go-zookeeper work on one connection: sendLoop, recvLoop, and the one that
// waits for an answer. When their process continues after a stop, everything that has become due or
// has arrived meanwhile is there at once, and Go's scheduler decides what comes first. The model
// draws it. These are the shares, in per cent, that were counted with the library itself
// (docs/fidelity.md).
const (
	// readFirst: recvLoop reads what has arrived although its read deadline has passed. A wait that
	// the network poller ends reads; one that the deadline's timer ends does not (conn.go,
	// recvLoop; Go's internal/poll.FD.Read and runtime.netpollblock). A thread interrupted by a
	// stop looks at timers first, but only at those of the processor that it is given.
	readFirst = 40
	// pingFirst: sendLoop has taken the tick of its pingTicker, which is due before the read
	// deadline, before recvLoop has closed closeChan; a select does not revise its choice.
	pingFirst = 80
	// sentFirst: the goroutine that got an answer has put its next request into sendChan before
	// recvLoop, which reads on meanwhile, has found the end of the connection, and sendLoop takes
	// it. The request is sent in vain or refused (sendData), and fails; otherwise it waits for the
	// next connection.
	sentFirst = 33
)

// race is the state of the race between a client's goroutines.
type race struct {
	on   bool          // they race, as go-zookeeper's do
	at   time.Duration // when the end of a connection was read right after something else
	torn connID        // that connection; zero if none
	from sim.HostID    // its server
}

// drawn is true in the given percentage of all cases.
func (c *client) drawn(share uint64) bool { return c.host.Uint64()%100 < share }

// wake deals with what is overdue, which happens only if the client was stopped. It draws whether
// the ping goes out first or last, and whether what has arrived is read before the client's
// patience is found to have run out. It returns false if nothing is overdue.
func (c *client) wake() bool {
	now := c.host.Now()
	if !c.race.on || !c.state.Connected || now <= min(c.pingDue, c.silent) {
		return false
	}
	impatient := now >= c.silent
	if now >= c.pingDue {
		c.pingWhenAwake()
	}
	switch {
	case impatient && c.drawn(readFirst):
		c.silent = now
		c.arm(0, c.impatient)
	case impatient:
		c.hangUp()
	}
	return true
}

// pingWhenAwake sends the overdue ping now, or after everything that has arrived, if the connection
// is still there then.
func (c *client) pingWhenAwake() {
	c.ping.Stop()
	c.keepAlive()
	if c.drawn(pingFirst) {
		c.sendPing()
		return
	}
	over := c.conn
	c.host.After(0, func() {
		if c.state.Connected && c.conn == over {
			c.sendPing()
		}
	})
}

// tear records the end of a connection over which something has just been read.
func (c *client) tear() {
	if c.race.on && c.state.Connected && c.state.Heard == c.host.Now() {
		c.race.at, c.race.torn, c.race.from = c.host.Now(), c.conn, c.server()
	}
}

// caught draws whether a request is made in time for the connection that has ended at this very
// moment; if so, the request fails.
func (c *client) caught(each *call) bool {
	torn := c.race.torn
	if torn == (connID{}) || c.race.at != c.host.Now() {
		return false
	}
	c.race.torn = connID{}
	if !c.drawn(sentFirst) {
		return false
	}
	c.put(each, c.race.from, torn)
	c.host.HangUp(c.race.from)
	c.fail(func(other *call) bool { return other == each }, ErrConnectionLost)
	return true
}
