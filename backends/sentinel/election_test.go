package sentinel

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

func TestASentinelHasOneVoteAnEpochEvenAcrossACrash(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	voter := s.service.guards[0]
	ask := func(epoch uint64, candidate sim.HostID) sim.HostID {
		return voter.opinion(isMasterDown{master: MasterID, epoch: epoch, candidate: candidate}).leader
	}
	if got := ask(5, ID(2)); got != ID(2) {
		t.Errorf("the first to ask got the vote for %s", got)
	}
	if got := ask(5, ID(3)); got != ID(2) {
		t.Errorf("the second to ask in this epoch got the vote for %s", got)
	}
	voter.host.Crash()
	voter.host.Restart()
	if got := ask(5, ID(3)); got != ID(2) {
		t.Errorf("after a crash the vote of the same epoch went to %s", got)
	}
	if got := ask(4, ID(3)); got != ID(2) {
		t.Errorf("an old epoch got the vote for %s", got)
	}
	if got := ask(6, ID(3)); got != ID(3) {
		t.Errorf("the next epoch got the vote for %s", got)
	}
	s.World.Close()
}

func TestTheReplicaWithMostOfTheStreamIsPromoted(t *testing.T) {
	for _, behind := range []int{1, 2} {
		s := newStage(t, "sentinel+replicas=2", 1, false, "client-1")
		s.at(time.Second, "a replica is cut off", func() { s.apart(ReplicaID(behind)) })
		s.Client("client-1", 1100*time.Millisecond, taking(0))
		s.at(1200*time.Millisecond, "crash", s.World.Host(MasterID).Crash)
		s.at(4500*time.Millisecond, "it is back", func() {
			s.together(ReplicaID(behind))
			s.World.Cut(MasterID, ReplicaID(behind)) // what it missed stays lost
		})
		s.Run(12 * time.Second)
		if got, want := s.service.role("master"), ReplicaID(3-behind); len(got) != 1 || got[0] != want {
			t.Errorf("%s is behind: promoted %v, expected %s", ReplicaID(behind), got, want)
		}
	}
}

func TestAFailoverNeedsAQuorumAndAMajority(t *testing.T) {
	for _, c := range []struct {
		spec     string
		down     int // Sentinels that are down when the master dies
		promotes bool
		why      string
	}{
		{"sentinel", 1, true, "two of three are both"},
		{"sentinel", 2, false, "one of three is neither"},
		{"sentinel+sentinels=4+quorum=2", 1, true, "three of four are both"},
		{"sentinel+sentinels=4+quorum=2", 2, false, "two of four are a quorum of two and no majority"},
		{"sentinel+sentinels=5+quorum=4", 1, true, "four of five are both"},
		{"sentinel+sentinels=5+quorum=4", 2, false, "three of five are a majority and no quorum of four"},
		{"sentinel+sentinels=5+quorum=1", 2, true, "three of five are a majority, and one is enough to see it"},
	} {
		s := newStage(t, c.spec, 1, false)
		for n := range c.down {
			s.World.Host(ID(n + 1)).Crash()
		}
		s.at(time.Second, "crash", s.World.Host(MasterID).Crash)
		s.Run(30 * time.Second)
		if got := s.service.nodes[1].master == ""; got != c.promotes {
			t.Errorf("%s with %d down: promoted %t, but %s", c.spec, c.down, got, c.why)
		}
	}
}

// The quorum decides how many must see the failure: with a quorum of one, a master that all but one
// Sentinel can reach is replaced, since the others vote without checking for themselves.
func TestWithAQuorumOfOneTheWordOfOneSentinelIsEnough(t *testing.T) {
	for spec, promotes := range map[string]bool{"sentinel": false, "sentinel+quorum=1": true} {
		s := newStage(t, spec, 1, false)
		s.World.Cut(ID(1), MasterID)
		s.World.Cut(MasterID, ID(1))
		s.Run(30 * time.Second)
		if got := s.service.nodes[1].master == ""; got != promotes {
			t.Errorf("%s with one Sentinel cut off from the master: promoted %t", spec, got)
		}
	}
}

func TestRolesFollowAFailover(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	is := func(role string, want sim.HostID) {
		if got := s.service.role(role); len(got) != 1 || got[0] != want {
			t.Errorf("at %v the %s is %v, expected %s", s.World.Now(), role, got, want)
		}
	}
	is("master", MasterID)
	is("replica", ReplicaID(1))
	s.at(time.Second, "crash", s.World.Host(MasterID).Crash)
	s.at(20*time.Second, "look", func() {
		is("master", ReplicaID(1))
		is("replica", MasterID)
		s.World.Host(ID(1)).Crash()
		s.World.Host(ID(2)).Crash()
		if got := s.service.role("master"); got != nil {
			t.Errorf("without a majority of Sentinels the master is %v", got)
		}
	})
	s.Run(21 * time.Second)
}

func TestAVoteOfAnEarlierEpochDoesNotCount(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	g := s.service.guards[0]
	g.config.epoch = 7
	g.peers[0].leader, g.peers[0].leaderEpoch = g.host.ID(), 6
	if g.elected(7) {
		t.Error("elected in epoch 7 with a vote of epoch 6")
	}
	g.peers[0].leaderEpoch = 7
	if !g.elected(7) {
		t.Error("not elected with two votes of three")
	}
	s.World.Close()
}

func TestASentinelInTiltDoesNotSayThatTheMasterIsDown(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	g := s.service.guards[0]
	s.at(time.Second, "crash", s.World.Host(MasterID).Crash)
	s.at(8*time.Second, "look", func() {
		if !g.opinion(isMasterDown{master: MasterID}).down {
			t.Error("it does not say so before either")
		}
		g.host.StepWall(5 * time.Second)
	})
	s.at(9*time.Second, "look", func() {
		if g.opinion(isMasterDown{master: MasterID}).down {
			t.Error("it says so although its clock was just stepped")
		}
	})
	s.World.Cut(ID(2), ID(3)) // so that nobody fails over meanwhile
	s.World.Cut(ID(3), ID(2))
	s.World.Cut(ID(1), ID(2))
	s.World.Cut(ID(1), ID(3))
	s.Run(10 * time.Second)
}

func TestAReplicaThatWasLongOutOfContactIsNotPromoted(t *testing.T) {
	s := newStage(t, "sentinel", 1, false)
	s.at(5*time.Second, "look", func() {
		g := s.service.guards[0]
		i, longest := g.server(ReplicaID(1)), 10*g.with.DownAfter
		if i.informed = g.host.Wall(); g.bestReplica() != i {
			t.Error("a replica in contact is not fit")
		}
		if i.info.unlinked = longest; g.bestReplica() != i {
			t.Errorf("a replica out of contact for %v is not fit", longest)
		}
		if i.info.unlinked = longest + 1; g.bestReplica() != nil {
			t.Error("a replica out of contact for longer than ten times down-after is fit")
		}
	})
	s.Run(6 * time.Second)
}

func TestTheWorldIsToldTheRolesAndTheClientsGetTheirLock(t *testing.T) {
	w := virtual.New(1)
	set := settings(t, "sentinel+replicas=2", false)
	for _, id := range (Backend{}).Servers(set) {
		w.AddHost(id)
	}
	lockFor := Backend{}.Simulate(w, set)
	h := w.AddHost("client-1")
	lock := lockFor(h)
	held := false
	h.Go("client", func(h sim.Host) { held = locktest.Take(h, lock, 0) != nil })
	if err := w.Run(time.Second); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if !held {
		t.Error("the client did not get the lock")
	}
	if got := w.Role("master"); !slices.Equal(got, []sim.HostID{MasterID}) {
		t.Errorf("the master is %v", got)
	}
	if got := w.Role("replica"); !slices.Equal(got, []sim.HostID{ReplicaID(1), ReplicaID(2)}) {
		t.Errorf("the replicas are %v", got)
	}
	if got := w.Role("leader"); got != nil {
		t.Errorf("there is a leader: %v", got)
	}
}
