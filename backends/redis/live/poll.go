//go:build linux

package redislive

import (
	"bufio"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/redis"
)

// A full resynchronisation replaces a replica's data without any event. So a server that copies is
// constantly asked for the lock's key. The observer's own connection cannot ask, because it has
// sent MONITOR. Another connection does, and makes the server echo the answer. Both the question
// and the answer then appear in the observer's stream at their proper places, which shows whether
// anything happened in between.

const (
	// pollPeriod is how often a server is asked.
	pollPeriod = 20 * time.Millisecond
	// pollName is the command that reads the key. Nobody else uses it.
	pollName = "getrange"
	// foundMark begins every echoed answer.
	foundMark = "locklab: the key has "
)

var pollCommand = pollName + " " + redis.LockKey + " 0 -1\r\nPTTL " + redis.LockKey + "\r\n"

// found is the answer to pollCommand.
type found struct {
	value    string // "" if the key is not set
	lifetime int64  // ms
}

// readFound parses an echo.
func readFound(echo string) (f found, ok bool) {
	rest, ok := strings.CutPrefix(echo, foundMark)
	lifetime, value, ok2 := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(lifetime, 10, 64)
	return found{value, n}, ok && ok2 && err == nil
}

// poll asks the server until the trial is over. It reconnects when the connection breaks.
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

// dialPoller returns nil if the server cannot be reached.
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

// ask asks once and has the answer echoed. It waits for a server that is stopped.
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
