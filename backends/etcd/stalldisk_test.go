package etcd

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// stalledDisk stalls the leader's disk for a while after client 1 has got the lock. Client 1 renews
// its lease through another member. If asks is set, client 2 asks for the lock a second later, so
// that the leader has something to save; otherwise nothing waits for the disk.
func stalledDisk(t *testing.T, spec string, seed uint64, stall time.Duration, asks bool) (lost, replaced bool) {
	s := newStage(t, seed, spec+"+timeout=0.1ttl+keep-alive-once", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(time.Hour, 50*time.Second))
	if asks {
		s.Client("client-2", 9*time.Second, locktest.Hold(time.Hour, time.Second))
	}
	acquired := sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1}
	later := acquired
	later.After = 7 * time.Second
	s.World.Direct([]sim.Step{
		{When: acquired, Do: sim.Fault{Kind: sim.Partition, From: []sim.HostID{"client-1", "client-2"}, To: []sim.HostID{"etcd-1"}}},
		{When: later, Do: sim.Fault{Kind: sim.StallDisk, Host: "etcd-1", For: stall}},
	})
	s.World.After(15*time.Second, func() {
		replaced = s.World.Role(sim.Leader)[0] != "etcd-1"
	})
	for _, e := range s.Run(60 * time.Second).Events {
		lost = lost || e.Kind == sim.Expired && e.Client == "client-1"
		if e.Kind == sim.FaultUnproven {
			t.Errorf("fault %d: %s", e.Fault, e.Note)
		}
	}
	return lost, replaced
}

func TestALeaderWhoseDiskStalledEndsTheLeaseOfALiveHolder(t *testing.T) { // E7
	for seed := range uint64(20) {
		for _, c := range []struct {
			spec           string
			stall          time.Duration
			asks           bool
			lost, replaced bool
			because        string
		}{
			{"etcd+leadership-check-on-revoke=off", 20 * time.Second, true, true, true, "its request is passed on to the new leader as soon as the disk goes on"},
			{"etcd+leadership-check-on-revoke=on", 20 * time.Second, true, false, true, "its clock stood still, so it asks whether it leads"},
			{"etcd+leadership-check-on-revoke=off", 8 * time.Second, true, false, true, "the disk goes on before the lease is over by the old leader's count"},
			{"etcd+leadership-check-on-revoke=off", 20 * time.Second, false, false, false, "with nothing to save nobody waits for the disk"},
		} {
			if lost, replaced := stalledDisk(t, c.spec, seed, c.stall, c.asks); lost != c.lost || replaced != c.replaced {
				t.Errorf("%s, stalled for %v, seed %d: the lease was ended: %t, expected %t; another led: %t, expected %t; as %s",
					c.spec, c.stall, seed, lost, c.lost, replaced, c.replaced, c.because)
			}
		}
	}
}

// With the check, a client that asks a leader whose disk stalls is sent on to another member;
// before, that leader renewed a lease on which it no longer had a say (the second commit of etcd
// pull request 16822).
func TestALeaderWhoseDiskStallsRenewsNoLeaseIfItChecks(t *testing.T) {
	for _, c := range []struct {
		spec   string
		misled bool
	}{{"etcd+leadership-check-on-revoke=off", true}, {"etcd+leadership-check-on-revoke=on", false}} {
		s := newStage(t, 1, c.spec+"+keep-alive-once", "client-1", "client-2")
		s.Client("client-1", time.Second, locktest.Hold(time.Hour, 50*time.Second)) // asks etcd-1, the leader
		s.Client("client-2", 3*time.Second, locktest.Hold(time.Hour, time.Second))
		s.World.Direct([]sim.Step{{
			When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1},
			Do:   sim.Fault{Kind: sim.StallDisk, Host: "etcd-1", For: 40 * time.Second},
		}})
		misled := false
		for _, e := range s.Run(35 * time.Second).Events {
			misled = misled || e.Kind == sim.Expired && e.Client == "client-1"
		}
		if misled != c.misled {
			t.Errorf("%s: the lease ended while its holder was told that it was renewed: %t, expected %t", c.spec, misled, c.misled)
		}
	}
}
