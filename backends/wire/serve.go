//go:build linux

package wire

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"

	"github.com/locklab/locklab/sim"
)

// Serve answers the requests on connections to l, one at a time on the whole host, until the
// listener fails or answer returns an error. It must be called by a process that holds the host.
func Serve[Q, R any](h Host, l net.Listener, answer func(from sim.HostID, request Q) (R, error)) error {
	var failed error // the host is a monitor, so its processes can share this
	for {
		var conn net.Conn
		var err error
		h.Outside(func() { conn, err = l.Accept() })
		if failed != nil {
			return failed
		}
		if err != nil {
			return fmt.Errorf("accept connections on %s: %w", l.Addr(), err)
		}
		h.Go("connection", func(sim.Host) {
			if err := converse(h, conn, answer); err != nil && failed == nil {
				failed = err
				l.Close() // wakes the accepting process, which reports the failure
			}
		})
	}
}

// converse answers the requests on one connection. It is no error if the client goes away.
func converse[Q, R any](h Host, conn net.Conn, answer func(sim.HostID, Q) (R, error)) error {
	defer conn.Close()
	lines := bufio.NewReader(conn)
	for {
		var line []byte
		var err error
		h.Outside(func() { line, err = lines.ReadBytes('\n') })
		if err != nil {
			return nil
		}
		var e envelope[Q]
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read the request %q: %w", line, err)
		}
		if own := sim.NonceOf(h); e.Trial != own {
			return fmt.Errorf("the request %q is of trial %q, and this is trial %q", line, e.Trial, own)
		}
		reply, err := answer(e.From, e.Request)
		if err != nil {
			return fmt.Errorf("answer %s: %w", e.From, err)
		}
		line, err = json.Marshal(reply)
		if err != nil {
			return fmt.Errorf("encode the answer to %s: %w", e.From, err)
		}
		h.Outside(func() { _, err = conn.Write(append(line, '\n')) })
		if err != nil {
			return nil
		}
	}
}
