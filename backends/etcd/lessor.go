package etcd

import (
	"cmp"
	"slices"
	"time"
)

const (
	// scanPeriod is how often a member looks for expired leases (etcd 3.5, lease package: the loop
	// of the lessor sleeps 500 ms).
	scanPeriod = 500 * time.Millisecond
	// revokeAgain is the wait before a lease is checked again whose revocation did not come through
	// (ibid., defaultExpiredleaseRetryInterval).
	revokeAgain = 3 * time.Second
)

// minTTL is the shortest lease that a cluster grants: one and a half times the election timeout, in
// whole seconds (etcd 3.5, server.go: minTTL).
func minTTL(election time.Duration) time.Duration { return WholeSeconds(election * 3 / 2) }

// WholeSeconds rounds up: leases are counted in seconds.
func WholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1) / time.Second * time.Second
}

// Lessor counts down the leases on the leader. None of this is in the log: only the leader knows of
// renewals, and a new leader gives every lease its full length again.
type Lessor struct {
	primary bool
	counts  []count
}

type count struct {
	lease   GrantedLease
	expires time.Duration // on the member's monotonic clock
	retry   time.Duration // once a revocation was requested: when to ask again
}

// Promote starts the countdown when the member becomes the leader: each lease gets its full length
// plus extend.
func (l *Lessor) Promote(now time.Duration, leases []GrantedLease, extend time.Duration) {
	l.primary, l.counts = true, nil
	for _, lease := range leases {
		l.counts = append(l.counts, count{lease: lease, expires: now + lease.TTL + extend})
	}
}

// Demote stops counting.
func (l *Lessor) Demote() { l.primary, l.counts = false, nil }

// Grant starts the countdown of a new lease.
func (l *Lessor) Grant(now time.Duration, lease GrantedLease) {
	if l.primary {
		l.counts = append(l.counts, count{lease: lease, expires: now + lease.TTL})
	}
}

// Revoke forgets a lease.
func (l *Lessor) Revoke(id uint64) {
	l.counts = slices.DeleteFunc(l.counts, func(c count) bool { return c.lease.ID == id })
}

// Renew restarts a lease's countdown. It returns 0 if the lease is unknown, or has expired and
// waits to be revoked.
func (l *Lessor) Renew(now time.Duration, id uint64) time.Duration {
	for i := range l.counts {
		if c := &l.counts[i]; c.lease.ID == id && c.expires > now {
			c.expires = now + c.lease.TTL
			return c.lease.TTL
		}
	}
	return 0
}

// Expired returns the leases to be revoked now, in the order in which they ended.
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
