package zookeeper

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestAnEnsembleServesAsLongAsAMajorityIsUp(t *testing.T) {
	for _, each := range []struct {
		servers, down int
		serves        bool
	}{
		{1, 0, true},
		{2, 0, true}, {2, 1, false},
		{3, 1, true}, {3, 2, false},
		{5, 2, true}, {5, 3, false},
	} {
		s := newStage(t, 1, fmt.Sprintf("zookeeper+servers=%d", each.servers), "client-1")
		s.World.After(time.Second, func() {
			for _, id := range s.World.Role(sim.Majority)[:min(each.down, each.servers/2+1)] { // the leader is among them
				s.World.Host(id).Crash()
			}
		})
		s.Client("client-1", 2*time.Second, locktest.Hold(2*ttl, time.Second))
		served := slices.ContainsFunc(s.Run(30*time.Second).Events, func(e sim.Event) bool { return e.Kind == sim.Released })
		if served != each.serves {
			t.Errorf("%d servers, %d of them down: served: %t", each.servers, each.down, served)
		}
	}
}

func TestTheRolesOfTheEnsemble(t *testing.T) {
	s := newStage(t, 1, "zookeeper+servers=5")
	expect := func(role sim.Role, want ...sim.HostID) {
		if got := s.World.Role(role); !slices.Equal(got, want) {
			t.Errorf("at %v the %s is %q, expected %q", s.World.Now(), role, got, want)
		}
	}
	s.World.After(time.Second, func() {
		expect(sim.Leader, "zk-1")
		expect(sim.Majority, "zk-1", "zk-2", "zk-3")
		expect(sim.Minority, "zk-4", "zk-5")
		expect(sim.Master)
		s.World.Host("zk-1").Crash()
		expect(sim.Leader)
	})
	s.World.After(10*time.Second, func() {
		leader := s.leader().ID()
		if leader == "zk-1" {
			t.Error("a server that is down leads")
		}
		if all := slices.Concat(s.World.Role(sim.Majority), s.World.Role(sim.Minority)); len(all) != 5 || all[0] != leader {
			t.Errorf("majority and minority together are %q, the leader is %s", all, leader)
		}
	})
	s.Run(11 * time.Second)
}
