//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
)

// clientPort is the Port over the client library: one client, with a connection to each member.
type clientPort struct {
	host      wire.Host
	client    *clientv3.Client
	addresses []string
	announced announcement
	greeted   atomic.Int32 // connections on which a member has said something
	tried     atomic.Int32 // attempts to connect that are over
}

// newPort makes a port to the members at these addresses of a network, as net.Dial takes them. idle
// is the silence after which the kernel probes a connection.
func newPort(h wire.Host, idle time.Duration, network string, addresses ...string) (*clientPort, error) {
	p := &clientPort{host: h, addresses: addresses}
	names := map[string]string{}
	var endpoints []string
	for i, address := range addresses {
		name := fmt.Sprintf("member-%d", i+1)
		names[name] = address
		endpoints = append(endpoints, name)
	}
	dialer := KeepingAlive(idle)
	var err error
	p.client, err = clientv3.New(clientv3.Config{
		Endpoints: endpoints,
		Logger:    zap.NewNop(), // every error is returned to a caller, who knows whether it matters
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(func(ctx context.Context, name string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, names[name])
			p.tried.Add(1)
			if err != nil {
				return nil, err
			}
			greeted := &greetedConn{Conn: conn, greeted: func() { p.greeted.Add(1) }}
			return &wire.AnnouncedConn{Conn: greeted, Due: p.announced.due}, nil
		})},
	})
	if err != nil {
		return nil, fmt.Errorf("make a client of etcd: %w", err)
	}
	return p, nil
}

// connectAhead connects to the members so that the first requests do not have to. At least one of
// them must be up.
func (p *clientPort) connectAhead(timeout time.Duration) error {
	p.client.ActiveConnection().Connect()
	end := p.host.Now() + timeout
	for all := int32(len(p.addresses)); p.greeted.Load() < all && p.tried.Load() <= all && p.host.Now() < end; {
		p.host.Sleep(time.Millisecond)
	}
	if p.greeted.Load() == 0 {
		return fmt.Errorf("connect to etcd: nobody answers at %s", strings.Join(p.addresses, ", "))
	}
	return nil
}

func (p *clientPort) close() {
	p.client.Close() // its connections are closed whatever it returns
}

func (p *clientPort) LeaseGrant(ttl, timeout time.Duration) (lease uint64, granted time.Duration, err error) {
	err = p.exchange("grant a lease", timeout, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Grant(ctx, int64(etcd.WholeSeconds(ttl)/time.Second))
		if err == nil {
			lease, granted = uint64(r.ID), time.Duration(r.TTL)*time.Second
		}
		return err
	})
	return lease, granted, err
}

func (p *clientPort) LeaseRevoke(lease uint64, timeout time.Duration) error {
	err := p.exchange("revoke a lease", timeout, func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Revoke(ctx, clientv3.LeaseID(lease))
		return err
	})
	if errors.Is(err, etcd.ErrNoLease) {
		return nil // it has ended, as it should
	}
	return err
}

// Create puts the client's name into the key, for observers of the cluster; the library leaves it
// empty.
func (p *clientPort) Create(key, prefix string, lease uint64, timeout time.Duration) (own, first etcd.Key, err error) {
	put := clientv3.OpPut(key, sim.Sign(p.host, string(p.host.ID())), clientv3.WithLease(clientv3.LeaseID(lease)))
	getOwn := clientv3.OpGet(key)
	getFirst := clientv3.OpGet(prefix, clientv3.WithFirstCreate()...)
	notice := announced{sim.Event{Kind: sim.AcquireSent, Grant: key}, key}
	err = p.announce("create "+key, timeout, notice, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Txn(ctx).
			If(clientv3.Compare(clientv3.CreateRevision(key), "=", 0)).
			Then(put, getFirst).
			Else(getOwn, getFirst).
			Commit()
		if err != nil {
			return err
		}
		if r.Succeeded {
			own = etcd.Key{Name: key, Created: uint64(r.Header.Revision), Lease: lease, Client: p.host.ID()}
		} else {
			own, _ = p.only(r.Responses[0].GetResponseRange().Kvs)
		}
		first, _ = p.only(r.Responses[1].GetResponseRange().Kvs)
		return nil
	})
	return own, first, err
}

func (p *clientPort) Get(key string, timeout time.Duration) (k etcd.Key, ok bool, err error) {
	err = p.exchange("get "+key, timeout, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Get(ctx, key)
		if err == nil {
			k, ok = p.only(r.Kvs)
		}
		return err
	})
	return k, ok, err
}

func (p *clientPort) LastCreated(prefix string, max uint64, timeout time.Duration) (k etcd.Key, revision uint64, ok bool, err error) {
	options := append(clientv3.WithLastCreate(), clientv3.WithMaxCreateRev(int64(max)))
	err = p.exchange("get the last key under "+prefix, timeout, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Get(ctx, prefix, options...)
		if err == nil {
			k, ok = p.only(r.Kvs)
			revision = uint64(r.Header.Revision)
		}
		return err
	})
	return k, revision, ok, err
}

func (p *clientPort) WatchDelete(k etcd.Key, revision uint64, timeout time.Duration) error {
	return p.exchange("watch "+k.Name, timeout, func(ctx context.Context, c *clientv3.Client) error {
		for r := range c.Watch(ctx, k.Name, clientv3.WithRev(int64(revision)), clientv3.WithFilterPut()) {
			if len(r.Events) > 0 {
				return nil
			}
			if err := r.Err(); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

func (p *clientPort) Delete(key string, created uint64, timeout time.Duration) (deleted bool, err error) {
	err = p.exchange("delete "+key, timeout, func(ctx context.Context, c *clientv3.Client) error {
		if created == 0 {
			r, err := c.Delete(ctx, key)
			deleted = err == nil && r.Deleted > 0
			return err
		}
		r, err := c.Txn(ctx).
			If(clientv3.Compare(clientv3.CreateRevision(key), "=", int64(created))).
			Then(clientv3.OpDelete(key)).
			Commit()
		deleted = err == nil && r.Succeeded
		return err
	})
	return deleted, err
}

// only returns the key that was found, if any.
func (p *clientPort) only(kvs []*mvccpb.KeyValue) (etcd.Key, bool) {
	if len(kvs) == 0 {
		return etcd.Key{}, false
	}
	return keyOf(p.host, kvs[0]), true
}

// keyOf returns a key as the store has it. Its client is empty if the key is not from the host's
// trial.
func keyOf(h sim.Host, kv *mvccpb.KeyValue) etcd.Key {
	return etcd.Key{
		Name: string(kv.Key), Created: uint64(kv.CreateRevision), Lease: uint64(kv.Lease),
		Client: sim.HostID(sim.Unsign(h, string(kv.Value))),
	}
}

// errorOf replaces the library's errors by those with a name in this package.
func errorOf(err error) error {
	switch err = rpctypes.Error(err); {
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		return etcd.ErrNoLease
	case errors.Is(err, rpctypes.ErrNoLeader):
		return errNoLeader
	}
	return err
}
