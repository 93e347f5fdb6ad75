//go:build linux

package wire

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/sim"
)

// Client sends requests from one host to one service. A connection carries one request at a time
// and is kept for the next one. Its methods, and those of its calls, must be used by processes that
// hold the host.
type Client[Q, R any] struct {
	host    Host
	address string
	idle    []*connection
}

type connection struct {
	net.Conn
	lines *bufio.Reader
}

// NewClient makes a client of the service at address ("IP:port") and connects to it
// within timeout, so that the first request does not have to.
func NewClient[Q, R any](h Host, address string, timeout time.Duration) (*Client[Q, R], error) {
	c := &Client[Q, R]{host: h, address: address}
	conn, err := c.connect(timeout)
	if err != nil {
		return nil, err
	}
	c.idle = append(c.idle, conn)
	return c, nil
}

// Call is a request on its way.
type Call[Q, R any] struct {
	client *Client[Q, R]
	conn   *connection
	spent  time.Duration // on connecting
}

// Send puts a request on its way and returns when the kernel has taken all of it. The
// error wraps sim.ErrUnknown. timeout only matters if there is no idle connection.
func (c *Client[Q, R]) Send(request Q, timeout time.Duration) (*Call[Q, R], error) {
	line, err := json.Marshal(envelope[Q]{From: c.host.ID(), Trial: sim.NonceOf(c.host), Request: request})
	if err != nil {
		return nil, fmt.Errorf("encode a request to %s: %w", c.address, err)
	}
	before := c.host.Now()
	conn, err := c.take(timeout)
	if err != nil {
		return nil, err
	}
	c.host.Outside(func() {
		if err = conn.SetWriteDeadline(time.Now().Add(timeout)); err == nil {
			_, err = conn.Write(append(line, '\n'))
		}
	})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("send to %s: %w (%v)", c.address, sim.ErrUnknown, err)
	}
	return &Call[Q, R]{client: c, conn: conn, spent: c.host.Now() - before}, nil
}

// Wait gives up the host until the answer is there. After timeout, less the time for connecting, it
// drops the connection and returns an error that wraps sim.ErrUnknown.
func (call *Call[Q, R]) Wait(timeout time.Duration) (reply R, err error) {
	c, conn := call.client, call.conn
	var line []byte
	c.host.Outside(func() {
		if err = conn.SetReadDeadline(time.Now().Add(timeout - call.spent)); err == nil {
			line, err = conn.lines.ReadBytes('\n')
		}
	})
	if err != nil {
		conn.Close()
		return reply, fmt.Errorf("wait for the answer of %s: %w (%v)", c.address, sim.ErrUnknown, err)
	}
	c.idle = append(c.idle, conn)
	if err := json.Unmarshal(line, &reply); err != nil {
		return reply, fmt.Errorf("read the answer %q of %s: %w", line, c.address, err)
	}
	return reply, nil
}

// take returns the most recently used idle connection, or a new one.
func (c *Client[Q, R]) take(timeout time.Duration) (*connection, error) {
	if n := len(c.idle); n > 0 {
		conn := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return conn, nil
	}
	return c.connect(timeout)
}

func (c *Client[Q, R]) connect(timeout time.Duration) (*connection, error) {
	var conn net.Conn
	var err error
	c.host.Outside(func() { conn, err = net.DialTimeout("tcp", c.address, timeout) })
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w (%v)", c.address, sim.ErrUnknown, err)
	}
	return &connection{Conn: conn, lines: bufio.NewReader(conn)}, nil
}
