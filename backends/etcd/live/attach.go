//go:build linux

package etcdlive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/namespace"
)

var (
	_ backends.Attachable = Backend{}
	_ backends.Adapted    = attached{}
)

// attached is the backend on a cluster that somebody else operates.
type attached struct {
	Backend
	to *backends.Attachment
}

// Attach returns the backend on such a cluster.
func (b Backend) Attach(to *backends.Attachment) backends.Attached { return attached{b, to} }

// Attachment returns where the members are.
func (b attached) Attachment() *backends.Attachment { return b.to }

// Missing returns an error for settings that an attached cluster cannot have.
func (b attached) Missing(s backends.Settings) error {
	return cmp.Or(b.to.Fits(b.Servers(s)), backends.RefuseWritten(s, etcd.OptionLeadership, etcd.OptionElection))
}

// LiveSettings returns the settings unchanged: the members' version is not queried.
func (b attached) LiveSettings(s backends.Settings) (backends.Settings, error) {
	return s, b.Missing(s)
}

// Start makes sure that every member serves and that they have a leader.
func (b attached) Start(ctx context.Context, _ *live.Lab, _ backends.Settings) error {
	return b.each(ctx, func(ctx context.Context, c *clientv3.Client) error {
		_, err := c.Get(ctx, etcd.LockPrefix)
		return err
	})
}

// Observe puts relays in the members' places, and the observer beside them. The observer reaches
// the members through the relay, whatever happens to the lab's network.
func (b attached) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	prefix, err := b.to.Prefix(lab)
	if err != nil {
		return err
	}
	members := b.Servers(s)
	if err := b.to.Stand(ctx, lab, members, servePort); err != nil {
		return err
	}
	spec := observerSpec{Members: members, Sockets: b.to.Sockets, Prefix: prefix, LeaseTokens: etcd.LeaseTokens(s)}
	return backends.StartObserver(ctx, lab, members[0], observerDuty, spec)
}

// Reset removes what the trial left behind.
func (b attached) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	return b.to.Reset(ctx, lab, b.Clean)
}

// Who returns no host: the members are not asked.
func (attached) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Clean deletes the keys under these prefixes, and the leases of any that remain. A lease without a
// key is known only to its client, which has ended: it runs out by itself.
func (b attached) Clean(ctx context.Context, prefixes []string) error {
	done := false
	err := b.each(ctx, func(ctx context.Context, c *clientv3.Client) error {
		if done {
			return nil // the members are one cluster
		}
		for _, prefix := range prefixes {
			if err := removeAll(ctx, c, prefix); err != nil {
				return err
			}
		}
		done = true
		return nil
	})
	if done {
		return nil
	}
	return err
}

func removeAll(ctx context.Context, c *clientv3.Client, prefix string) error {
	left, err := c.Delete(ctx, prefix, clientv3.WithPrefix(), clientv3.WithPrevKV())
	if err != nil {
		return err
	}
	for _, kv := range left.PrevKvs {
		if kv.Lease == 0 {
			continue
		}
		if _, err := c.Revoke(ctx, clientv3.LeaseID(kv.Lease)); err != nil && !errors.Is(errorOf(err), etcd.ErrNoLease) {
			return err
		}
	}
	return nil
}

// memberLimit is how long an attached member may take to answer: it may be far away.
const memberLimit = 5 * time.Second

// each connects to one member after the other.
func (b attached) each(ctx context.Context, ask func(context.Context, *clientv3.Client) error) error {
	var failed []error
	for i, address := range b.to.Addresses {
		err := func() error {
			c, err := newClient(address, func(ctx context.Context) (net.Conn, error) { return b.to.Dial(ctx, i) })
			if err != nil {
				return err
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(ctx, memberLimit)
			defer cancel()
			if err := connected(ctx, c); err != nil {
				return err
			}
			return ask(ctx, c)
		}()
		if err != nil {
			failed = append(failed, fmt.Errorf("the attached etcd at %s: %w", address, err))
		}
	}
	return errors.Join(failed...)
}

// DialUnder gives a client's process its lock, under names that begin with a prefix.
func (b Backend) DialUnder(names backends.Names, h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := dialMembers(h, servers, s)
	if err != nil {
		return nil, err
	}
	under(names.Prefix, p.client)
	return etcd.NewLock(h, p, s), nil
}

// under restricts a client's view of the store to what is under prefix.
func under(prefix string, c *clientv3.Client) {
	if prefix == "" {
		return
	}
	c.KV = namespace.NewKV(c.KV, prefix)
	c.Watcher = namespace.NewWatcher(c.Watcher, prefix)
	c.Lease = namespace.NewLease(c.Lease, prefix)
}
