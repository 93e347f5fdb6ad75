//go:build linux

package etcdlive

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
)

// connecting configures how a client returns to a member that it has lost: sooner than with gRPC's
// defaults (up to two minutes, and 20 s an attempt), so that the end of a fault soon shows.
var connecting = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 500 * time.Millisecond},
	MinConnectTimeout: time.Second,
}

// newClient is the client library configured to do nothing behind the caller's back: one member,
// and no retry of a request. It connects when it is first used.
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

// connected waits until the client is connected. It gives up when an attempt fails or ctx ends.
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

// KeepingAlive returns a dialer whose connections the kernel probes after this much silence: as
// gRPC does since 1.60, with the values of Linux, or as Go does by default.
func KeepingAlive(idle time.Duration) *net.Dialer {
	return &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: idle, Interval: min(idle, etcd.ProbeInterval), Count: etcd.ProbeCount,
	}}
}

// greetedConn reports when the other end first says something, which is when gRPC considers the
// connection ready.
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

// announcement calls sent when a request that contains mark, which no other request does, is on its
// way to a member.
type announcement struct {
	mu   sync.Mutex
	mark []byte // empty if nothing is to be done
	sent func()
}

func (a *announcement) await(mark string, sent func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mark, a.sent = []byte(mark), sent
}

// cancel withdraws the order. It does nothing if the order was already carried out.
func (a *announcement) cancel() { a.await("", nil) }

// due returns the function to call, once, if b contains the mark; otherwise nil.
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
