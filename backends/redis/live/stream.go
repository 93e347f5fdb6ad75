//go:build linux

package redislive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/wire"
)

// endMark is what the observer makes the server repeat at the end of the trial: when it comes back,
// the observer has seen everything before it.
const endMark = "locklab: the observer has seen everything"

var (
	endCommand = fmt.Sprintf("ECHO %q\r\n", endMark)
	// greeting asks for the server's state and subscribes to all later changes. The server handles
	// it in one go, so nothing is missed in between.
	greeting = "HELLO 3\r\nTIME\r\nROLE\r\nGET " + redis.CounterKey + "\r\n" +
		"GET " + redis.LockKey + "\r\nPTTL " + redis.LockKey + "\r\n" +
		"PSUBSCRIBE __keyevent@0__:*\r\nMONITOR\r\n"
)

// greetingAnswers is the number of answers to the greeting.
const greetingAnswers = 8

// present is a server's state when the observer connects.
type present struct {
	clock   int64  // its wall clock, Unix time in ms
	master  bool   // it is one
	tokens  uint64 // the counter's value
	value   string // the lock's; "" if not set
	expires int64  // Unix time in ms
}

// stream is the observer's connection.
type stream struct {
	conn  net.Conn
	input *bufio.Reader
}

// openStream connects, asks for the server's state, and subscribes. From then on nothing is missed.
func openStream(network, address string) (*stream, present, error) {
	about := func(err error) error { return fmt.Errorf("observe redis at %s: %w", address, err) }
	conn, err := net.DialTimeout(network, address, connectLimit)
	if err != nil {
		return nil, present{}, about(err)
	}
	s := &stream{conn: conn, input: bufio.NewReader(conn)}
	now, err := s.greet()
	if err != nil {
		conn.Close()
		return nil, present{}, about(fmt.Errorf("%w (it must be version 6 or later)", err))
	}
	return s, now, nil
}

func (s *stream) greet() (present, error) {
	if err := s.conn.SetDeadline(time.Now().Add(connectLimit)); err != nil {
		return present{}, err
	}
	if _, err := s.conn.Write([]byte(greeting)); err != nil {
		return present{}, err
	}
	var answers []value
	for range greetingAnswers {
		v, err := readValue(s.input)
		if err != nil {
			return present{}, err
		}
		answers = append(answers, v)
	}
	now, err := readPresent(answers)
	if err != nil {
		return present{}, err
	}
	return now, s.conn.SetDeadline(time.Time{})
}

// readPresent parses the answers to the greeting.
func readPresent(answers []value) (p present, err error) {
	clock, role := answers[1].list, answers[2].list
	if len(clock) != 2 || len(role) == 0 {
		return present{}, fmt.Errorf("the server told its time as %+v and its role as %+v", answers[1], answers[2])
	}
	number := func(text string) int64 {
		n, bad := strconv.ParseInt(text, 10, 64)
		err = errors.Join(err, bad)
		return n
	}
	p.clock = 1000*number(clock[0].text) + number(clock[1].text)/1000
	p.master = role[0].text == "master"
	if answers[3].text != "" {
		p.tokens = uint64(number(answers[3].text))
	}
	p.value = answers[4].text
	p.expires = p.clock + number(answers[5].text)
	return p, err
}

// end asks for the end mark.
func (s *stream) end() error {
	_, err := io.WriteString(s.conn, endCommand)
	return err
}

// follow passes events to a recorder until the end mark comes back or the connection breaks.
func (s *stream) follow(h wire.Host, w *recorder) error {
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
		case v.kind == '+':
			w.line(v.text)
		}
	}
}

// isBroken reports whether an error means that the connection is broken, or that the server is not
// ready for a new one yet.
func isBroken(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}
