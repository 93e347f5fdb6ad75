package sentinel

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// swap makes the replica the master and the master its replica, as an operator would; tell says
// whether the Sentinels hear of it.
func (s stage) swap(tell bool) {
	s.service.nodes[1].follow("")
	s.service.nodes[0].follow(ReplicaID(1))
	for _, g := range s.service.guards {
		if tell {
			g.learn(hello{epoch: 1, configEpoch: 1, master: ReplicaID(1)})
		}
	}
}

func TestAClientThatMeetsAReplicaAsksForTheMasterAgain(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if err != nil {
			t.Fatal(err)
		}
		if err := lease.Release(); err != nil {
			t.Error(err)
		}
		h.Sleep(time.Second)
		s.swap(true)
		locktest.Take(h, l, 0)
	})
	s.Expect(5*time.Second, `
	7ms redis-master granted A token 1
	9ms redis-master freed A
	1.025s redis-replica-1 granted B token 2
	1.026s client-1 acquired B token 2 until 11.026s
	`)
}

func TestAClientGivesUpWhenTheSentinelsKeepNamingAReplica(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	s.swap(false)
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if lease != nil || !errors.Is(err, ErrReadOnly) || errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Acquire = %v, %v; expected READONLY", lease, err)
		}
	})
	s.Run(5 * time.Second)
}

func TestAMasterWithoutItsReplicasRefusesTheLock(t *testing.T) {
	s := newStage(t, "sentinel+min-replicas-to-write=2", 1, true, "client-1") // has only one
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if lease != nil || !errors.Is(err, ErrNoReplicas) || errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Acquire = %v, %v; expected NOREPLICAS", lease, err)
		}
	})
	for _, e := range s.Run(5 * time.Second).Events {
		if e.Kind == sim.Granted {
			t.Errorf("granted all the same: %+v", e)
		}
	}
}

func TestAClientAsksTheNextSentinelAndRemembersWhichAnswered(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	s.World.Host(ID(1)).Crash()
	h := s.World.Host("client-1")
	p := dial(h, settings(t, "sentinel", false))
	h.Go("client", func(sim.Host) {
		if _, err := p.SetNX("k", "v", ttl, ttl); err != nil {
			t.Error(err)
		}
		if h.Now() < sentinelTimeout || h.Now() > 2*sentinelTimeout {
			t.Errorf("it took %v to find the second Sentinel", h.Now())
		}
	})
	s.Run(5 * time.Second)
	if want := []sim.HostID{ID(2), ID(1), ID(3)}; !slices.Equal(p.sentinels, want) {
		t.Errorf("the next time it asks %v, expected %v", p.sentinels, want)
	}
}

func TestWithoutASentinelTheOutcomeIsUnknown(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	for _, id := range s.service.Sentinels {
		s.World.Host(id).Crash()
	}
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(0)
		if lease != nil || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Acquire = %v, %v; expected sim.ErrUnknown", lease, err)
		}
	})
	s.Run(5 * time.Second)
}

// A replica stops a script that compares only when the script would write. What has expired by the
// replica's own clock does not exist for the script (R20), although the replica keeps it until its
// master says otherwise.
func TestAReplicaHidesWhatHasExpiredByItsOwnClock(t *testing.T) {
	s := newStage(t, "sentinel", 1, true, "client-1")
	replica := s.service.nodes[1]
	release := redis.Command{Kind: redis.CommandCompareAndDelete, Key: redis.LockKey, Value: "mine"}
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		p := dial(s.World.Host("client-1"), settings(t, "sentinel", false))
		if ok, err := p.SetNX(redis.LockKey, "mine", ttl, ttl); !ok || err != nil {
			t.Errorf("SetNX = %t, %v", ok, err)
		}
		h.Sleep(time.Second)
		if a, _ := replica.execute("client-1", release); !errors.Is(a.Err, ErrReadOnly) {
			t.Errorf("release at a replica = %+v, expected READONLY", a)
		}
		replica.host.StepWall(20 * time.Second)
		if a, _ := replica.execute("client-1", release); a.Err != nil || a.Reply.OK {
			t.Errorf("release of an expired lock at a replica = %+v, expected that there is none", a)
		}
		if !replica.data.holds("mine") {
			t.Error("the replica has deleted a key that its master has not")
		}
	})
	for _, e := range s.Run(5 * time.Second).Events {
		if e.Kind == sim.Expired {
			t.Errorf("expired at %v on %s", e.At, e.Host)
		}
	}
}

func TestMoreThanThereAreCannotAgreeOrAcknowledge(t *testing.T) {
	for text, says := range map[string]string{
		"sentinel+quorum=9":                       "backend sentinel+quorum=9: option quorum is 9, and there are 3 Sentinels, expected at most that many",
		"sentinel+quorum=3":                       "",
		"sentinel+wait=2":                         "backend sentinel+wait=2: option wait is 2, and the number of replicas is 1, expected at most that",
		"sentinel+wait=2+replicas=2":              "",
		"sentinel+wait=1+wait-timeout=0.00001ttl": "option wait-timeout is 0.00001ttl, which is 100\u00b5s with a lease of 10s, expected at least 1ms",
	} {
		locktest.ExpectRefusal(t, text, ttl, says, Backend{})
	}
}

// failing is a network on which the master sets keys, slowly, and nothing else works. It notes the
// servers at which it was asked to WAIT.
type failing struct {
	host   sim.Host
	waited []sim.HostID
}

func (f *failing) MasterOf(sim.HostID, time.Duration) (sim.HostID, error) { return MasterID, nil }

func (f *failing) Command(_ sim.HostID, c redis.Command, _ func(), left func() time.Duration) (Answer, error) {
	if c.Kind != redis.CommandSetNX {
		f.host.Sleep(left())
		return Answer{}, sim.ErrUnknown
	}
	f.host.Sleep(left() / 2)
	return Answer{Reply: redis.Reply{OK: true}}, nil
}

func (f *failing) WaitReplicas(server sim.HostID, _ Answer, replicas int, _, _ time.Duration) (int, error) {
	f.waited = append(f.waited, server)
	return replicas, nil
}

func TestWaitGoesToTheServerThatHasTheWriteWhateverOtherCallsFind(t *testing.T) {
	w := virtual.New(1)
	h := w.AddHost("client-1")
	f := &failing{host: h}
	p := NewPort(h, f, []sim.HostID{ID(1)}, settings(t, "sentinel+wait=1", false))
	h.Go("watchdog", func(sim.Host) {
		if _, err := p.CompareAndExpire("k", "v", ttl, time.Second); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("prolonged: %v", err)
		}
	})
	h.Go("client", func(sim.Host) {
		if _, err := p.SetNX("k", "v", ttl, 4*time.Second); err != nil {
			t.Error(err)
		}
	})
	w.Run(time.Minute)
	if !slices.Equal(f.waited, []sim.HostID{MasterID}) {
		t.Errorf("WAIT went to %q", f.waited)
	}
}

func TestACallThatFailsForgetsNoMasterThatAnotherHasFound(t *testing.T) {
	w := virtual.New(1)
	h := w.AddHost("client-1")
	p := NewPort(h, &failing{host: h}, []sim.HostID{ID(1)}, settings(t, "sentinel", false))
	h.Go("call", func(sim.Host) { _, _ = p.CompareAndExpire("k", "v", ttl, time.Second) })
	h.After(time.Second/2, func() { p.master = ReplicaID(1) })
	w.Run(time.Minute)
	if p.master != ReplicaID(1) {
		t.Errorf("the master is %q, expected the one that was found meanwhile", p.master)
	}
}
