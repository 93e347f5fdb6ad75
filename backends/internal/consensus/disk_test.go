package consensus

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// stallAndPropose stalls the disks of the leader or of all others for half a second, just before
// the leader is given something to save. It returns what had become of that, and how many others
// had it in their logs, shortly before the disks go on and a while after.
func stallAndPropose(t *testing.T, ofLeader bool) (before, after string, had int) {
	t.Helper()
	c := newCluster(1, 3, newInvariants(t))
	outcome := "nothing"
	c.world.After(5*time.Second, func() {
		leader := c.leader()
		var stalls []sim.Fault
		for i, id := range c.members {
			if i == leader == ofLeader {
				stalls = append(stalls, sim.Fault{Kind: sim.StallDisk, Host: id})
			}
		}
		for _, f := range stalls {
			if err := c.world.Apply(f); err != nil {
				t.Error(err)
			}
		}
		c.server[leader].Propose(setTo(42), func(_ any, ok bool) {
			outcome = map[bool]string{true: "applied", false: "lost"}[ok]
		})
		c.world.After(400*time.Millisecond, func() {
			before = outcome
			for i, s := range c.server {
				if log := s.Log(); i != leader && len(log) > 0 && log[len(log)-1].Command == any(setTo(42)) {
					had++
				}
			}
		})
		c.world.After(500*time.Millisecond, func() {
			for _, f := range stalls {
				if err := c.world.Undo(f); err != nil {
					t.Error(err)
				}
			}
		})
	})
	c.run(t, 7*time.Second)
	return before, outcome, had
}

// A follower confirms an entry once its disk has it, and not before: nothing is agreed on that a
// majority has not saved.
func TestNothingIsAgreedOnWhileTheDisksOfAMajorityStall(t *testing.T) {
	before, after, _ := stallAndPropose(t, false)
	if before != "nothing" || after != "applied" {
		t.Errorf("while two of three disks stalled the proposal was reported as %s, and after that as %s; expected nothing, and applied", before, after)
	}
}

// A leader sends what it is about to save, and processes nothing while it saves.
func TestALeaderSendsWhileItSavesAndHearsNothing(t *testing.T) {
	before, after, had := stallAndPropose(t, true)
	if had != 2 || before != "nothing" || after != "applied" {
		t.Errorf("while the leader's disk stalled, %d others had the proposal and it was reported as %s, and after that as %s; expected 2, nothing, and applied", had, before, after)
	}
}
