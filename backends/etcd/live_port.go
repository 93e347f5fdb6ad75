//go:build linux

package etcd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// clientPort is the Port over the client library. Like the simulated one it talks to one
// member at a time, so it has a client for each of them.
type clientPort struct {
	host    wire.Host
	members []*endpoint
	at      int // the member that the next request goes to
}

// endpoint is one member as a client host reaches it.
type endpoint struct {
	address   string
	client    *clientv3.Client
	announced *announcement
}

// newPort makes a port to the members at these addresses of a network, as net.Dial takes
// them.
func newPort(h wire.Host, network string, addresses ...string) (*clientPort, error) {
	p := &clientPort{host: h}
	for _, address := range addresses {
		e := &endpoint{address: address, announced: &announcement{}}
		var err error
		e.client, err = newClient(filepath.Base(address), func(ctx context.Context) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &wire.AnnouncedConn{Conn: conn, Due: e.announced.due}, nil
		})
		if err != nil {
			p.close()
			return nil, err
		}
		p.members = append(p.members, e)
	}
	return p, nil
}

// connectAhead connects to the members, so that the first requests do not have to. One of
// them must be there.
func (p *clientPort) connectAhead(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var failed []error
	p.host.Outside(func() {
		for _, e := range p.members {
			e.client.ActiveConnection().Connect()
		}
		for _, e := range p.members {
			if err := connected(ctx, e.client); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", e.address, err))
			}
		}
	})
	if len(failed) == len(p.members) {
		return fmt.Errorf("connect to etcd: %w", errors.Join(failed...))
	}
	return nil
}

func (p *clientPort) close() {
	for _, e := range p.members {
		e.client.Close() // its connections are closed whatever it returns
	}
}

func (p *clientPort) LeaseGrant(ttl, timeout time.Duration) (lease uint64, granted time.Duration, err error) {
	err = p.exchange("grant a lease", timeout, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Grant(ctx, int64(wholeSeconds(ttl)/time.Second))
		if err == nil {
			lease, granted = uint64(r.ID), time.Duration(r.TTL)*time.Second
		}
		return err
	})
	return lease, granted, err
}

// LeaseKeepAlive asks once, where the library's own KeepAliveOnce goes on asking a member
// that cannot be reached, without a break.
func (p *clientPort) LeaseKeepAlive(lease uint64, timeout time.Duration) (ttl time.Duration, err error) {
	err = p.exchange("keep a lease alive", timeout, func(ctx context.Context, c *clientv3.Client) error {
		stream, err := pb.NewLeaseClient(c.ActiveConnection()).LeaseKeepAlive(ctx)
		if err != nil {
			return err
		}
		if err := stream.Send(&pb.LeaseKeepAliveRequest{ID: int64(lease)}); err != nil {
			return err
		}
		r, err := stream.Recv()
		if err == nil {
			ttl = time.Duration(r.TTL) * time.Second
		}
		return err
	})
	if err == nil && ttl <= 0 {
		return 0, ErrNoLease
	}
	return ttl, err
}

func (p *clientPort) LeaseRevoke(lease uint64, timeout time.Duration) error {
	err := p.exchange("revoke a lease", timeout, func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Revoke(ctx, clientv3.LeaseID(lease))
		return err
	})
	if errors.Is(err, ErrNoLease) {
		return nil // it has ended, as it should
	}
	return err
}

// Create puts the client's name into the key, for whoever observes the cluster; the
// library leaves it empty.
func (p *clientPort) Create(key, prefix string, lease uint64, timeout time.Duration) (own, first Key, err error) {
	put := clientv3.OpPut(key, sim.Sign(p.host, string(p.host.ID())), clientv3.WithLease(clientv3.LeaseID(lease)))
	getOwn := clientv3.OpGet(key)
	getFirst := clientv3.OpGet(prefix, clientv3.WithFirstCreate()...)
	sent := func() { p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: key}) }
	err = p.announce("create "+key, timeout, key, sent, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Txn(ctx).
			If(clientv3.Compare(clientv3.CreateRevision(key), "=", 0)).
			Then(put, getFirst).
			Else(getOwn, getFirst).
			Commit()
		if err != nil {
			return err
		}
		if r.Succeeded {
			own = Key{Name: key, Created: uint64(r.Header.Revision), Lease: lease, Client: p.host.ID()}
		} else {
			own, _ = p.only(r.Responses[0].GetResponseRange().Kvs)
		}
		first, _ = p.only(r.Responses[1].GetResponseRange().Kvs)
		return nil
	})
	return own, first, err
}

func (p *clientPort) Get(key string, timeout time.Duration) (k Key, ok bool, err error) {
	err = p.exchange("get "+key, timeout, func(ctx context.Context, c *clientv3.Client) error {
		r, err := c.Get(ctx, key)
		if err == nil {
			k, ok = p.only(r.Kvs)
		}
		return err
	})
	return k, ok, err
}

func (p *clientPort) LastCreated(prefix string, max uint64, timeout time.Duration) (k Key, revision uint64, ok bool, err error) {
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

func (p *clientPort) WatchDelete(k Key, revision uint64, timeout time.Duration) error {
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

// only gives the key that was found, if one was.
func (p *clientPort) only(kvs []*mvccpb.KeyValue) (Key, bool) {
	if len(kvs) == 0 {
		return Key{}, false
	}
	return keyOf(p.host, kvs[0]), true
}

// keyOf gives a key as the store has it. Its client is empty if it is not of the host's trial.
func keyOf(h sim.Host, kv *mvccpb.KeyValue) Key {
	return Key{
		Name: string(kv.Key), Created: uint64(kv.CreateRevision), Lease: uint64(kv.Lease),
		Client: sim.HostID(sim.Unsign(h, string(kv.Value))),
	}
}

// errorOf puts the errors that have a name in this package in place of the library's.
func errorOf(err error) error {
	switch err = rpctypes.Error(err); {
	case errors.Is(err, rpctypes.ErrLeaseNotFound):
		return ErrNoLease
	case errors.Is(err, rpctypes.ErrNoLeader):
		return errNoLeader
	}
	return err
}
