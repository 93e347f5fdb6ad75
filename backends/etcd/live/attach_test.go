//go:build linux

package etcdlive

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/sim"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// On a cluster with other users, a lock under a prefix neither sees nor touches their keys, even
// one with the lock's own name. Its observer sees what happens to the lock, and at the end does not
// wait for other users' changes. Clean removes what is left of the lock.
func TestALockUnderAPrefixLeavesTheRestOfTheClusterAlone(t *testing.T) {
	s := anyServer(t)
	ctx := t.Context()
	theirs, err := s.admin.Grant(ctx, 600)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{etcd.LockPrefix + "theirs", "zz/theirs"} {
		if _, err := s.admin.Put(ctx, key, "x", clientv3.WithLease(theirs.ID)); err != nil {
			t.Fatal(err)
		}
	}
	const prefix = "locklab-test-1-"
	o, events := observeUnder(t, s, prefix)

	var ours uint64
	realtime.Run("client-1", func(h *realtime.Host) {
		p := s.port(t, h)
		defer p.close()
		under(prefix, p.client)
		if ours, _, err = p.LeaseGrant(600*time.Second, patience); err != nil {
			t.Fatal(err)
		}
		own, first, err := p.Create(etcd.LockPrefix+"ours", etcd.LockPrefix, ours, patience)
		if err != nil || own != first || own.Name != etcd.LockPrefix+"ours" {
			t.Fatalf("the key is %+v, behind %+v (%v); the lock was free", own, first, err)
		}
	})
	if _, err := s.admin.Put(ctx, "zz/theirs", "y"); err != nil { // a change that the observer cannot see
		t.Fatal(err)
	}
	began := time.Now()
	o.end()
	if took := time.Since(began); took >= endLimit {
		t.Errorf("the observer waited %v at the end, for changes that it cannot see", took)
	}
	if got := events(); len(got) != 1 || got[0].Kind != sim.Granted || got[0].Client != "client-1" {
		t.Errorf("the observer recorded %+v, want one grant to client-1", got)
	}

	at := attached{Backend{}, &backends.Attachment{Addresses: []string{"etcd-1"}, Sockets: []string{s.socket}}}
	if err := at.Clean(ctx, []string{prefix}); err != nil {
		t.Fatal(err)
	}
	left, err := s.admin.Get(ctx, everyKey, clientv3.WithFromKey(), clientv3.WithKeysOnly())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, kv := range left.Kvs {
		names = append(names, string(kv.Key))
	}
	if want := []string{etcd.LockPrefix + "theirs", "zz/theirs"}; !slices.Equal(names, want) {
		t.Errorf("the store has %q, want %q", names, want)
	}
	leases, err := s.admin.Leases(ctx)
	if err != nil || len(leases.Leases) != 1 || leases.Leases[0].ID != theirs.ID {
		t.Errorf("the leases are %+v (%v), want theirs only, which is %x", leases.Leases, err, theirs.ID)
	}
}

// observeUnder observes a server as if it only had what is under prefix.
func observeUnder(t *testing.T, s *realServer, prefix string) (*observer, func() []sim.Event) {
	t.Helper()
	client, err := socketClient(s.socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); client.Close() })
	under(prefix, client)
	var mu sync.Mutex
	var events []sim.Event
	record := func(_ time.Duration, e sim.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}
	o := &observer{
		members: []watched{{"etcd-1", client}}, now: func() time.Duration { return 0 },
		seen: newSightings(nil, record), shared: true,
	}
	if err := o.begin(ctx); err != nil {
		t.Fatal(err)
	}
	return o, func() []sim.Event {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(events)
	}
}
