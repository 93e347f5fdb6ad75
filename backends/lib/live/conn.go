//go:build linux

package liblive

import (
	"net"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
)

// watch listens in on a library's connection. asks reports whether a request asks for the lock and,
// if known, the service's name for the future grant; sent is called when the kernel has taken such
// a request.
func watch(conn net.Conn, host wire.Host, asks func(request []byte) (grant string, yes bool), sent func(grant string)) *wire.AnnouncedConn {
	return &wire.AnnouncedConn{Conn: conn, Due: func(request []byte) func() {
		grant, yes := asks(request)
		if !yes {
			return nil
		}
		host.Sending(sim.AcquireSent)
		return func() { sent(grant) }
	}}
}
