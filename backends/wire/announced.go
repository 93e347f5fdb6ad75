//go:build linux

package wire

import (
	"errors"
	"net"
	"sync"
	"syscall"
)

// AnnouncedConn is a client library's connection. It looks at each request that the library writes,
// and announces some of them. Until that is done, it passes nothing from the server to the library,
// so that an answer never precedes its request in a history.
type AnnouncedConn struct {
	net.Conn
	// Due looks at what is about to be written. If that is to be announced, Due returns the
	// function that does so, which is called when the kernel has taken the request; otherwise nil.
	Due     func(request []byte) (sent func())
	reading sync.Mutex
}

func (c *AnnouncedConn) Write(b []byte) (int, error) {
	sent := c.Due(b)
	if sent == nil {
		return c.Conn.Write(b)
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	n, err := c.Conn.Write(b)
	if err == nil {
		sent()
	}
	return n, err
}

func (c *AnnouncedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.reading.Lock()
	defer c.reading.Unlock()
	return n, err
}

// SyscallConn is for libraries that ask the kernel whether an idle connection is alive.
func (c *AnnouncedConn) SyscallConn() (syscall.RawConn, error) {
	raw, ok := c.Conn.(syscall.Conn)
	if !ok {
		return nil, errors.New("the connection is not one of the kernel's")
	}
	return raw.SyscallConn()
}
