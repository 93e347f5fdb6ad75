//go:build linux

// Package relay connects the live world, whose namespaces have no route to any other network, to
// servers that somebody else runs: a Relay outside, and on hosts a helper that stands in for a server.
package relay

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
	// drainLimit is how long servers outside may take at the end to read what clients have sent,
	// and to close.
	drainLimit = 2 * time.Second
)

// Relay connects the live world to servers outside. It belongs to the outer process. It forwards connections from unix sockets, in a
// directory that only this user can enter, to the addresses it was made for, and to nothing
// else.
type Relay struct {
	dir       string
	listeners []net.Listener
	at        sync.WaitGroup // connections being forwarded, and listeners

	mu      sync.Mutex
	servers map[net.Conn]bool // ends of connections at servers
	inner   map[net.Conn]bool // ends on the inner side
	closed  bool
}

// New returns a relay to servers at these addresses, in the form that net.Dial takes. It
// fails if one of them cannot be reached. Close the relay when the inner process has ended.
func New(addresses []string) (*Relay, error) {
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
		l, err := net.Listen("unix", Socket(dir, i))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("make the relay to %s: %w (TMPDIR may be too long a path for a socket)", address, err), r.Close())
		}
		r.listeners = append(r.listeners, l)
		r.at.Go(func() { r.serve(l, address) })
	}
	return r, nil
}

// Dir returns the directory of the sockets. Close removes it with everything in it.
func (r *Relay) Dir() string { return r.dir }

// Socket returns the path of the socket that leads to the address with this index, from 0,
// in the order of New.
func Socket(dir string, index int) string {
	return filepath.Join(dir, "to-"+strconv.Itoa(index))
}

func (r *Relay) serve(l net.Listener, address string) {
	for {
		inner, err := l.Accept()
		if err != nil {
			return // the listener has been closed
		}
		r.at.Go(func() { r.carry(inner, address) })
	}
}

// carry forwards one connection.
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

// note registers an end of a connection. It returns false if the relay is closed, and closes the
// end.
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

// each calls f for every end of a connection on one side.
func (r *Relay) each(ends map[net.Conn]bool, f func(net.Conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range ends {
		f(c)
	}
}

// Close closes the relay. It returns when the servers have read everything sent to them and have
// closed their ends, so that nothing is still on its way. It waits at most drainLimit for a
// server that does not close. The clients must have ended; nothing they send later counts.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	for _, l := range r.listeners {
		l.Close() // it was open, and its socket goes with the directory
	}
	// What ended clients have sent can still be read, followed by the end of the stream. Clients
	// that have not ended are not waited for either.
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

// join copies bytes both ways until both directions have ended. It passes on the end of each
// direction separately, as TCP does.
func join(a, b net.Conn) {
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			from, to := way[0], way[1]
			_, _ = io.Copy(to, from) // whatever ended it, the other end must be told
			if half, ok := to.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			}
		})
	}
	both.Wait()
}

// Dial connects to a server outside through a relay's socket, bypassing the lab's network.
func Dial(ctx context.Context, socket string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", socket)
}
