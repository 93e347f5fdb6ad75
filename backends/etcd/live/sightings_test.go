//go:build linux

package etcdlive

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

func put(key string, revision, lease int64) *clientv3.Event {
	return &clientv3.Event{Type: clientv3.EventTypePut, Kv: &mvccpb.KeyValue{
		Key: []byte(key), CreateRevision: revision, ModRevision: revision, Version: 1, Lease: lease, Value: []byte("client-1"),
	}}
}

func gone(key string, revision int64) *clientv3.Event {
	return &clientv3.Event{Type: clientv3.EventTypeDelete, Kv: &mvccpb.KeyValue{Key: []byte(key), ModRevision: revision}}
}

func TestWhatSeveralMembersShowIsRecordedOnceAndWhenItWasFirstSeen(t *testing.T) {
	var got []string
	s := newSightings(nil, func(at time.Duration, e sim.Event) {
		e.At = at
		got = append(got, (&locktest.Story{Freers: true}).Line(e)) // with an unknown releaser
	})
	s.start(1, nil)
	a, b := etcd.LockPrefix+"a", etcd.LockPrefix+"b"
	s.take(1*time.Second, "etcd-1", []*clientv3.Event{put(a, 2, 7)}, nil)
	s.take(2*time.Second, "etcd-2", []*clientv3.Event{put(a, 2, 7), put(b, 3, 8), gone(a, 4)}, map[int64]bool{7: true, 8: true})
	s.take(3*time.Second, "etcd-3", []*clientv3.Event{put(a, 2, 7), put(b, 3, 8)}, nil) // a member that is behind
	s.take(4*time.Second, "etcd-2", []*clientv3.Event{gone(a, 4), gone(b, 5), put("other", 6, 0)}, map[int64]bool{7: true})
	s.take(5*time.Second, "etcd-3", []*clientv3.Event{put(b, 3, 8), gone(b, 5)}, map[int64]bool{7: true})
	want := []string{
		"1s etcd-1 granted account/a@2 token 2",
		"2s etcd-2 freed account/a@2",
		"2s etcd-2 granted account/b@3 token 3",
		"4s etcd-2 expired account/b@3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q, expected %q", got, want)
	}
}

// A member showed a change early, but was slow to say which leases were alive.
func TestTheOrderOfTheStoreIsThatOfTheStamps(t *testing.T) {
	var got []time.Duration
	s := newSightings(nil, func(at time.Duration, _ sim.Event) { got = append(got, at) })
	s.start(1, nil)
	a := etcd.LockPrefix + "a"
	s.take(2*time.Second, "etcd-2", []*clientv3.Event{put(a, 2, 7)}, nil)
	s.take(1*time.Second, "etcd-1", []*clientv3.Event{put(a, 2, 7), gone(a, 3)}, map[int64]bool{7: true})
	if want := []time.Duration{2 * time.Second, 2 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("stamped %v, expected %v", got, want)
	}
}

func TestTheLeaderIsThatOfTheLatestTermThatHasOne(t *testing.T) {
	answer := func(leader, term uint64) *clientv3.StatusResponse {
		return &clientv3.StatusResponse{Leader: leader, RaftTerm: term}
	}
	for _, c := range []struct {
		answers []*clientv3.StatusResponse
		want    uint64
	}{
		{[]*clientv3.StatusResponse{answer(1, 2), answer(3, 5), answer(1, 2)}, 3}, // two have been cut off
		{[]*clientv3.StatusResponse{answer(1, 2), answer(0, 5)}, 1},               // one stands for election
		{[]*clientv3.StatusResponse{answer(0, 2)}, 0},
	} {
		if got := latestLeader(c.answers); got != c.want {
			t.Errorf("%v: the leader is %d, expected %d", c.answers, got, c.want)
		}
	}
}
