//go:build linux

package lib

import (
	"errors"
	"net"
	"sync"
	"syscall"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
)

// watchedConn is a connection that belongs to a library. It looks at each request that the
// library writes, and says when one that asks for the lock is on its way: until that has
// been said, the library is not given anything that comes from the server.
type watchedConn struct {
	net.Conn
	host wire.Host // the client's
	// asks tells whether a request asks for the lock, and if it is known, under which name
	// the service will know the grant.
	asks func(request []byte) (grant string, yes bool)
	// sent is called when the kernel has taken such a request.
	sent    func(grant string)
	reading sync.Mutex
}

func (c *watchedConn) Write(b []byte) (int, error) {
	grant, yes := c.asks(b)
	if !yes {
		return c.Conn.Write(b)
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	c.host.Sending(sim.AcquireSent)
	n, err := c.Conn.Write(b)
	if err == nil {
		c.sent(grant)
	}
	return n, err
}

func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.reading.Lock()
	defer c.reading.Unlock()
	return n, err
}

// SyscallConn is for libraries that ask the kernel whether an idle connection is alive.
func (c *watchedConn) SyscallConn() (syscall.RawConn, error) {
	raw, ok := c.Conn.(syscall.Conn)
	if !ok {
		return nil, errors.New("the connection is not one of the kernel's")
	}
	return raw.SyscallConn()
}
