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
	err := a.endConnections(func(s *netlink.Socket) bool { return s.INode == 0 }) // no process has it
	if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("end the connections of dead processes on host %s: %w", a.id, err)
	}
	return nil
}

// endConnections ends the host's TCP connections that are to be ended, whoever has them:
// nothing of them is sent any more but a reset to each peer. The error is EOPNOTSUPP if the
// kernel cannot be told to end one.
func (a *Agent) endConnections(which func(*netlink.Socket) bool) error {
	return a.In(func() error {
		for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
			sockets, err := netlink.SocketDiagTCP(family)
			for errors.Is(err, netlink.ErrDumpInterrupted) {
				sockets, err = netlink.SocketDiagTCP(family)
			}
			if err != nil {
				return fmt.Errorf("list connections: %w", err)
			}
			for _, s := range sockets {
				if s.State == netlink.TCP_LISTEN || s.State == netlink.TCP_TIME_WAIT || !which(s) {
					continue // these send nothing
				}
				local := &net.TCPAddr{IP: s.ID.Source, Port: int(s.ID.SourcePort)}
				remote := &net.TCPAddr{IP: s.ID.Destination, Port: int(s.ID.DestinationPort)}
				// Hosts have addresses of IPv4; Java shows them as those of IPv6.
				if local.IP.To4() == nil || remote.IP.To4() == nil {
					continue
				}
				if err := netlink.SocketDestroy(local, remote); err != nil && !errors.Is(err, unix.ENOENT) {
					return fmt.Errorf("end the connection from %s to %s: %w", local, remote, err)
				}
			}
		}
		return nil
	})
}
