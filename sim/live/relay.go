//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const (
	// reachLimit is how long a server outside may take to accept a connection.
	reachLimit = 5 * time.Second
	// drainLimit is how long servers outside may take at the end to read what clients had
	// still sent, and to close.
	drainLimit = 2 * time.Second
)

// Relay leads out of the live world, whose namespaces have no way to any other network. It
// belongs to the outer process, and carries what comes over unix sockets in a directory
// that only this user can enter to the addresses that it was made for, and to nothing else.
type Relay struct {
	dir       string
	listeners []net.Listener
	at        sync.WaitGroup // connections that are being carried, and listeners

	mu      sync.Mutex
	servers map[net.Conn]bool // ends of connections at servers
	inner   map[net.Conn]bool // and on the inner side
	closed  bool
}

// NewRelay makes a relay to servers at these addresses, as net.Dial takes them. It fails
// when one of them cannot be reached. Close it when the inner process has ended.
func NewRelay(addresses []string) (*Relay, error) {
	for _, address := range addresses {
		conn, err := net.DialTimeout("tcp", address, reachLimit)
		if err != nil {
			return nil, fmt.Errorf("reach the server at %s: %w", address, err)
		}
		conn.Close()
	}
	dir, err := os.MkdirTemp("", "locklab-relay-") // with mode 0700
	if err != nil {
		return nil, fmt.Errorf("make a directory for the relay's sockets: %w", err)
	}
	r := &Relay{dir: dir, servers: map[net.Conn]bool{}, inner: map[net.Conn]bool{}}
	for i, address := range addresses {
		l, err := net.Listen("unix", RelaySocket(dir, i))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("make the relay to %s: %w (TMPDIR may be too long a path for a socket)", address, err), r.Close())
		}
		r.listeners = append(r.listeners, l)
		r.at.Go(func() { r.serve(l, address) })
	}
	return r, nil
}

// Dir is the directory of the sockets. Close removes it with everything in it.
func (r *Relay) Dir() string { return r.dir }

// RelaySocket gives the socket that leads to the address of this index, in the order of
// NewRelay, from 0.
func RelaySocket(dir string, index int) string {
	return filepath.Join(dir, "to-"+strconv.Itoa(index))
}

func (r *Relay) serve(l net.Listener, address string) {
	for {
		inner, err := l.Accept()
		if err != nil {
			return // it has been closed
		}
		r.at.Go(func() { r.carry(inner, address) })
	}
}

// carry carries one connection.
func (r *Relay) carry(inner net.Conn, address string) {
	if !r.note(r.inner, inner) {
		return
	}
	defer r.forget(r.inner, inner)
	server, err := net.DialTimeout("tcp", address, reachLimit)
	if err != nil {
		return // the client sees its connection closed
	}
	if !r.note(r.servers, server) {
		return
	}
	defer r.forget(r.servers, server)
	join(inner, server)
}

// note takes note of an end of a connection; false: the relay is closed, and so is the end.
func (r *Relay) note(ends map[net.Conn]bool, c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		c.Close()
		return false
	}
	ends[c] = true
	return true
}

func (r *Relay) forget(ends map[net.Conn]bool, c net.Conn) {
	c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(ends, c)
}

// each does something to every end of a connection on one side.
func (r *Relay) each(ends map[net.Conn]bool, f func(net.Conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range ends {
		f(c)
	}
}

// Close ends the relay. It returns when the servers have read what had been sent to them
// and have closed their ends, so that nothing is still on its way, or soon after: a server
// that does not close is not waited for. The clients must have ended, or nothing more that
// they send counts.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	for _, l := range r.listeners {
		l.Close() // it was open, and its socket goes with the directory
	}
	// What clients that have ended had sent is still there to be read, and then the end. One
	// that has not ended is not waited for either.
	late := time.AfterFunc(drainLimit, func() {
		r.each(r.inner, func(c net.Conn) { c.Close() })
		r.each(r.servers, func(c net.Conn) { c.Close() })
	})
	r.at.Wait()
	late.Stop()
	if err := os.RemoveAll(r.dir); err != nil {
		return fmt.Errorf("remove the relay's sockets: %w", err)
	}
	return nil
}

// join carries bytes both ways until both ends have ended, and passes the end of each
// direction on by itself, as TCP does.
func join(a, b net.Conn) {
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			from, to := way[0], way[1]
			_, _ = io.Copy(to, from) // whatever ended it, the other end is to know
			if half, ok := to.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			}
		})
	}
	both.Wait()
}

// DialRelay connects to a server outside through a relay's socket, past the lab's network.
func DialRelay(ctx context.Context, socket string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", socket)
}
