//go:build linux

package etcd

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
)

// connecting is how a client comes back to a member that it has lost: sooner than with
// gRPC's own values (up to two minutes, and 20 s an attempt), so that the end of a fault
// soon shows.
var connecting = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 500 * time.Millisecond},
	MinConnectTimeout: time.Second,
}

// newClient is the client library with nothing done behind the caller's back: one member,
// and no second try of a request. It connects when it is first used.
func newClient(name string, dial func(context.Context) (net.Conn, error)) (*clientv3.Client, error) {
	c, err := clientv3.New(clientv3.Config{
		Endpoints:       []string{name},
		MaxUnaryRetries: 1,
		Logger:          zap.NewNop(), // every error is returned to a caller, who knows whether it matters
		DialOptions: []grpc.DialOption{
			grpc.WithConnectParams(connecting),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return dial(ctx) }),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make a client of %s: %w", name, err)
	}
	return c, nil
}

// connected waits until the client is connected. It gives up when an attempt fails, or
// with ctx.
func connected(ctx context.Context, c *clientv3.Client) error {
	conn := c.ActiveConnection()
	for {
		switch state := conn.GetState(); state {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure, connectivity.Shutdown:
			return errNotConnected
		default:
			conn.Connect()
			if !conn.WaitForStateChange(ctx, state) {
				return fmt.Errorf("%w: %w", errNotConnected, ctx.Err())
			}
		}
	}
}

// KeepingAlive is a dialer whose connections the kernel looks at after so long a silence: as
// gRPC has it since 1.60, with the values of Linux, or as Go has it by itself.
func KeepingAlive(idle time.Duration) *net.Dialer {
	return &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: idle, Interval: min(idle, probeInterval), Count: probeCount,
	}}
}

// greetedConn tells when the other end has first said something: by then gRPC takes the
// connection for one that stands.
type greetedConn struct {
	net.Conn
	once    sync.Once
	greeted func()
}

func (c *greetedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.once.Do(c.greeted)
	}
	return n, err
}

// announcement says what is to be done when a request is on its way to a member: one that
// contains mark, which no other does.
type announcement struct {
	mu   sync.Mutex
	mark []byte // empty: nothing is to be done
	sent func()
}

func (a *announcement) await(mark string, sent func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mark, a.sent = []byte(mark), sent
}

// cancel takes the order back. If it has been carried out already, it does nothing.
func (a *announcement) cancel() { a.await("", nil) }

// due gives what is to be done, once, if b contains the mark; else nil.
func (a *announcement) due(b []byte) func() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.mark) == 0 || !bytes.Contains(b, a.mark) {
		return nil
	}
	sent := a.sent
	a.mark, a.sent = nil, nil
	return sent
}
