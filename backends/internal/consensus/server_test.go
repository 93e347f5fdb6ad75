package consensus

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

func TestThreeMembersElectOneLeader(t *testing.T) {
	newCluster(1, 3, newInvariants(t)).expect(t, 10*time.Second, `
	1.109s node-1: pre-candidate in term 0
	1.11s node-1: candidate in term 1
	1.11s node-3: follower in term 1
	1.11s node-2: follower in term 1
	1.11s node-1: leader in term 1
	1.111s node-2: follower in term 1 of node-1
	1.111s node-3: follower in term 1 of node-1
	`)
}

func TestAMemberAloneLeadsItself(t *testing.T) {
	c := newCluster(1, 1, newInvariants(t))
	c.run(t, 3*time.Second)
	if s := c.server[0]; !s.Established() {
		t.Errorf("%+v after 3 s, expected a leader", s.Status())
	}
}

func TestALeaderWithoutAMajorityStepsDownAndAnotherIsElected(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	c.world.After(5*time.Second, func() { c.isolate(c.leader(), true) })
	c.expect(t, 7*time.Second, `
	1.109s node-1: pre-candidate in term 0
	1.11s node-1: candidate in term 1
	1.11s node-3: follower in term 1
	1.11s node-2: follower in term 1
	1.11s node-1: leader in term 1
	1.111s node-2: follower in term 1 of node-1
	1.111s node-3: follower in term 1 of node-1
	5.982s node-3: pre-candidate in term 1
	5.982s node-3: candidate in term 2
	5.982s node-2: follower in term 2
	5.983s node-3: leader in term 2
	5.983s node-2: follower in term 2 of node-3
	6.11s node-1: follower in term 1
	`)
}

func TestAMemberThatComesBackDoesNotDeposeTheLeader(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	follower := 0
	c.world.After(5*time.Second, func() {
		follower = (c.leader() + 1) % 3
		c.isolate(follower, true)
	})
	c.world.After(15*time.Second, func() { c.isolate(follower, false) })
	c.run(t, 25*time.Second)
	if last := c.server[c.leader()].Status(); last.Term != 1 {
		t.Errorf("term %d at the end, expected the first: pre-votes spend no terms", last.Term)
	}
	if s := c.server[follower].Status(); s.Role != Follower || s.Leader == "" {
		t.Errorf("the member that came back is %+v, expected a follower of the leader", s)
	}
}

// call sends a request to the leader until it is served, and returns the answer.
func (c *cluster) call(h sim.Host, request any) any {
	for {
		if i := c.leader(); i >= 0 {
			reply, err := c.world.Host(h.ID()).Send(c.members[i], request).Wait(time.Second)
			if err == nil && reply != any(notLeader{}) {
				return reply
			}
		}
		h.Sleep(100 * time.Millisecond)
	}
}

func TestWhatWasAcknowledgedSurvivesTheCrashOfAllMembers(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	client := c.world.AddHost("client")
	var after any
	client.Go("client", func(h sim.Host) {
		c.call(h, setTo(41))
		c.call(h, setTo(42))
		for i := range c.members {
			c.host(i).Crash()
		}
		h.Sleep(time.Second)
		for i := range c.members {
			c.host(i).Restart()
		}
		after = c.call(h, "get")
	})
	c.run(t, 20*time.Second)
	if after != any(uint64(42)) {
		t.Errorf("read %v after the restart, expected 42", after)
	}
}

func TestAMemberThatWasDownCatchesUp(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	client := c.world.AddHost("client")
	late := 0
	client.Go("client", func(h sim.Host) {
		c.call(h, setTo(1))
		late = (c.leader() + 1) % 3
		c.host(late).Crash()
		for v := range 50 {
			c.call(h, setTo(v+2))
		}
		c.host(late).Restart()
	})
	c.run(t, 20*time.Second)
	if c.value[late] != 51 {
		t.Errorf("the register is %d on the member that was down, expected 51", c.value[late])
	}
}

func TestAProposalWhosePlaceIsTakenIsReportedLost(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	client := c.world.AddHost("client")
	outcome := "none"
	old := 0
	c.world.After(5*time.Second, func() {
		old = c.leader()
		c.isolate(old, true)
		c.server[old].Propose(setTo(66), func(_ any, ok bool) {
			outcome = map[bool]string{true: "applied", false: "lost"}[ok]
		})
	})
	c.world.After(10*time.Second, func() {
		if outcome != "none" {
			t.Errorf("a proposal without a majority was reported %s", outcome)
		}
		client.Go("client", func(h sim.Host) {
			c.call(h, setTo(7))
			c.isolate(old, false)
		})
	})
	c.run(t, 25*time.Second)
	if outcome != "lost" || c.value[old] != 7 {
		t.Errorf("the proposal was reported %s and the register is %d, expected it lost and 7", outcome, c.value[old])
	}
}

func TestAReadAtALeaderWithoutAMajorityIsNeverAnswered(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	answer := "none"
	c.world.After(5*time.Second, func() {
		i := c.leader()
		c.isolate(i, true)
		c.server[i].Read(func(ok bool) { answer = map[bool]string{true: "confirmed", false: "refused"}[ok] })
	})
	c.run(t, 10*time.Second)
	if answer != "refused" {
		t.Errorf("the read was %s, expected it to be refused when the leader stepped down", answer)
	}
}

func TestAMemberIsReachedSoonAfterALongPartition(t *testing.T) {
	c := newCluster(1, 3, newInvariants(t))
	cut := 0
	c.world.After(5*time.Second, func() {
		cut = (c.leader() + 1) % 3
		c.isolate(cut, true)
	})
	c.world.After(65*time.Second, func() { c.isolate(cut, false) })
	c.world.After(72*time.Second, func() {
		if s := c.server[cut].Status(); s.Leader == "" {
			t.Errorf("7 s after a minute's partition the member is %+v, expected a follower: TCP alone would wait for its next retransmission", s)
		}
	})
	c.run(t, 75*time.Second)
}
