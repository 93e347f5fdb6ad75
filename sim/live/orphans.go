//go:build linux

package live

import (
	"errors"
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// dropConnections ends what is left of the connections of the host's dead processes. Their
// kernel lives on, and would send again what they had sent and nobody has received. A kernel
// that cannot be told to (CONFIG_INET_DIAG_DESTROY) does so. Call it while the host is cut
// off: each peer is sent a reset.
func (a *Agent) dropConnections() error {
	err := a.In(func() error {
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			sockets, err := netlink.SocketDiagTCP(family)
			if err != nil && !cannotDrop(err) {
				return err
			}
			for _, s := range sockets {
				if s.INode != 0 || s.State == netlink.TCP_LISTEN || s.State == netlink.TCP_TIME_WAIT {
					continue // a process has it, or it sends nothing
				}
				local := &net.TCPAddr{IP: s.ID.Source, Port: int(s.ID.SourcePort)}
				remote := &net.TCPAddr{IP: s.ID.Destination, Port: int(s.ID.DestinationPort)}
				if err := netlink.SocketDestroy(local, remote); err != nil && !cannotDrop(err) {
					return fmt.Errorf("from %s to %s: %w", local, remote, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end the connections of dead processes on host %s: %w", a.id, err)
	}
	return nil
}

// cannotDrop tells whether an error says that there is no such connection any more, or that
// the kernel cannot end connections, or not those of IPv6, of which there are none then.
func cannotDrop(err error) bool {
	return errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, netlink.ErrNotImplemented)
}
