//go:build linux

package sentinellive

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, labDuties())) }

// labTTL outlasts a failover, even on a busy machine.
const labTTL = 6 * time.Second

// labSpec makes the Sentinels notice soon that the master is down.
const labSpec = "sentinel+down-after=0.05ttl+timeout=0.05ttl"

func labDuties() map[string]live.Duty {
	duties := Backend{}.Duties()
	duties[locktest.HolderDuty] = locktest.Holder(locktest.HoldAsOrdered, Backend{})
	return duties
}

// newPair returns real servers, real Sentinels, and two clients.
func newPair(t *testing.T, spec string) *locktest.Pair {
	t.Helper()
	return locktest.NewPair(t, spec, labTTL, true, Backend{})
}

// masterCrash switches off the present master when client 1 has had the lock for a moment: long
// enough for real replication, but not for one that lags.
func masterCrash(d time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1, After: 100 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Crash, Host: sim.Master, For: d},
	}
}

func TestARealMasterGivesOneLockToOneClientAfterTheOther(t *testing.T) {
	p := newPair(t, labSpec)
	for range 2 { // the same servers serve both trials
		h := p.Run(400 * time.Millisecond)
		p.Expect(h, check.Holds)
		var got []string
		for _, e := range locktest.Only(h, sim.Granted, sim.Freed, sim.Expired, sim.Forgotten, sim.NodeGranted, sim.NodeEnded) {
			got = append(got, fmt.Sprint(e.Host, " ", e.Kind, " ", e.Token))
		}
		want := []string{"redis-master granted 1", "redis-master freed 0", "redis-master granted 2", "redis-master freed 0"}
		if !slices.Equal(got, want) {
			t.Errorf("what the servers did: %q, expected %q", got, want)
		}
		if got := p.Who(sim.Replica); !slices.Equal(got, []sim.HostID{"redis-replica-1"}) {
			t.Errorf("the replicas are %v", got)
		}
		p.Reset()
	}
}

// R2: the master dies before it has replicated the lock.
func TestARealFailoverForgetsALockThatWasNotReplicatedAndRepeatsItsToken(t *testing.T) {
	p := newPair(t, labSpec+"+replication-lag=0.1ttl")
	h := p.Run(labTTL*4/5, masterCrash(0))
	p.Expect(h, check.Violated)
	grants := locktest.Only(h, sim.Granted)
	if len(grants) != 2 || grants[0].Host != sentinel.MasterID || grants[1].Host != "redis-replica-1" || grants[0].Token != grants[1].Token {
		t.Errorf("the lock was granted: %+v; expected the same token from both servers", grants)
	}
	if got := p.Who(sim.Master); !slices.Equal(got, []sim.HostID{"redis-replica-1"}) {
		t.Errorf("after the failover the master is %v", got)
	}
	if err := (Backend{}).Reset(p.Ctx, p.Live, p.Settings); err == nil {
		t.Error("a reset succeeded although the servers have swapped their parts")
	}
}

func TestARealFailoverKeepsALockThatWasReplicated(t *testing.T) {
	p := newPair(t, labSpec+"+replicas=2+wait=1")
	h := p.Run(labTTL/2, masterCrash(0)) // too short for the lease to end meanwhile
	p.Expect(h, check.Holds)
	if n := len(locktest.Only(h, sim.Forgotten)); n != 0 {
		t.Errorf("a lock was forgotten of which there was a copy:\n%s", locktest.Transcript(h.Events))
	}
}

func TestAMasterThatIsBackAtOnceAndEmptyForgetsTheLockForAll(t *testing.T) {
	p := newPair(t, "sentinel+timeout=0.05ttl") // down-after is longer than the crash
	h := p.Run(labTTL*4/5, masterCrash(50*time.Millisecond))
	p.Expect(h, check.Violated)
	if n := len(locktest.Only(h, sim.Forgotten)); n != 1 {
		t.Errorf("a lock was forgotten %d times, expected once: the replica copies the empty master\n%s", n, locktest.Transcript(h.Events))
	}
}

func TestAMasterWithoutItsReplicaRefusesWritesIfItIsTold(t *testing.T) {
	p := newPair(t, labSpec+"+min-replicas-to-write=1+min-replicas-max-lag=1s")
	p.Patience, p.From = 100*time.Millisecond, 3500*time.Millisecond // masters count by whole seconds, once a second
	h := p.Run(0, sim.Step{Do: sim.Fault{Kind: sim.Crash, Host: sim.Replica}})
	refused := locktest.Only(h, sim.NotAcquired)
	if len(refused) != 2 || len(locktest.Only(h, sim.Granted)) != 0 {
		t.Fatalf("expected that nobody gets the lock:\n%s", locktest.Transcript(h.Events))
	}
	for _, e := range refused {
		if !strings.Contains(e.Note, "NOREPLICAS") {
			t.Errorf("%s was told %q", e.Host, e.Note)
		}
	}
}

// Two Sentinels find a master down that the third one can reach. Once they can reach it again, each
// remembers the other's opinion for a while and would need nobody else to fail over, unless the
// first to be back in contact has asked the other once more in between.
func TestSentinelsThatRememberADownMasterAreNotReady(t *testing.T) {
	p := newPair(t, labSpec+"+quorum=3")
	cut := sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"redis-master"}, {"sentinel-1", "sentinel-2"}}, For: 2 * time.Second}
	d := deployReal(p.Settings)
	var opinion error
	for try := range 10 {
		if try > 0 {
			p.Reset()
		}
		p.Run(1200*time.Millisecond, sim.Step{When: locktest.On("client-1", sim.Acquired), Do: cut}) // twice, one client after the other
		if opinion = opinionWhenBack(p, d); opinion != nil {
			break
		}
	}
	if opinion == nil || !strings.Contains(opinion.Error(), "master_down") {
		t.Errorf("the first Sentinel knows of no other opinion: %v", opinion)
	}
	if err := d.healthy(p.Ctx, p.Live); err == nil {
		t.Error("the Sentinels are taken for ready")
	}
	if err := live.Await(p.Ctx, "the opinions to be forgotten", nil, func() error { return d.healthy(p.Ctx, p.Live) }); err != nil {
		t.Error(err)
	}
}

// opinionWhenBack returns what the first Sentinel knows of the others' opinions as soon as it takes
// the master for up again.
func opinionWhenBack(p *locktest.Pair, d deployment) (opinion error) {
	p.Helper()
	err := live.Await(p.Ctx, "the master to be up again for the first Sentinel", nil, func() error {
		reply, err := redislive.AskServer(p.Ctx, p.Live, "sentinel-1", "SENTINEL", "MASTER", serviceName)
		if err != nil {
			return err
		}
		opinion = d.unanimous(p.Ctx, p.Live, "sentinel-1")
		return expect("sentinel-1", fields(reply), map[string]string{"flags": "master"})
	})
	if err != nil {
		p.Fatal(err)
	}
	return opinion
}
