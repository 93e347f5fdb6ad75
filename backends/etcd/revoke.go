package etcd

import "time"

const (
	// maxPendingRevokes is how many leases a member ends at the same time (etcd 3.4 and
	// later, server.go).
	maxPendingRevokes = 16
	// queueing is the time limit of a member's own requests, to which two elections are added
	// (ibid., config.go: ReqTimeout).
	queueing = 5 * time.Second
	// readRetry is how often a member asks the leader again whether it may answer a read (ibid.,
	// v3_server.go: readIndexRetryTime).
	readRetry = 500 * time.Millisecond
)

// scan looks for expired leases.
func (m *member) scan() {
	if leases := m.lessor.Expired(m.host.Now()); len(leases) > 0 {
		m.endLeases(leases)
	}
	m.host.After(scanPeriod, m.scan)
}

// endLeases revokes leases through the log. With the check, a member that has lost its leadership
// since it found them expired may notice that here (server.go: revokeExpiredLeases).
func (m *member) endLeases(leases []uint64) {
	r := &revoker{member: m, waiting: leases}
	m.ensureLeadership(func(ok bool) {
		if ok {
			r.next()
		}
	})
}

// ensureLeadership verifies, with the check, that the member still leads before it ends or renews
// leases as the leader (server.go: ensureLeadership, called by revokeExpiredLeases and LeaseRenew).
// It asks a majority only if its clock has not ticked for three heartbeats (isActive). That is the
// case for a member that waits for its disk, but not for one whose process was stopped and
// continues, because then the clock ticks at once.
func (m *member) ensureLeadership(then func(ok bool)) {
	active := m.host.Now() < m.raft.TickedAt()+3*m.cluster.timing.Heartbeat
	if !m.cluster.leadershipCheck || active {
		then(true)
		return
	}
	m.raft.Read(then)
}

// revoker ends the leases of one scan, a few at a time.
type revoker struct {
	member  *member
	waiting []uint64
	pending int
}

func (r *revoker) next() {
	for r.pending < maxPendingRevokes && len(r.waiting) > 0 {
		lease := r.waiting[0]
		r.waiting = r.waiting[1:]
		r.pending++
		r.revoke(lease)
	}
}

// revoke ends one lease, or gives up when its time-out has passed. It does not check whether the
// member still leads. A member that was stopped puts the first revocations into an outdated log and
// never hears of them again; by the time it gets to the next ones it has learnt who leads now, and
// passes them on. In a member that waits for its disk, the algorithm hears of the new leader
// meanwhile, and passes on later revocations as soon as the disk is done. The new leader cannot
// tell them from a client's requests (etcd issues 12528 and 15247).
func (r *revoker) revoke(lease uint64) {
	over := false
	end := func() {
		if !over {
			over = true
			r.pending--
			r.next()
		}
	}
	timer := r.member.host.After(queueing+2*r.member.cluster.timing.Election, end)
	r.member.serve(Command{Kind: CommandLeaseExpire, Lease: lease}, func(answer any) {
		if _, done := answer.(Reply); done {
			timer.Stop()
			end()
		}
	})
}
