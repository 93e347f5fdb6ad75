//go:build linux

package redis

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// A full resynchronisation replaces what a replica has without any event. So a server that
// copies is asked all the time what the lock's key holds. The observer's own connection may
// not ask, as one that has sent MONITOR. Another one does, and has the server echo the
// answer: then both the question and the answer are in the observer's stream, in their
// places, and it is seen whether something happened in between.

const (
	// pollPeriod is how often a server is asked.
	pollPeriod = 20 * time.Millisecond
	// pollName is the command that reads the key. Nobody else uses it.
	pollName = "getrange"
	// foundMark begins what is echoed.
	foundMark = "locklab: the key has "
)

var pollCommand = pollName + " " + LockKey + " 0 -1\r\nPTTL " + LockKey + "\r\n"

// found is the answer to pollCommand.
type found struct {
	value    string // empty: nothing
	lifetime int64  // ms
}

// readFound reads an echo from what was echoed.
func readFound(echo string) (f found, ok bool) {
	rest, ok := strings.CutPrefix(echo, foundMark)
	lifetime, value, ok2 := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(lifetime, 10, 64)
	return found{value, n}, ok && ok2 && err == nil
}

// poll asks the server until the trial is over. When the connection breaks it makes another
// one.
func (o *observer) poll() {
	var p *poller
	defer func() { p.close() }()
	tick := time.NewTicker(pollPeriod)
	defer tick.Stop()
	for {
		select {
		case <-o.stopped:
			return
		case <-tick.C:
		}
		if p == nil {
			p = dialPoller(o.at.Network, o.at.Address)
		}
		if p != nil && p.ask() != nil {
			p.close()
			p = nil
		}
	}
}

// poller is the connection that asks.
type poller struct {
	conn  net.Conn
	input *bufio.Reader
}

// dialPoller gives nil when the server cannot be reached.
func dialPoller(network, address string) *poller {
	conn, err := net.DialTimeout(network, address, connectLimit)
	if err != nil {
		return nil
	}
	return &poller{conn: conn, input: bufio.NewReader(conn)}
}

func (p *poller) close() {
	if p != nil {
		p.conn.Close()
	}
}

// ask asks once and has the answer echoed. A server that is stopped is waited for.
func (p *poller) ask() error {
	if _, err := p.conn.Write([]byte(pollCommand)); err != nil {
		return err
	}
	value, err := readValue(p.input)
	if err != nil {
		return err
	}
	lifetime, err := readValue(p.input)
	if err != nil {
		return err
	}
	echo := fmt.Sprintf("%s%s %s", foundMark, lifetime.text, value.text)
	if _, err := fmt.Fprintf(p.conn, "ECHO %q\r\n", echo); err != nil {
		return err
	}
	_, err = readValue(p.input)
	return err
}
