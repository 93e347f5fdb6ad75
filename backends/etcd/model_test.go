package etcd

import (
	"slices"
	"testing"
	"time"
)

// store is a model with two leases and a key under each.
func store(t *testing.T) *Model {
	t.Helper()
	m := NewModel()
	for i, name := range []string{"lock/1", "lock/2"} {
		m.Apply(Command{Kind: CommandLeaseGrant, TTL: time.Second})
		r := m.Apply(Command{Kind: CommandCreate, Key: name, Prefix: "lock/", Lease: uint64(i + 1)})
		if !r.OK || r.Own.Created != uint64(i+2) || r.First.Name != "lock/1" {
			t.Fatalf("create %s: %+v", name, r)
		}
	}
	return m
}

func TestCreatingAKeyThatExistsGetsIt(t *testing.T) {
	m := store(t)
	r := m.Apply(Command{Kind: CommandCreate, Key: "lock/2", Prefix: "lock/", Lease: 1})
	if !r.OK || r.Own.Created != 3 || r.Own.Lease != 2 || m.Revision() != 3 {
		t.Errorf("%+v at revision %d, expected the key as it was", r, m.Revision())
	}
}

func TestAKeyCannotBePutUnderALeaseThatHasEnded(t *testing.T) {
	m := store(t)
	m.Apply(Command{Kind: CommandLeaseRevoke, Lease: 1})
	if r := m.Apply(Command{Kind: CommandCreate, Key: "lock/3", Prefix: "lock/", Lease: 1}); r.OK {
		t.Errorf("created %+v", r)
	}
}

func TestTheEndOfALeaseDeletesItsKeys(t *testing.T) {
	m := store(t)
	r := m.Apply(Command{Kind: CommandLeaseExpire, Lease: 1})
	if len(r.Deleted) != 1 || r.Deleted[0].Name != "lock/1" || m.Revision() != 4 {
		t.Errorf("%+v at revision %d, expected lock/1 deleted at 4", r, m.Revision())
	}
	if first, ok := m.First("lock/"); !ok || first.Name != "lock/2" {
		t.Errorf("the first key is %+v, expected lock/2", first)
	}
	if r := m.Apply(Command{Kind: CommandLeaseExpire, Lease: 1}); r.OK || m.Revision() != 4 {
		t.Errorf("a lease ended twice: %+v at revision %d", r, m.Revision())
	}
}

func TestDeletingAtARevisionSparesANewerKey(t *testing.T) {
	m := store(t)
	for _, c := range []struct {
		created uint64
		want    bool
	}{{2, false}, {3, true}, {0, false}} {
		if r := m.Apply(Command{Kind: CommandDelete, Key: "lock/2", Created: c.created}); r.OK != c.want {
			t.Errorf("delete at revision %d: %v, expected %v", c.created, r.OK, c.want)
		}
	}
}

func TestAWaiterLooksAtTheLastKeyBeforeItsOwn(t *testing.T) {
	m := store(t)
	for max, want := range []string{"", "", "lock/1", "lock/2", "lock/2"} {
		if k, ok := m.LastCreated("lock/", uint64(max)); k.Name != want || ok != (want != "") {
			t.Errorf("up to revision %d: %+v, expected %q", max, k, want)
		}
	}
	if _, ok := m.LastCreated("other/", 9); ok {
		t.Error("a key of another prefix was found")
	}
}

func TestOnlyTheLeaderCountsLeases(t *testing.T) {
	var l Lessor
	ten, five := GrantedLease{ID: 1, TTL: 10 * time.Second}, GrantedLease{ID: 2, TTL: 5 * time.Second}
	l.Grant(0, ten)
	if l.Renew(0, 1) != 0 {
		t.Error("a member that does not lead has renewed a lease")
	}
	l.Promote(time.Second, []GrantedLease{ten}, time.Second)
	l.Grant(2*time.Second, five)
	for _, c := range []struct {
		at   time.Duration
		want []uint64
	}{
		{6999 * time.Millisecond, nil},
		{7 * time.Second, []uint64{2}},
		{7500 * time.Millisecond, nil}, // its revocation is under way
		{10 * time.Second, []uint64{2}},
		{12 * time.Second, []uint64{1}},
		{20 * time.Second, []uint64{2, 1}}, // nobody heard of either: in the order in which they ended
	} {
		if got := l.Expired(c.at); !slices.Equal(got, c.want) {
			t.Errorf("at %v the leases %v have expired, expected %v", c.at, got, c.want)
		}
	}
	if got := l.Renew(12*time.Second, 1); got != 0 {
		t.Errorf("a lease whose time is up was renewed for %v", got)
	}
	l.Revoke(2)
	l.Demote()
	if got := l.Expired(time.Hour); got != nil {
		t.Errorf("after its leadership a member finds %v expired", got)
	}
}
