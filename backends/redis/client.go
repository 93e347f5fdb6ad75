//go:build linux

package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	goredis "github.com/redis/go-redis/v9"
)

// clientPort is the Port over go-redis.
type clientPort struct {
	host             wire.Host
	network, address string
	idle             []*session
}

func newPort(h wire.Host, network, address string) *clientPort {
	return &clientPort{host: h, network: network, address: address}
}

// connectAhead makes the first connection, so that the first command does not have to.
func (p *clientPort) connectAhead(timeout time.Duration) error {
	s, err := p.take(timeout)
	if err == nil {
		p.idle = append(p.idle, s)
	}
	return err
}

// close closes the idle connections.
func (p *clientPort) close() {
	for _, s := range p.idle {
		s.client.Close()
	}
	p.idle = nil
}

func (p *clientPort) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, p.acquireSent(value), "SET", key, value, "NX", "PX", px.Milliseconds())
	return reply == "OK", err
}

func (p *clientPort) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	reply, err := p.do(timeout, p.acquireSent(value), "EVAL", SetNXWithTokenScript, 2, key, counterKey, value, px.Milliseconds())
	token, ok := reply.(int64)
	return uint64(token), ok && token != 0, err
}

func (p *clientPort) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "EVAL", CompareAndDeleteScript, 1, key, value)
	return reply == int64(1), err
}

func (p *clientPort) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "EVAL", CompareAndExpireScript, 1, key, value, px.Milliseconds())
	return reply == int64(1), err
}

func (p *clientPort) Delete(key string, timeout time.Duration) (bool, error) {
	reply, err := p.do(timeout, nil, "DEL", key)
	return reply == int64(1), err
}

func (p *clientPort) acquireSent(value string) func() {
	return func() { p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: value}) }
}

// do sends one command and waits for its answer: a string, an int64, or nil. sent, if not
// nil, is called by this process, holding the host, when the command is on its way and
// its answer has not been read; the reading waits until sent has returned. Scripts go as
// EVAL and not by their hash: one round trip, whatever the server remembers.
func (p *clientPort) do(timeout time.Duration, sent func(), command ...any) (any, error) {
	before := p.host.Now()
	s, err := p.take(timeout)
	if err != nil {
		return nil, err
	}
	s.conn.timeout = max(timeout-(p.host.Now()-before), time.Nanosecond)

	onItsWay, readOn, answered := make(chan struct{}), make(chan struct{}), make(chan struct{})
	if sent != nil {
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
		err = fmt.Errorf("%s: the server at %s answered: %w", command[0], p.address, err)
	case err != nil:
		s.client.Close() // whatever still comes over it belongs to nobody
		return nil, fmt.Errorf("%s: %w (%s: %v)", command[0], sim.ErrUnknown, p.address, err)
	}
	p.idle = append(p.idle, s)
	return reply, err
}

// take gives the idle connection used last, or makes one.
func (p *clientPort) take(timeout time.Duration) (*session, error) {
	if n := len(p.idle); n > 0 {
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return s, nil
	}
	var s *session
	var err error
	p.host.Outside(func() {
		var raw net.Conn
		if raw, err = net.DialTimeout(p.network, p.address, timeout); err == nil {
			s, err = newSession(raw, timeout)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("connect to redis at %s: %w (%v)", p.address, sim.ErrUnknown, err)
	}
	return s, nil
}
