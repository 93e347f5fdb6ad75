package zookeeper

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// validOverlap finds two clients that both counted on the lock, by their own deadlines.
func validOverlap(h *sim.History) (sim.Event, bool) {
	holder := ""
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Acquired:
			if holder != "" {
				return e, true
			}
			holder = e.Grant
		case sim.Release, sim.Lost, sim.Deadline:
			if e.Grant == holder {
				holder = ""
			}
		case sim.FaultApplied:
			if sim.LaneKind(e.Fault) == sim.Crash {
				holder = holderUnlessOn(h, holder, e.Host)
			}
		}
	}
	return sim.Event{}, false
}

// holderUnlessOn forgets a holder whose host has crashed.
func holderUnlessOn(h *sim.History, holder string, host sim.HostID) string {
	for _, e := range h.Events {
		if e.Kind == sim.Acquired && e.Grant == holder && e.Host == host {
			return ""
		}
	}
	return holder
}

// partitioned is a trial in which the holder is cut off from all servers for two leases,
// while it works, and another client waits.
func partitioned(t *testing.T, spec string) *sim.History {
	s := newStage(t, 1, spec, "client-1", "client-2")
	s.client("client-1", 0, hold(0, 25*time.Second))
	s.client("client-2", time.Second, hold(3*ttl, time.Second))
	s.cutOff("client-1", s.servers, 5*time.Second, 2*ttl)
	return s.run(time.Minute)
}

func TestAPartitionedHolderThatStopsAtDisconnectedIsInTime(t *testing.T) { // Z2, Z5
	h := partitioned(t, "zookeeper")
	if e, found := validOverlap(h); found {
		t.Errorf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
	}
	lost, next := find(t, h, "client-1", sim.Lost, 1), find(t, h, "client-2", sim.Acquired, 1)
	if margin := next.At - lost.At; margin < ttl/3 || margin > ttl/3+4*time.Second {
		t.Errorf("the client stopped %v before the next one was granted the lock, expected a third of the session and up to two ticks", margin)
	}
}

func TestAPartitionedHolderThatWaitsForExpiredIsToldTooLate(t *testing.T) { // Z2
	h := partitioned(t, "zookeeper+give-up-at=expired")
	if _, found := validOverlap(h); !found {
		t.Error("no two clients counted on the lock at once")
	}
	lost := find(t, h, "client-1", sim.Lost, 1)
	if lost.Note != "the session has expired" || lost.At < 5*time.Second+2*ttl {
		t.Errorf("told at %v: %s; expected after the partition healed at 25 s", lost.At, lost.Note)
	}
}

func TestAPartitionedHolderThatReadsNoNewsIsNeverTold(t *testing.T) { // Z10
	h := partitioned(t, "zookeeper+give-up-at=never")
	if _, found := validOverlap(h); !found {
		t.Error("no two clients counted on the lock at once")
	}
	for _, e := range h.Events {
		if e.Kind == sim.Lost && e.Host == "client-1" {
			t.Errorf("told at %v: %s", e.At, e.Note)
		}
	}
	find(t, h, "client-1", sim.NotReleased, 1)
}

func TestTheLockOfACrashedClientIsFreeAfterTheSessionAndUpToATick(t *testing.T) { // Z3
	for _, at := range []time.Duration{100, 1700, 3300, 4900, 6500, 8123} {
		at *= time.Millisecond
		s := newStage(t, uint64(at), "zookeeper", "client-1", "client-2")
		s.client("client-1", 0, hold(0, time.Minute))
		s.client("client-2", time.Second, hold(time.Minute, time.Second))
		s.world.Direct([]sim.Step{{When: sim.Trigger{After: at}, Do: sim.Fault{Kind: sim.Crash, Host: "client-1"}}})
		h := s.run(time.Minute)
		sent := 26 * time.Millisecond // the last request that the client sent: its second, or a ping
		for _, e := range h.Events {
			if e.Kind == sim.Renewed && e.Host == "client-1" {
				sent = e.Until - 2*ttl/3
			}
		}
		expired := find(t, h, "", sim.Expired, 1)
		late := expired.At - sent - ttl
		const tick, report = 2 * time.Second, 760 * time.Millisecond
		if late <= 0 || late > tick+report {
			t.Errorf("crashed at %v: the lock was freed %v after the session's length", at, late)
		}
		if next := find(t, h, "client-2", sim.Acquired, 1); next.At < expired.At || next.At > expired.At+20*time.Millisecond {
			t.Errorf("crashed at %v: freed at %v, acquired at %v", at, expired.At, next.At)
		}
	}
}

func TestSteppingTheWallClockEndsSessionsOnlyInOldVersions(t *testing.T) { // Z3
	for _, each := range []struct {
		spec string
		ends bool
	}{
		{"zookeeper", false},
		{"zookeeper+wall-clock-sessions", true},
	} {
		s := newStage(t, 1, each.spec, "client-1")
		s.client("client-1", 0, hold(0, 20*time.Second))
		s.world.After(5*time.Second, func() { s.leader().StepWall(2 * ttl) })
		h := s.run(time.Minute)
		ended := false
		for _, e := range h.Events {
			ended = ended || e.Kind == sim.Expired
		}
		if ended != each.ends {
			t.Errorf("%s: the wall clock stepped, session ended: %t", each.spec, ended)
		}
	}
}

func TestALeaderCrashEndsNoSession(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.client("client-1", 0, hold(0, 30*time.Second))
	s.client("client-2", time.Second, hold(time.Minute, time.Second))
	old := sim.HostID("")
	s.world.After(5*time.Second, func() { old = s.leader().ID(); s.leader().Crash() })
	s.world.After(10*time.Second, func() {
		if now := s.leader().ID(); now == old {
			t.Errorf("%s still leads", now)
		}
	})
	s.world.After(15*time.Second, func() { s.world.Host(old).Restart() })
	h := s.run(time.Minute)
	for _, e := range h.Events {
		if e.Kind == sim.Expired {
			t.Errorf("at %v the session expired", e.At)
		}
	}
	if freed := find(t, h, "", sim.Freed, 1); freed.Client != "client-1" || freed.At < 30*time.Second {
		t.Errorf("freed at %v by %s", freed.At, freed.Client)
	}
	find(t, h, "client-2", sim.Released, 1)
}

func TestANewLeaderGivesEverySessionItsFullTimeAgain(t *testing.T) { // Z3
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.client("client-1", 0, hold(0, time.Minute))
	s.client("client-2", time.Second, hold(time.Minute, time.Second))
	s.world.After(5*time.Second, func() { s.world.Host("client-1").Crash() })
	s.world.After(9*time.Second, func() { s.leader().Crash() })
	h := s.run(time.Minute)
	expired := find(t, h, "", sim.Expired, 1)
	if low, high := 9*time.Second+ttl, 9*time.Second+ttl+2*time.Second+3*time.Second; expired.At < low || expired.At > high {
		t.Errorf("expired at %v, expected between %v and %v: the session, a tick and an election after the crash", expired.At, low, high)
	}
}

// A follower that has lost its leader goes on answering pings for up to the sync limit.
func TestAFollowerThatServesWithoutItsLeaderMisleadsItsClients(t *testing.T) {
	misled := func(spec string) bool {
		for seed := range uint64(20) {
			s := newStage(t, seed, spec, "client-1", "client-2")
			s.client("client-1", 0, hold(0, 40*time.Second))
			s.client("client-2", time.Second, hold(time.Minute, time.Second))
			s.world.After(3300*time.Millisecond, func() {
				c := s.lock["client-1"].(*Lock).port.(*client)
				if c.server() == s.leader().ID() {
					return // this seed put the client with the leader
				}
				others := []sim.HostID{"client-2"}
				for _, id := range s.servers {
					others = append(others, id)
					if id != c.server() {
						s.cutOff("client-1", []sim.HostID{id}, 0, 3*ttl)
					}
				}
				s.cutOff(c.server(), others, 0, 3*ttl)
			})
			if _, found := validOverlap(s.run(time.Minute)); found {
				return true
			}
		}
		return false
	}
	if misled("zookeeper") {
		t.Error("two clients counted on the lock although a server gives up in time")
	}
	if !misled("zookeeper+sync-limit=1ttl") {
		t.Error("with the sync limit of the sample configuration, no two clients counted on the lock at once")
	}
}

func TestAnAnswerThatComesTooLateIsNoLock(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1")
	s.client("client-1", 0, hold(0, time.Second))
	s.world.Direct([]sim.Step{{ // between the look at the queue and its answer
		When: sim.Trigger{After: 26 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 8 * time.Second},
	}})
	s.expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:3
	8.026s client-1 not-acquired: the lock was granted, but the answer came too late to count on it
	8.032s zk-1 freed A by client-1
	`)
}

func TestGoZookeeperReportsALockWhoseZnodeIsGone(t *testing.T) { // Z9
	trial := func(spec string) *sim.History {
		s := newStage(t, 1, spec, "client-1", "client-2")
		s.client("client-1", 0, hold(0, 5*time.Second))
		s.client("client-2", time.Second, hold(3*ttl, 15*time.Second))
		s.world.Direct([]sim.Step{pause("client-1", sim.AcquireSent, 15*time.Second)})
		return s.run(time.Minute)
	}
	h := trial("zookeeper+check-own-node=off")
	if e, found := validOverlap(h); !found || e.Host != "client-1" {
		t.Error("client-1 was not told that it holds the lock while client-2 did")
	}
	expired, acquired := find(t, h, "", sim.Expired, 1), find(t, h, "client-1", sim.Acquired, 1)
	if expired.Grant != acquired.Grant || expired.At > acquired.At {
		t.Errorf("its znode was gone at %v, and it acquired the lock at %v", expired.At, acquired.At)
	}
	if e, found := validOverlap(trial("zookeeper")); found {
		t.Errorf("with the check, %s still acquired a lock that is not its own", e.Host)
	}
}
