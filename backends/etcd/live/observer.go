//go:build linux

package etcdlive

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// The observer records what the cluster does with the lock. It watches every member, and records
// each change of the store once, when the first member shows it. So a member that is stopped, dead
// or cut off from the others delays nothing. All members show the same changes in the same order,
// each with the revision that it made.
//
// It does not see renewals of leases, which the leader handles alone and tells nobody about.

const (
	// endLimit is how long the observer may take at the end to see what is still to come.
	endLimit = time.Second
	// watchAgain is the wait before a broken watch is started again.
	watchAgain = 50 * time.Millisecond
)

// observerSpec says where the members serve the observer.
type observerSpec struct {
	Members     []sim.HostID
	Sockets     []string // in the order of Members
	Prefix      string   // of all names; "" if the members are locklab's own
	LeaseTokens bool     // the lease, not the create revision, is the fencing token
	Inside      bool     // the cluster also keeps the account
}

func observe(h *live.Host, spec json.RawMessage) error {
	var at observerSpec
	if err := json.Unmarshal(spec, &at); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	stopped := h.Stopped()
	o := &observer{now: h.TrueTime, seen: newSightings(h, h.RecordAt), shared: at.Prefix != ""}
	if at.LeaseTokens {
		o.seen.lock.Token = etcd.LeaseToken
	}
	for i, path := range at.Sockets {
		client, err := socketClient(path)
		if err != nil {
			return err
		}
		defer client.Close()
		under(at.Prefix, client)
		o.members = append(o.members, watched{at.Members[i], client})
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var err error
	h.Outside(func() { err = o.begin(ctx) })
	if err != nil {
		return fmt.Errorf("observe etcd: %w", err)
	}
	if at.Inside {
		h.Record(ledger.Opened()) // nobody has written yet: the store was cleared before the trial
	}
	h.Ready()
	h.AwaitStart()
	h.Outside(func() {
		<-stopped
		o.end()
	})
	return nil
}

type observer struct {
	members []watched
	now     func() time.Duration // true time
	seen    *sightings
	shared  bool // others also write to the cluster, under names that the observer does not see
}

// watched is a member.
type watched struct {
	id sim.HostID
	*clientv3.Client
}

// begin watches every member from now on. Once it has returned, nothing is missed.
func (o *observer) begin(ctx context.Context) error {
	now, err := o.members[0].Get(ctx, etcd.LockPrefix, clientv3.WithPrefix(), clientv3.WithSort(clientv3.SortByCreateRevision, clientv3.SortAscend))
	if err != nil {
		return err
	}
	o.seen.start(now.Header.Revision, now.Kvs)
	for _, m := range o.members {
		go o.watch(ctx, m)
	}
	return nil
}

// watch follows one member until ctx ends.
func (o *observer) watch(ctx context.Context, m watched) {
	for ctx.Err() == nil {
		o.follow(ctx, m)
		select {
		case <-ctx.Done():
		case <-time.After(watchAgain):
		}
	}
}

// follow processes one member's changes, starting with the first that has not been seen. It returns
// when the watch breaks, or when the member does not answer a question about a change.
func (o *observer) follow(ctx context.Context, m watched) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changes := m.Watch(ctx, everyKey, clientv3.WithFromKey(), clientv3.WithRev(o.seen.revision()+1))
	for r := range changes {
		at := o.now()
		if r.Err() != nil || len(r.Events) == 0 || r.Header.Revision <= o.seen.revision() {
			continue
		}
		alive, err := o.leases(ctx, m, r.Events)
		if err != nil {
			return // another member will show the same changes, or this one again
		}
		o.seen.take(at, m.id, r.Events, alive)
	}
}

// leases returns the leases that are alive after these changes, if any of them deleted a key. By
// the time a member shows that keys were deleted, it has ended their lease if that was the reason.
// A lease that is revoked between the deletion and the question would also be taken for the reason,
// but no lock here revokes a lease right after it has released.
func (o *observer) leases(ctx context.Context, m watched, changes []*clientv3.Event) (map[int64]bool, error) {
	deleted := false
	for _, c := range changes {
		deleted = deleted || c.Type == clientv3.EventTypeDelete
	}
	if !deleted {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	list, err := m.Leases(ctx)
	if err != nil {
		return nil, err
	}
	alive := map[int64]bool{}
	for _, l := range list.Leases {
		alive[int64(l.ID)] = true
	}
	return alive, nil
}

// end waits until everything that happened has been seen. If the cluster can no longer say how far
// it has come, there is nothing left to see.
func (o *observer) end() {
	ctx, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	last := make(chan int64, len(o.members))
	for _, m := range o.members {
		go func() {
			if revision, err := o.ask(ctx, m); err == nil {
				last <- revision
			}
		}()
	}
	select {
	case revision := <-last:
		o.seen.await(ctx, revision)
	case <-ctx.Done():
	}
}

// endMark is the key that is written at the end to a cluster with other users: their revisions are
// never seen, but that of this key is.
const endMark = "end"

// ask asks a member for the cluster's latest revision.
func (o *observer) ask(ctx context.Context, m watched) (revision int64, err error) {
	if o.shared {
		r, err := m.Put(ctx, endMark, "")
		if err != nil {
			return 0, err
		}
		return r.Header.Revision, nil
	}
	r, err := m.Get(ctx, etcd.LockPrefix)
	if err != nil {
		return 0, err
	}
	return r.Header.Revision, nil
}

// await waits until the changes up to a revision have been seen, or ctx ends.
func (s *sightings) await(ctx context.Context, revision int64) {
	for s.revision() < revision && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
}
