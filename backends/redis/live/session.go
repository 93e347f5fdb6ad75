//go:build linux

package redislive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// clientOptions configures go-redis to do nothing behind the caller's back: one connection, no
// retry of a command, and no time limits but those of timedConn (-2 means none).
func clientOptions(dial func(ctx context.Context, network, address string) (net.Conn, error)) *goredis.Options {
	return &goredis.Options{
		Dialer:                   dial,
		Protocol:                 2,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		MaxRetries:               -1,
		DialerRetries:            1,
		PoolSize:                 1,
		PipelinePoolSize:         -1,
		ConnMaxIdleTime:          -1,
		ReadTimeout:              -2,
		WriteTimeout:             -2,
	}
}

// session is one connection to a server with a go-redis client on it. It carries one command at a
// time and is discarded when a command gets no answer.
type session struct {
	client *goredis.Client
	conn   *timedConn
}

var errConnectionUsedUp = errors.New("the connection is broken")

// connect makes a session over a connection that dial opens. Both together may take up to timeout.
func connect(timeout time.Duration, dial func(timeout time.Duration) (net.Conn, error)) (*session, error) {
	start := time.Now()
	raw, err := dial(timeout)
	if err != nil {
		return nil, err
	}
	return newSession(raw, max(timeout-time.Since(start), time.Nanosecond))
}

// newSession makes a session of a fresh connection once it has answered a PING within timeout. It
// owns the connection, even if it fails.
func newSession(raw net.Conn, timeout time.Duration) (*session, error) {
	s := &session{conn: &timedConn{Conn: raw, timeout: timeout}}
	var handedOut atomic.Bool // go-redis may dial on a goroutine of its own
	s.client = goredis.NewClient(clientOptions(func(context.Context, string, string) (net.Conn, error) {
		if handedOut.Swap(true) {
			return nil, errConnectionUsedUp
		}
		return s.conn, nil
	}))
	if err := s.client.Ping(context.Background()).Err(); err != nil {
		s.client.Close()
		return nil, fmt.Errorf("ping: %w", err)
	}
	return s, nil
}

// timedConn is a connection that waits at most timeout for an answer to begin, counted from the
// start of the read, on the monotonic clock. sent, if set, is called once, after the kernel has
// taken the next command and before its answer is read.
type timedConn struct {
	net.Conn
	timeout time.Duration
	sent    func()
}

func (c *timedConn) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err == nil && c.sent != nil {
		c.sent()
		c.sent = nil
	}
	return n, err
}

func (c *timedConn) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}
