//go:build linux

package network_test

import (
	"errors"
	"net"
	"testing"

	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/live/network"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Ending a connection that is already gone does no harm: the server keeps listening.
func TestAServerGoesOnListeningWhenAConnectionThatIsGoneIsEnded(t *testing.T) {
	b := connected(t, client1, server1)
	needDrop(t, b)
	l := b.listen(t, server1)
	client, server := b.connect(t, l)
	var gone netlink.SocketID
	inside := func(f func() error) {
		t.Helper()
		if err := b.spaces[server1].In(f); err != nil {
			t.Fatal(err)
		}
	}
	inside(func() error {
		sockets, err := netlink.SocketDiagTCP(unix.AF_INET)
		for _, s := range sockets {
			if s.State == netlink.TCP_ESTABLISHED {
				gone = s.ID
			}
		}
		return err
	})
	client.(*net.TCPConn).SetLinger(0) // the connection is reset, and no kernel remembers it
	client.Close()
	if _, err := server.Read(make([]byte, 1)); err == nil {
		t.Fatal("the connection is not gone")
	}
	server.Close()
	inside(func() error { return network.EndConnection(gone) })
	b.connect(t, l)
}

// needDrop requires a kernel that can end connections on request: only then does it look for the
// connection, which does not exist.
func needDrop(t *testing.T, b *bench) {
	t.Helper()
	nobody := &net.TCPAddr{IP: network.IP(b.numbers[client1]), Port: 1}
	err := b.spaces[client1].In(func() error { return netlink.SocketDestroy(nobody, nobody) })
	if !errors.Is(err, unix.ENOENT) {
		livetest.NeedAll(t, errors.New("this kernel cannot end connections of dead processes (CONFIG_INET_DIAG_DESTROY)"))
	}
}
