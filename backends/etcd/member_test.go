package etcd

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// port is a client's port to some members.
func (s stage) port(client sim.HostID, members ...sim.HostID) *simulatedPort {
	var hosts []*virtual.Host
	for _, id := range members {
		hosts = append(hosts, s.World.Host(id))
	}
	return newSimulatedPort(s.World.Host(client), hosts, 2*time.Hour)
}

// keepAliveOnce makes a port keep a lease alive once.
func keepAliveOnce(p Port, lease uint64) (time.Duration, error) {
	stream, err := p.KeepAlives()
	if err != nil {
		return 0, err
	}
	stream.Send(lease)
	a, err := stream.Receive()
	return a.TTL, err
}

// ask makes a client ask one member after a while.
func (s stage) ask(after time.Duration, client, member sim.HostID, f func(p *simulatedPort)) {
	h := s.World.Host(client)
	h.Go("ask", func(sim.Host) {
		h.Sleep(after)
		f(s.port(client, member))
	})
}

func TestAMemberThatIsBehindDoesNotTakeAKeyItHasNotSeenForDeleted(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2")
	s.Cut("etcd-3", s.Servers...)
	var own Key
	s.ask(time.Second, "client-1", "etcd-1", func(p *simulatedPort) {
		lease, _, _ := p.LeaseGrant(ttl, time.Second)
		var err error
		if own, _, err = p.Create("account/x", LockPrefix, lease, time.Second); err != nil {
			t.Fatal(err)
		}
		p.host.Sleep(8 * time.Second)
		if ok, err := p.Delete("account/x", 0, time.Second); !ok {
			t.Errorf("delete: %v", err)
		}
	})
	s.ask(2*time.Second, "client-2", "etcd-3", func(behind *simulatedPort) {
		if err := behind.WatchDelete(own, own.Created, time.Second); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("a member that was cut off told of the deletion of a key that exists: %v", err)
		}
		s.Mend("etcd-3", s.Servers...)
		behind.host.Sleep(10 * time.Second)
		if err := behind.WatchDelete(own, own.Created, time.Second); err != nil {
			t.Errorf("a member that has caught up does not tell of a deletion: %v", err)
		}
	})
	s.Run(30 * time.Second)
}

func TestALeaderThatIsCutOffAnswersNoReads(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1")
	s.World.After(5*time.Second, func() { s.Cut("etcd-1", s.Servers...) })
	s.ask(5100*time.Millisecond, "client-1", "etcd-1", func(p *simulatedPort) {
		if _, _, _, err := p.LastCreated(LockPrefix, 100, 3*time.Second); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("it was answered with %v, expected nothing: another leader may know better", err)
		}
	})
	s.Run(10 * time.Second)
}

func TestAnyMemberServesByAskingTheLeader(t *testing.T) {
	s := newStage(t, 1, "etcd", "client-1", "client-2", "client-3")
	for i, m := range s.Servers {
		s.ask(time.Second, sim.ClientID(i), m, func(p *simulatedPort) {
			lease, _, err := p.LeaseGrant(ttl, time.Second)
			if err != nil {
				t.Errorf("grant at %s: %v", m, err)
			}
			if left, err := keepAliveOnce(p, lease); err != nil || left != ttl {
				t.Errorf("keep alive at %s: %v, %v", m, left, err)
			}
			if err := p.LeaseRevoke(lease, time.Second); err != nil {
				t.Errorf("revoke at %s: %v", m, err)
			}
			if left, err := keepAliveOnce(p, lease); left != 0 || err != nil {
				t.Errorf("keep alive of a revoked lease at %s: %v, %v, expected that it has ended", m, left, err)
			}
		})
	}
	s.Run(30 * time.Second)
}
