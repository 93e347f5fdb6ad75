//go:build linux

package zookeeperlive

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/relay"
)

// The observer of an attached ensemble cannot read the servers' transaction logs. It has its own
// session, and watches the lock's children. So it sees which znode is the lowest, but not why a
// znode has gone: its client may have deleted it, or the session may have ended. Of changes in
// quick succession it may see only the last.

const attachedDuty = "zookeeper-attached-observer"

// attachedSpec tells the observer of an attached ensemble what to look at.
type attachedSpec struct {
	Sockets []string // of the relay
	Root    string   // the znode above all others
	Token   string   // what the token is made from
}

// goneNote says what the observer does not know about the end of a grant.
const goneNote = "its znode is gone: deleted, or its session has ended"

func observeAttached(h *live.Host, orders json.RawMessage) error {
	var spec attachedSpec
	if err := json.Unmarshal(orders, &spec); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	stopped := h.Stopped()
	o := &attachedObserver{host: h, path: spec.Root + zookeeper.LockPath, token: zookeeper.TokenFrom(spec.Token), now: h.TrueTime, record: h.RecordAt}
	var err error
	h.Outside(func() {
		o.conn, err = reachAttached(len(spec.Sockets), func(ctx context.Context, i int) (net.Conn, error) {
			return relay.Dial(ctx, spec.Sockets[i])
		})
	})
	if err != nil {
		return fmt.Errorf("observe the attached ZooKeeper: %w", err)
	}
	defer o.conn.Close()
	var changed <-chan zk.Event
	h.Outside(func() { changed, err = o.look() })
	if err != nil {
		return fmt.Errorf("observe the attached ZooKeeper: %w", err)
	}
	h.Ready()
	h.AwaitStart()
	h.Outside(func() {
		for over := false; !over && err == nil; {
			select {
			case <-changed:
			case <-stopped:
				over = true
				if _, err = o.conn.Sync(o.path); err != nil {
					return
				}
			}
			changed, err = o.look()
		}
	})
	if err != nil {
		return fmt.Errorf("observe the attached ZooKeeper: %w", err)
	}
	return nil
}

type attachedObserver struct {
	host   sim.Host // the host whose trial it is
	conn   *zk.Conn
	path   string // of the lock
	token  func(zookeeper.Node) uint64
	now    func() time.Duration // true time
	record func(at time.Duration, e sim.Event)

	known  []waiting // the lock's znodes when last seen, lowest first
	holder waiting
}

// waiting is a znode of the lock.
type waiting struct {
	node   zookeeper.Node
	client sim.HostID
}

// look reads the present state, and watches for the next change.
func (o *attachedObserver) look() (<-chan zk.Event, error) {
	names, _, changed, err := o.conn.ChildrenW(o.path)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", o.path, err)
	}
	at := o.now()
	var present []waiting
	for _, name := range names {
		w, found, err := o.find(name)
		if err != nil {
			return nil, err
		}
		if found {
			present = append(present, w)
		}
	}
	slices.SortFunc(present, func(a, b waiting) int { return cmp.Compare(a.node.Sequence, b.node.Sequence) })
	o.known = present
	o.pass(at)
	return changed, nil
}

// find returns a znode that was listed; found is false if it is gone by now.
func (o *attachedObserver) find(name string) (w waiting, found bool, err error) {
	path := zookeeper.LockPath + "/" + name
	if i := slices.IndexFunc(o.known, func(k waiting) bool { return k.node.Path == path }); i >= 0 {
		return o.known[i], true, nil
	}
	data, stat, err := o.conn.Get(o.path + "/" + name)
	if errors.Is(err, zk.ErrNoNode) {
		return waiting{}, false, nil
	}
	if err != nil {
		return waiting{}, false, fmt.Errorf("read %s/%s: %w", o.path, name, err)
	}
	if !strings.Contains(name, "lock-") {
		return waiting{}, false, nil
	}
	node := zookeeper.Node{Path: path, Czxid: uint64(stat.Czxid), Sequence: zookeeper.Sequence(name), Session: uint64(stat.EphemeralOwner)}
	return waiting{node, sim.HostID(sim.Unsign(o.host, string(data)))}, true, nil
}

// pass records the present holder of the lock, if it has changed.
func (o *attachedObserver) pass(at time.Duration) {
	var first waiting
	if len(o.known) > 0 {
		first = o.known[0]
	}
	if first == o.holder {
		return
	}
	if o.holder != (waiting{}) {
		o.record(at, sim.Event{Kind: sim.Freed, Grant: o.holder.node.Grant(), Note: goneNote})
	}
	if o.holder = first; first != (waiting{}) {
		o.record(at, sim.Event{Kind: sim.Granted, Grant: first.node.Grant(), Token: o.token(first.node), Client: first.client})
	}
}
