//go:build linux

package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// DropConnections ends the TCP connections in the namespace that belong to no process any more. The
// error is EOPNOTSUPP if the kernel cannot end connections.
func (n *Namespace) DropConnections() error {
	return n.endConnections(func(s *netlink.Socket) bool { return s.INode == 0 })
}

// EndConnections ends the TCP connections in the namespace from or to one of these addresses,
// whichever process owns them. It fails as DropConnections does.
func (n *Namespace) EndConnections(with []net.IP) error {
	return n.endConnections(func(s *netlink.Socket) bool {
		return slices.ContainsFunc(with, func(ip net.IP) bool { return ip.Equal(s.ID.Source) || ip.Equal(s.ID.Destination) })
	})
}

// endConnections ends those of the TCP connections in the namespace for which which is true: nothing
// of them is sent any more but a reset to each peer.
func (n *Namespace) endConnections(which func(*netlink.Socket) bool) error {
	return n.In(func() error {
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
				if err := endConnection(s.ID); err != nil {
					return fmt.Errorf("end the connection from %s:%d to %s:%d: %w", s.ID.Source, s.ID.SourcePort, s.ID.Destination, s.ID.DestinationPort, err)
				}
			}
		}
		return nil
	})
}

// endConnection makes the kernel end the connection of this socket, unless it is gone. The
// request includes the socket's cookie because the kernel looks up a connection by its
// addresses. If the connection is gone, that finds the socket that listens there; ending that
// one would leave a running server that nobody can connect to any more.
func endConnection(id netlink.SocketID) error {
	if id.Source.To4() == nil || id.Destination.To4() == nil {
		return nil // hosts have IPv4 addresses; Java's sockets show them as IPv6
	}
	req := nl.NewNetlinkRequest(nl.SOCK_DESTROY, unix.NLM_F_ACK)
	req.AddData(destroy(id))
	_, err := req.Execute(unix.NETLINK_INET_DIAG, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESTALE) {
		return nil
	}
	return err
}

// destroy is a struct inet_diag_req_v2 (linux/inet_diag.h) that names one IPv4 socket.
type destroy netlink.SocketID

func (destroy) Len() int { return 56 }

func (d destroy) Serialize() []byte {
	b := make([]byte, d.Len())
	native := nl.NativeEndian()
	b[0], b[1] = unix.AF_INET, unix.IPPROTO_TCP
	binary.BigEndian.PutUint16(b[8:], d.SourcePort)
	binary.BigEndian.PutUint16(b[10:], d.DestinationPort)
	copy(b[12:], d.Source.To4())
	copy(b[28:], d.Destination.To4())
	native.PutUint32(b[44:], d.Interface)
	native.PutUint32(b[48:], d.Cookie[0])
	native.PutUint32(b[52:], d.Cookie[1])
	return b
}
