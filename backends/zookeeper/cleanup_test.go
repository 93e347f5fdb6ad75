package zookeeper

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// failedRelease makes client 1 release while it is cut off, for less than its session lasts, and
// client 2 wait.
func failedRelease(t *testing.T, spec string) stage {
	s := newStage(t, 1, spec, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(time.Second, 3*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(3*ttl, time.Second))
	s.CutFor("client-1", s.Servers, 2*time.Second, 6*time.Second)
	return s
}

// CURATOR-202, CURATOR-486, kazoo#732: the delete fails, the session lives on.
func TestAReleaseThatIsTriedOnceLeavesTheLockTaken(t *testing.T) { // Z8
	for spec, differs := range map[string][2]string{
		"zookeeper+cleanup=once": {" until 6.694s", "31s"},
		"zookeeper+cleanup=off":  {" until 6.694s", "31.002s"}, // it ends its session before it reports that
		"zookeeper-go":           {"", "31.002s"},
	} {
		s := failedRelease(t, spec)
		s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:4
	27ms client-1 acquired A token 1:4`+differs[0]+`
	1s client-2 acquire-sent
	3.027s client-1 release A
	6.694s client-1 not-released A: release /account/_c_f420463ef6b889249142497bf1366c81-lock-0000000000: outcome unknown: the connection was lost
	`+differs[1]+` client-2 not-acquired: the lock is held by somebody else
	`)
	}
}

func TestItsOwnOldZnodeBarsAClientOfGoZookeeperFromTheLock(t *testing.T) {
	s := newStage(t, 1, "zookeeper-go", "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		locktest.Hold(time.Second, 3*time.Second)(h, l)
		locktest.Hold(3*ttl, time.Second)(h, l)
	})
	s.CutFor("client-1", s.Servers, 2*time.Second, 6*time.Second)
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:3
	27ms client-1 acquired A token 1:3
	3.027s client-1 release A
	6.694s client-1 not-released A: release /account/_c_f420463ef6b889249142497bf1366c81-lock-0000000000: outcome unknown: the connection was lost
	8.297s client-1 acquire-sent
	36.695s zk-1 freed A by client-1
	36.697s client-1 not-acquired: the lock is held by somebody else
	`) // released only because it stops waiting and so ends its session
}

// Lock returns an error if its look at the queue is not answered, and leaves its znode.
func TestAFailedLockOfGoZookeeperLeavesItsZnode(t *testing.T) {
	failed := func(spec string) *sim.History {
		s := newStage(t, 1, spec, "client-1", "client-2")
		s.Client("client-1", 0, locktest.Hold(3*ttl, time.Second))
		s.Client("client-2", time.Second, locktest.Hold(3*ttl, time.Second))
		s.CutFor("client-1", s.Servers, 26*time.Millisecond, 8*time.Second)
		return s.Run(25 * time.Second)
	}
	if got := locktest.Only(failed("zookeeper-go"), sim.Acquired); len(got) != 0 {
		t.Errorf("%s got the lock at %v, past a znode that nobody knows of", got[0].Host, got[0].At)
	}
	if got := locktest.Only(failed("zookeeper"), sim.Acquired); len(got) != 2 {
		t.Errorf("with a guaranteed delete the lock was got %d times, expected each client to get it", len(got))
	}
	// One attempt is enough if it comes when the servers can be reached again.
	if got := locktest.Only(failed("zookeeper+cleanup=once"), sim.Acquired); len(got) != 2 {
		t.Errorf("with one attempt after the failure, the lock was got %d times, expected each client to get it", len(got))
	}
}

func TestACreateWhoseAnswerWasLostIsFoundByItsName(t *testing.T) { // Z8: CreateProtectedEphemeralSequential
	s := newStage(t, 1, "zookeeper-go", "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(2*ttl, time.Second))
	for _, server := range s.Servers { // requests arrive, answers do not
		s.World.After(500*time.Millisecond, func() { s.World.Cut(server, "client-1") })
		s.World.After(8*time.Second, func() { s.World.Mend(server, "client-1") }) // before all have been tried in vain
	}
	h := s.Run(time.Minute)
	sent := locktest.Only(h, sim.AcquireSent)
	granted, acquired := locktest.Find(t, h.Events, "", sim.Granted, 1), locktest.Find(t, h.Events, "client-1", sim.Acquired, 1)
	if len(sent) != 1 || granted.Grant != acquired.Grant || granted.Token != acquired.Token || acquired.At < 8*time.Second {
		t.Errorf("asked %d times; granted %s at %v, acquired %s at %v", len(sent), granted.Grant, granted.At, acquired.Grant, acquired.At)
	}
}

func TestWhoStopsWaitingForGoZookeepersLockEndsTheSession(t *testing.T) {
	s := newStage(t, 1, "zookeeper-go", "client-1", "client-2", "client-3")
	s.Client("client-1", 0, locktest.Hold(time.Second, 5*time.Second))
	s.Client("client-2", time.Second, func(h sim.Host, l backends.Lock) {
		before := l.(*Lock).port.Session().ID
		if lease, err := l.Acquire(2 * time.Second); lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire = %v, %v; expected ErrHeld", lease, err)
		}
		h.Sleep(5 * time.Second)
		locktest.Hold(ttl, time.Second)(h, l) // in another session
		if now := l.(*Lock).port.Session().ID; now == 0 || now == before {
			t.Errorf("session %#x, and %#x before", now, before)
		}
	})
	s.Client("client-3", 2*time.Second, locktest.Hold(ttl, time.Second))
	h := s.Run(time.Minute)
	var got []string
	for _, e := range locktest.Only(h, sim.Acquired) {
		got = append(got, string(e.Host))
	}
	if want := []string{"client-1", "client-3", "client-2"}; !slices.Equal(got, want) {
		t.Errorf("the lock went to %q, expected %q", got, want)
	}
	for _, e := range h.Events {
		if e.Kind == sim.Expired {
			t.Errorf("at %v a session ran out: %s", e.At, e.Grant)
		}
	}
}

// Unsent requests are given up each time that all servers have been tried, a second each, and after
// one more second: every four seconds, which is longer than this lease.
func TestWhoHearsNothingOfAReleaseEndsTheSession(t *testing.T) {
	s := stageUnder(t, 2*time.Second, 1, "zookeeper-go", "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(time.Second, 4500*time.Millisecond))
	s.Client("client-2", time.Second, locktest.Hold(20*time.Second, time.Second))
	s.CutFor("client-1", s.Servers, time.Second, 9*time.Second)
	h := s.Run(time.Minute)
	e := locktest.Find(t, h.Events, "client-1", sim.NotReleased, 1)
	if !strings.Contains(e.Note, "no answer in time") {
		t.Errorf("not released at %v: %s; this is about no answer at all", e.At, e.Note)
	}
	if !s.Lock["client-1"].(*Lock).port.(*library).closing {
		t.Error("the session was not ended")
	}
	locktest.Find(t, h.Events, "client-2", sim.Acquired, 1)
}
