//go:build linux

package zookeeperlive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var _ backends.Attachable = Backend{}

// attached is the backend on an ensemble that somebody else operates.
type attached struct {
	Backend
	to *backends.Attachment
}

// Attach returns the backend on such an ensemble.
func (b Backend) Attach(to *backends.Attachment) backends.Attached { return attached{b, to} }

// Attachment returns where the servers are.
func (b attached) Attachment() *backends.Attachment { return b.to }

// Missing returns an error for settings that an attached ensemble cannot have. Containers are
// refused: an empty one is removed when the servers choose, which the observer does not follow.
func (b attached) Missing(s backends.Settings) error {
	return cmp.Or(b.to.Fits(b.Servers(s)),
		backends.RefuseWritten(s, zookeeper.OptionTick, zookeeper.OptionSyncLimit, zookeeper.OptionWallClock, zookeeper.OptionContainer, zookeeper.OptionReap))
}

// LiveSettings returns the settings unchanged: the length of the servers' ticks is not queried.
func (b attached) LiveSettings(s backends.Settings) (backends.Settings, error) {
	return s, b.Missing(s)
}

// Start makes sure that the servers serve.
func (b attached) Start(context.Context, *live.Lab, backends.Settings) error {
	return b.ask(func(*zk.Conn) error { return nil })
}

// Observe creates the lock's znode, puts relays in the servers' places, and starts the observer
// beside them.
func (b attached) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	prefix, err := b.to.Prefix(lab)
	if err != nil {
		return err
	}
	root := rootOf(prefix)
	err = b.ask(func(conn *zk.Conn) error {
		return cmp.Or(createParent(conn, root, false), createParent(conn, root+zookeeper.LockPath, false))
	})
	if err != nil {
		return err
	}
	hosts := b.Servers(s)
	if err := b.to.Stand(ctx, lab, hosts, clientPort); err != nil {
		return err
	}
	spec := attachedSpec{Sockets: b.to.Sockets, Root: root, Token: s.Choice(zookeeper.OptionToken)}
	return backends.StartObserver(ctx, lab, hosts[0], attachedDuty, spec)
}

// Reset removes what the trial left behind.
func (b attached) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	return b.to.Reset(ctx, lab, b.Clean)
}

// Who returns no host: the servers are not asked.
func (attached) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// Clean removes the znodes under these prefixes.
func (b attached) Clean(ctx context.Context, prefixes []string) error {
	return b.ask(func(conn *zk.Conn) error {
		for _, prefix := range prefixes {
			if err := removeTree(ctx, conn, rootOf(prefix)); err != nil {
				return err
			}
		}
		return nil
	})
}

// DialUnder gives a client's process its lock, under a znode named by the prefix.
func (b Backend) DialUnder(names backends.Names, h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	return b.dial(h, servers, s, rootOf(names.Prefix))
}

// rootOf is the znode that contains everything else.
func rootOf(prefix string) string { return "/" + strings.TrimSuffix(prefix, "-") }

// attachedSession is the session timeout that the harness and the observer ask for.
const attachedSession = 10 * time.Second

// ask connects to the ensemble and asks it something.
func (b attached) ask(f func(*zk.Conn) error) error {
	about := func(err error) error {
		return fmt.Errorf("the attached ZooKeeper at %s: %w", strings.Join(b.to.Addresses, ", "), err)
	}
	conn, err := reachAttached(len(b.to.Addresses), b.to.Dial)
	if err != nil {
		return about(err)
	}
	defer conn.Close()
	if err := f(conn); err != nil {
		return about(err)
	}
	return nil
}

// reachAttached opens a session with one of this many servers, which are dialled by index.
func reachAttached(servers int, dial func(context.Context, int) (net.Conn, error)) (*zk.Conn, error) {
	return reachAttachedWithin(servers, dial, connectLimit)
}

func reachAttachedWithin(servers int, dial func(context.Context, int) (net.Conn, error), limit time.Duration) (*zk.Conn, error) {
	var names []string
	for i := range servers {
		names = append(names, strconv.Itoa(i))
	}
	dialer := func(_, name string, timeout time.Duration) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		i, err := strconv.Atoi(name)
		if err != nil {
			return nil, err
		}
		return dial(ctx, i)
	}
	conn, events, err := zk.Connect(names, attachedSession, zk.WithDialer(dialer),
		zk.WithHostProvider(&serverRing{at: -1, last: -1, servers: names}), zk.WithLogger(silent{}), zk.WithLogInfo(false))
	if err != nil {
		return nil, err
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		select {
		case e := <-events:
			if e.State == zk.StateHasSession {
				return conn, nil
			}
		case <-late.C:
			conn.Close()
			return nil, fmt.Errorf("no session within %v", limit)
		}
	}
}

// removeTree deletes a znode and everything below it, repeatedly until it is gone: clients whose
// end the servers have not noticed yet may still be adding to it.
func removeTree(ctx context.Context, conn *zk.Conn, path string) error {
	for ctx.Err() == nil {
		names, _, err := conn.Children(path)
		if errors.Is(err, zk.ErrNoNode) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list %s: %w", path, err)
		}
		for _, name := range names {
			if err := removeTree(ctx, conn, path+"/"+name); err != nil {
				return err
			}
		}
		err = conn.Delete(path, -1)
		if err == nil || errors.Is(err, zk.ErrNoNode) {
			return nil
		}
		if !errors.Is(err, zk.ErrNotEmpty) {
			return fmt.Errorf("delete %s: %w", path, err)
		}
	}
	return fmt.Errorf("delete %s: %w", path, context.Cause(ctx))
}
