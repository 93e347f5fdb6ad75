package etcd

import (
	"cmp"
	"slices"
	"time"
)

const (
	// scanPeriod is how often a member looks for leases whose time is up (etcd 3.5, lease
	// package: the loop of the lessor sleeps 500 ms).
	scanPeriod = 500 * time.Millisecond
	// revokeAgain is when a lease is looked at again whose revocation has not come through
	// (ibid., defaultExpiredleaseRetryInterval).
	revokeAgain = 3 * time.Second
)

// minTTL is the shortest lease that a cluster grants: one and a half times the election
// timeout, in whole seconds (etcd 3.5, server.go: minTTL).
func minTTL(election time.Duration) time.Duration { return wholeSeconds(election * 3 / 2) }

// wholeSeconds rounds up: leases are counted in seconds.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1) / time.Second * time.Second
}

// Lessor counts down the leases on the leader. Nothing of this is in the log: renewals
// are known to the leader alone, and a new one lets every lease live on in full.
type Lessor struct {
	primary bool
	counts  []count
}

type count struct {
	lease   GrantedLease
	expires time.Duration // on the member's monotonic clock
	retry   time.Duration // after a revocation was asked for: when to ask again
}

// Promote begins to count when the member becomes the leader: each lease has its full
// length, and extend on top of it.
func (l *Lessor) Promote(now time.Duration, leases []GrantedLease, extend time.Duration) {
	l.primary, l.counts = true, nil
	for _, lease := range leases {
		l.counts = append(l.counts, count{lease: lease, expires: now + lease.TTL + extend})
	}
}

// Demote ends the counting.
func (l *Lessor) Demote() { l.primary, l.counts = false, nil }

// Grant begins to count for a new lease.
func (l *Lessor) Grant(now time.Duration, lease GrantedLease) {
	if l.primary {
		l.counts = append(l.counts, count{lease: lease, expires: now + lease.TTL})
	}
}

// Revoke forgets a lease.
func (l *Lessor) Revoke(id uint64) {
	l.counts = slices.DeleteFunc(l.counts, func(c count) bool { return c.lease.ID == id })
}

// Renew begins a lease's count again. It returns 0 when the lease is not known, or its
// time is up and it waits to be revoked.
func (l *Lessor) Renew(now time.Duration, id uint64) time.Duration {
	for i := range l.counts {
		if c := &l.counts[i]; c.lease.ID == id && c.expires > now {
			c.expires = now + c.lease.TTL
			return c.lease.TTL
		}
	}
	return 0
}

// Expired gives the leases to be revoked now, in the order in which they ended.
func (l *Lessor) Expired(now time.Duration) (ids []uint64) {
	slices.SortStableFunc(l.counts, func(a, b count) int { return cmp.Compare(a.expires, b.expires) })
	for i := range l.counts {
		if c := &l.counts[i]; c.expires <= now && c.retry <= now {
			c.retry = now + revokeAgain
			ids = append(ids, c.lease.ID)
		}
	}
	return ids
}
