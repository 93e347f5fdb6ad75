package etcd

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// ask lets a client ask one member after a while.
func (s stage) ask(after time.Duration, member sim.HostID, f func(p *simulatedPort)) {
	h := s.World.Host("client-1")
	h.Go("ask", func(sim.Host) {
		h.Sleep(after)
		f(&simulatedPort{host: h, members: []sim.HostID{member}})
	})
}

func TestAMemberThatIsBehindDoesNotTakeAKeyItHasNotSeenForDeleted(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1")
	s.Cut("etcd-3", s.Servers...)
	s.ask(time.Second, "etcd-1", func(p *simulatedPort) {
		lease, _, _ := p.LeaseGrant(ttl, time.Second)
		own, _, err := p.Create("account/x", LockPrefix, lease, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		behind := &simulatedPort{host: p.host, members: []sim.HostID{"etcd-3"}}
		if err := behind.WatchDelete(own, own.Created, time.Second); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("a member that was cut off told of the deletion of a key that exists: %v", err)
		}
		s.Mend("etcd-3", s.Servers...)
		p.host.Sleep(5 * time.Second)
		if ok, err := p.Delete("account/x", 0, time.Second); !ok {
			t.Errorf("delete: %v", err)
		}
		if err := behind.WatchDelete(own, own.Created, time.Second); err != nil {
			t.Errorf("a member that has caught up does not tell of a deletion: %v", err)
		}
	})
	s.Run(30 * time.Second)
}

func TestALeaderThatIsCutOffAnswersNoReads(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1")
	s.World.After(5*time.Second, func() { s.Cut("etcd-1", s.Servers...) })
	s.ask(5100*time.Millisecond, "etcd-1", func(p *simulatedPort) {
		if _, _, _, err := p.LastCreated(LockPrefix, 100, 3*time.Second); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("it was answered with %v, expected nothing: another leader may know better", err)
		}
	})
	s.Run(10 * time.Second)
}

func TestAnyMemberServesByAskingTheLeader(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1")
	for _, m := range s.Servers {
		s.ask(time.Second, m, func(p *simulatedPort) {
			lease, _, err := p.LeaseGrant(ttl, time.Second)
			if err != nil {
				t.Errorf("grant at %s: %v", m, err)
			}
			if left, err := p.LeaseKeepAlive(lease, time.Second); err != nil || left != ttl {
				t.Errorf("keep alive at %s: %v, %v", m, left, err)
			}
			if err := p.LeaseRevoke(lease, time.Second); err != nil {
				t.Errorf("revoke at %s: %v", m, err)
			}
			if _, err := p.LeaseKeepAlive(lease, time.Second); !errors.Is(err, ErrNoLease) {
				t.Errorf("keep alive of a revoked lease at %s: %v, expected ErrNoLease", m, err)
			}
		})
	}
	s.Run(30 * time.Second)
}
