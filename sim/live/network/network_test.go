//go:build linux

package network_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/live/network"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, nil)) }

const (
	client1 sim.HostID = "client-1"
	server1 sim.HostID = "server-1"
)

// giveUp is the time after which tests give up waiting.
const giveUp = 30 * time.Second

// bench is a switch with hosts.
type bench struct {
	*network.Switch
	numbers map[sim.HostID]byte
	spaces  map[sim.HostID]*network.Namespace
}

// connected returns a switch with these hosts.
func connected(t testing.TB, hosts ...sim.HostID) *bench {
	t.Helper()
	livetest.Need(t)
	s, err := network.New()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Switch: s, numbers: map[sim.HostID]byte{}, spaces: map[sim.HostID]*network.Namespace{}}
	t.Cleanup(func() {
		failed := []error{s.Close()} // a cable that is gone before its port is closed is an error
		for _, space := range b.spaces {
			failed = append(failed, space.Close())
		}
		if err := errors.Join(failed...); err != nil {
			t.Error(err)
		}
	})
	for i, id := range hosts {
		space, err := network.NewNamespace()
		if err != nil {
			t.Fatal(err)
		}
		b.numbers[id], b.spaces[id] = byte(i+1), space
		if err := s.Connect(id, b.numbers[id], space); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bench) address(host sim.HostID) string { return network.IP(b.numbers[host]).String() }

// links returns the link from one host to another.
func (b *bench) links(from, to sim.HostID) []*network.Link {
	return []*network.Link{b.Link(b.numbers[from], b.numbers[to])}
}

// listen listens on a host.
func (b *bench) listen(t testing.TB, host sim.HostID) (l net.Listener) {
	t.Helper()
	if err := b.spaces[host].In(func() (err error) { l, err = net.Listen("tcp", b.address(host)+":0"); return err }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// dial connects from a host to an address.
func (b *bench) dial(ctx context.Context, from sim.HostID, address string) (conn net.Conn, err error) {
	err = b.spaces[from].In(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

// connect opens a connection from the client to the server.
func (b *bench) connect(t testing.TB, l net.Listener) (client, server net.Conn) {
	t.Helper()
	client, err := b.dial(t.Context(), client1, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

func say(t testing.TB, c net.Conn, what string) {
	t.Helper()
	if _, err := io.WriteString(c, what); err != nil {
		t.Fatal(err)
	}
}

// wantHeard waits until these words come in.
func wantHeard(t testing.TB, c net.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(giveUp))
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("heard %q, %v, want %q", got[:n], err, want)
	}
}
