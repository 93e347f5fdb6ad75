package etcd

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// atStoppedLeader makes a client at each of these members ask for a lease while the leader, etcd-1,
// is stopped, for the time stop. It passes on how long after the leader continued each was served,
// in 200 seeds.
func atStoppedLeader(t *testing.T, stop time.Duration, members []sim.HostID, each func(after []time.Duration)) {
	const from = time.Second
	for seed := range uint64(200) {
		clients := []sim.HostID{"client-1", "client-2"}[:len(members)]
		s := newStage(t, seed, "etcd", clients...)
		s.World.Direct([]sim.Step{{
			When: sim.Trigger{After: from},
			Do:   sim.Fault{Kind: sim.Pause, Host: "etcd-1", For: stop},
		}})
		after := make([]time.Duration, len(members))
		for i, id := range clients {
			s.ask(from+100*time.Millisecond, id, members[i], func(p *simulatedPort) {
				if _, _, err := p.LeaseGrant(ttl, time.Minute); err != nil {
					t.Errorf("seed %d, %s at %s: %v", seed, id, members[i], err)
				}
				after[i] = p.host.Now() - from - stop
			})
		}
		s.Run(time.Minute)
		each(after)
	}
}

// expectLost fails unless lost, out of 200, is about the expected share.
func expectLost(t *testing.T, lost int) {
	t.Helper()
	if share := float64(lost) / 200; share < proposedFirst/100.-0.1 || share > proposedFirst/100.+0.1 {
		t.Errorf("a share of %.3f was lost, expected about %.2f", share, proposedFirst/100.)
	}
}

// A leader that was stopped for longer than an election may take a waiting proposal before it reads
// that it was deposed. Then there is no answer before the time-out of etcd's requests, after which
// the library asks again.
func TestAProposalAtADeposedLeaderIsServedOrWaitsInVain(t *testing.T) {
	timing := TimingOf(settings(t, "etcd"))
	limit := queueing + 2*timing.Election
	lost := 0
	atStoppedLeader(t, 4*timing.Election, []sim.HostID{"etcd-1"}, func(after []time.Duration) {
		switch {
		case after[0] >= limit && after[0] < limit+100*time.Millisecond:
			lost++
		case after[0] < 0 || after[0] > timing.Election:
			t.Errorf("served %v after the leader went on; expected at once, or after %v", after[0], limit)
		}
	})
	expectLost(t, lost)
}

// What the new leader itself passed on to the old one is never lost; what the third member passed
// on may be. One of these two leads in the end.
func TestAProposalThatWasPassedOnToADeposedLeader(t *testing.T) {
	timing := TimingOf(settings(t, "etcd"))
	lost := 0
	atStoppedLeader(t, 4*timing.Election, []sim.HostID{"etcd-2", "etcd-3"}, func(after []time.Duration) {
		late := 0
		for _, d := range after {
			if d > timing.Election {
				late++
			}
		}
		if late == 2 {
			t.Errorf("neither was served before %v after the leader went on", after)
		}
		lost += late
	})
	expectLost(t, lost)
}

func TestAProposalAtALeaderThatStillLeadsIsServed(t *testing.T) {
	atStoppedLeader(t, TimingOf(settings(t, "etcd")).Election/2, []sim.HostID{"etcd-1"}, func(after []time.Duration) {
		if after[0] < 0 || after[0] > 10*time.Millisecond {
			t.Errorf("served %v after the leader went on; expected at once", after[0])
		}
	})
}
