//go:build linux

package redislive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	goredis "github.com/redis/go-redis/v9"
)

// Client is the Port over go-redis. It keeps the connections that it made and takes the most
// recently used one first.
type Client struct {
	// Sent, if set, is called instead of recording sim.AcquireSent, with the requested value.
	Sent func(value string)
	// Unannounced is set if something else must be sent before what Sent records, and it waits for
	// the answer to this command. The network must then keep nothing back (see live.Host).
	Unannounced bool

	host             wire.Host
	network, address string
	idle             []*session
	fresh            []net.Conn // made by Connect, with nothing sent over them yet
}

var _ redis.Line = (*Client)(nil)

func newPort(h wire.Host, network, address string) *Client {
	return &Client{host: h, network: network, address: address}
}

// NewClient returns a host's Client of the server at this IP address. It connects when it has to.
func NewClient(h wire.Host, ip string) *Client {
	return newPort(h, "tcp", net.JoinHostPort(ip, ServerPort))
}

// ConnectAhead makes the first connection so that the first command does not have to.
func (p *Client) ConnectAhead() error { return p.connectAhead(connectLimit) }

func (p *Client) connectAhead(timeout time.Duration) error {
	s, err := p.take(timeout)
	if err == nil {
		p.idle = append(p.idle, s)
	}
	return err
}

// Connect makes a connection.
func (p *Client) Connect(timeout time.Duration) error {
	var conn net.Conn
	var err error
	p.host.Outside(func() { conn, err = net.DialTimeout(p.network, p.address, timeout) })
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return redis.ErrRefused
	case err != nil:
		return fmt.Errorf("connect to redis at %s: %w (%v)", p.address, sim.ErrUnknown, err)
	}
	p.fresh = append(p.fresh, conn)
	return nil
}

// Greet makes a server answer on a connection that Connect has made.
func (p *Client) Greet(timeout time.Duration) error {
	raw := p.fresh[0]
	p.fresh = p.fresh[1:]
	var s *session
	var err error
	p.host.Outside(func() { s, err = newSession(raw, timeout) })
	if err != nil {
		return fmt.Errorf("greet redis at %s: %w (%v)", p.address, sim.ErrUnknown, err)
	}
	p.idle = append(p.idle, s)
	return nil
}

// close closes the idle connections.
func (p *Client) close() {
	for _, s := range p.idle {
		s.client.Close()
	}
	p.idle = nil
}

func (p *Client) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, p.acquireSent(value), "SET", key, value, "NX", "PX", px.Milliseconds())
	return reply == "OK", err
}

func (p *Client) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	reply, err := p.do(timeout, p.acquireSent(value), "EVAL", redis.SetNXWithTokenScript, 2, key, counterKey, value, px.Milliseconds())
	token, ok := reply.(int64)
	return uint64(token), ok && token != 0, err
}

func (p *Client) Obtain(key, value string, px, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, p.acquireSent(value), "EVAL", redis.ObtainScript, 1, key, value, px.Milliseconds())
	return reply == "OK", err
}

func (p *Client) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "EVAL", redis.CompareAndDeleteScript, 1, key, value)
	return reply == int64(1), err
}

func (p *Client) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "EVAL", redis.CompareAndExpireScript, 1, key, value, px.Milliseconds())
	return reply == int64(1), err
}

func (p *Client) Delete(key string, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "DEL", key)
	return reply == int64(1), err
}

// Add is SADD of one element. It is no error if the element was there already.
func (p *Client) Add(key, element string, timeout time.Duration) error {
	_, err := p.do(timeout, nil, "SADD", key, element)
	return err
}

func (p *Client) acquireSent(value string) func() {
	if p.Sent != nil {
		return func() { p.Sent(value) }
	}
	return func() { p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: value}) }
}

// Do sends any command and waits for its answer: a string, an int64, a list, or nil. It uses the
// same connection as the previous command, unless another process of the host has used the Client
// since that was answered. If the server answers with an error, the returned error wraps it as a
// goredis.Error.
func (p *Client) Do(timeout time.Duration, command ...any) (any, error) {
	return p.do(timeout, nil, command...)
}

// do sends one command and waits for its answer: a string, an int64, or nil. If sent is not nil,
// this process calls it, holding the host, once the command is on its way and before its answer is
// read; reading waits until sent has returned. Scripts go as EVAL and not by their hash: one round
// trip, whatever the server remembers.
func (p *Client) do(timeout time.Duration, sent func(), command ...any) (any, error) {
	before := p.host.Now()
	s, err := p.take(timeout)
	if err != nil {
		return nil, err
	}
	s.conn.timeout = max(timeout-(p.host.Now()-before), time.Nanosecond)

	onItsWay, readOn, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	if sent != nil {
		if !p.Unannounced {
			p.host.Sending(sim.AcquireSent)
		}
		s.conn.sent = func() { close(onItsWay); <-readOn }
	}
	var reply any
	go func() {
		defer close(answered)
		reply, err = s.client.Do(context.Background(), command...).Result()
	}()
	if sent != nil {
		p.host.Outside(func() {
			select {
			case <-onItsWay:
			case <-answered: // it could not be sent
			}
		})
		select {
		case <-onItsWay:
			sent()
		default:
		}
		close(readOn)
	}
	p.host.Outside(func() { <-answered })

	var refusal goredis.Error
	switch {
	case errors.Is(err, goredis.Nil):
		err = nil
	case errors.As(err, &refusal):
		if strings.HasPrefix(refusal.Error(), "READONLY") {
			s.client.Close() // as go-redis does: the server is no longer the master
			return nil, fmt.Errorf("%s: the server at %s answered: %w", command[0], p.address, err)
		}
		err = fmt.Errorf("%s: the server at %s answered: %w", command[0], p.address, err)
	case err != nil:
		s.client.Close() // an answer that still arrives here belongs to no command
		return nil, fmt.Errorf("%s: %w (%s: %v)", command[0], sim.ErrUnknown, p.address, err)
	}
	p.idle = append(p.idle, s)
	return reply, err
}

// take returns the most recently used idle connection, or makes one.
func (p *Client) take(timeout time.Duration) (*session, error) {
	if n := len(p.idle); n > 0 {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return s, nil
	}
	var s *session
	var err error
	p.host.Outside(func() {
		s, err = connect(timeout, func(timeout time.Duration) (net.Conn, error) {
			return net.DialTimeout(p.network, p.address, timeout)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("connect to redis at %s: %w (%v)", p.address, sim.ErrUnknown, err)
	}
	return s, nil
}
