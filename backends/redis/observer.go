//go:build linux

package redis

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim/live"
)

// The observer records what the server does to the lock, in the server's order.
//
// A keyspace event says what happened to which key, but not its value; a MONITOR line
// has the value, but not whether the command did anything. In RESP3 one connection can
// have both, and the server writes them in the order in which things happen: the event
// while a command runs, the line of the command (of each command inside a script, too)
// right after it. So "set account" followed by the line SET account VALUE … is a grant to
// VALUE, and a SET without an event before it was refused. Nothing has to be asked
// afterwards, when the answer might be another one.

// endMark is what the observer has the server repeat at the end of the trial: when it
// comes back, everything before it has been seen.
const endMark = "locklab: the observer has seen everything"

type observerSpec struct{ Network, Address string }

func observe(h *live.Host, spec json.RawMessage) error {
	var at observerSpec
	if err := json.Unmarshal(spec, &at); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	stopped := h.Stopped()
	stream, err := openStream(at.Network, at.Address)
	if err != nil {
		return err
	}
	defer stream.conn.Close()
	h.Ready()
	h.AwaitStart()
	go func() {
		<-stopped
		// If the server cannot answer any more, there is nothing left to see.
		stream.conn.SetReadDeadline(time.Now().Add(time.Second))
		stream.end()
	}()
	err = stream.follow(h)
	select {
	case <-stopped:
		return nil
	default:
		return err
	}
}

// stream is the observer's connection.
type stream struct {
	conn  net.Conn
	input *bufio.Reader
}

// openStream connects and subscribes. From its return on nothing is missed.
func openStream(network, address string) (*stream, error) {
	conn, err := net.DialTimeout(network, address, connectLimit)
	if err != nil {
		return nil, fmt.Errorf("observe redis at %s: %w", address, err)
	}
	s := &stream{conn: conn, input: bufio.NewReader(conn)}
	const greeting = "HELLO 3\r\nPSUBSCRIBE __keyevent@0__:*\r\nMONITOR\r\n"
	if err := conn.SetDeadline(time.Now().Add(connectLimit)); err != nil {
		return nil, err
	}
	if _, err := conn.Write([]byte(greeting)); err != nil {
		return nil, fmt.Errorf("observe redis at %s: %w", address, err)
	}
	for range 3 { // one answer to each
		if _, err := readValue(s.input); err != nil {
			conn.Close()
			return nil, fmt.Errorf("observe redis at %s (it must be version 6 or later): %w", address, err)
		}
	}
	return s, conn.SetDeadline(time.Time{})
}

// end asks for the end mark.
func (s *stream) end() error {
	_, err := fmt.Fprintf(s.conn, "ECHO %q\r\n", endMark)
	return err
}

// follow records what happens until the end mark comes back or the connection breaks.
func (s *stream) follow(h wire.Host) error {
	w := newWitness(h.Record)
	for {
		var v value
		var err error
		h.Outside(func() { v, err = readValue(s.input) })
		switch {
		case err != nil:
			return fmt.Errorf("observe redis: %w", err)
		case v.text == endMark:
			return nil
		case len(v.list) == 4 && v.list[0].text == "pmessage":
			w.event(v.list[2].text, v.list[3].text)
		case v.list == nil:
			w.line(v.text)
		}
	}
}
