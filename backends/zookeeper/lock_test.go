package zookeeper

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestALockIsTakenAndHandedOver(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 2*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:4
	27ms client-1 acquired A token 1:4 until 6.694s
	1s client-2 acquire-sent
	2.027s client-1 release A
	2.028s zk-1 freed A by client-1
	2.028s zk-1 granted B token 1:5
	2.029s client-1 released A
	2.031s client-2 acquired B token 1:5 until 8.698s
	3.031s client-2 release B
	3.033s zk-1 freed B by client-2
	3.034s client-2 released B
	`)
}

func TestAPausedHolderWakesUpBesideTheNextOne(t *testing.T) { // K4
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.Client("client-2", time.Second, locktest.Hold(3*ttl, 10*time.Second))
	s.Pause("client-1", sim.Acquired, 15*time.Second)
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:4
	27ms client-1 acquired A token 1:4 until 6.694s
	1s client-2 acquire-sent
	6.694s client-1 deadline A until 6.694s
	11.875s zk-1 expired A
	11.875s zk-1 granted B token 1:5
	11.878s client-2 acquired B token 1:5 until 18.545s
	15.027s client-1 lost A: disconnected from ZooKeeper
	16.027s client-1 release A
	16.03s client-1 not-released A: the lock is no longer held: its lease has ended
	21.878s client-2 release B
	21.88s zk-1 freed B by client-2
	21.881s client-2 released B
	`)
}

func TestAWaiterThatRunsOutOfPatienceLeavesNoZnodeBehind(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1", "client-2", "client-3")
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.Client("client-2", time.Second, func(h sim.Host, l backends.Lock) {
		if lease, err := l.Acquire(2 * time.Second); lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire = %v, %v; expected ErrHeld", lease, err)
		}
		if h.Now() < 3*time.Second || h.Now() > 3100*time.Millisecond {
			t.Errorf("gave up at %v, expected soon after 3 s", h.Now())
		}
	})
	s.Client("client-3", 2*time.Second, locktest.Hold(ttl, time.Second))
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:5
	27ms client-1 acquired A token 1:5 until 6.694s
	1s client-2 acquire-sent
	2s client-3 acquire-sent
	5.027s client-1 release A
	5.028s zk-1 freed A by client-1
	5.028s zk-1 granted B token 1:7
	5.029s client-1 released A
	5.032s client-3 acquired B token 1:7 until 11.698s
	6.032s client-3 release B
	6.033s zk-1 freed B by client-3
	6.035s client-3 released B
	`)
}

// The predecessor may go between the look at the queue and the watch; then the client looks again,
// and keeps its place.
func TestAWaiterQueuesUpOnlyOnce(t *testing.T) { // Z1
	for micros := range 40 {
		s := newStage(t, 1, "zookeeper", "client-1", "client-2")
		s.Client("client-1", 0, locktest.Hold(0, time.Second))
		s.Client("client-2", 1020*time.Millisecond+time.Duration(micros)*250*time.Microsecond, locktest.Hold(ttl, time.Second))
		sent := 0
		for _, e := range s.Run(time.Minute).Events {
			if e.Host == "client-2" && e.Kind == sim.AcquireSent {
				sent++
			}
		}
		if sent != 1 {
			t.Errorf("%d × 250 µs after the release was under way: client-2 queued up %d times", micros, sent)
		}
	}
}

func TestAReleaseWakesOnlyTheNextInLine(t *testing.T) { // Z1: no herd
	ids := []sim.HostID{"client-1", "client-2", "client-3", "client-4", "client-5"}
	s := newStage(t, 1, "zookeeper", ids...)
	looks := map[sim.HostID]int{}
	for i, id := range ids {
		l := s.Lock[id].(*Lock)
		l.port = countingPort{Port: l.port, looks: looks, id: id}
		s.Client(id, time.Duration(i)*100*time.Millisecond, locktest.Hold(ttl, time.Second))
	}
	s.Run(time.Minute)
	// Each looks once when it has queued up and, all but the first, once when it is woken.
	for i, id := range ids {
		if want := min(i+1, 2); looks[id] != want {
			t.Errorf("%s has looked at the queue %d times, expected %d", id, looks[id], want)
		}
	}
}

type countingPort struct {
	Port
	looks map[sim.HostID]int
	id    sim.HostID
}

func (p countingPort) Children(timeout time.Duration) ([]string, error) {
	p.looks[p.id]++
	return p.Port.Children(timeout)
}

func TestAReleaseThatGotLostIsMadeUpFor(t *testing.T) { // Z8
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 3*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(3*ttl, time.Second))
	s.CutFor("client-1", s.Servers, 2*time.Second, 6*time.Second)
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:4
	27ms client-1 acquired A token 1:4 until 6.694s
	1s client-2 acquire-sent
	3.027s client-1 release A
	6.694s client-1 not-released A: release /account/_c_f420463ef6b889249142497bf1366c81-lock-0000000000: outcome unknown: the connection was lost
	8.304s zk-1 freed A by client-1
	8.304s zk-1 granted B token 1:5
	8.307s client-2 acquired B token 1:5 until 14.973s
	9.307s client-2 release B
	9.308s zk-1 freed B by client-2
	9.309s client-2 released B
	`)
}

// lostAnswer makes client 1 ask for the lock while answers do not reach it, and client 2 wait for
// the lock.
func (s stage) lostAnswer() {
	s.Client("client-1", time.Second, locktest.Hold(0, time.Second))
	for _, server := range s.Servers { // requests arrive, answers do not
		s.World.After(500*time.Millisecond, func() { s.World.Cut(server, "client-1") })
		s.World.After(9*time.Second, func() { s.World.Mend(server, "client-1") })
	}
	s.Client("client-2", 2*time.Second, locktest.Hold(3*ttl, time.Second))
}

func TestALostAnswerToCreateBlocksNobody(t *testing.T) { // Z8
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.lostAnswer()
	s.Expect(time.Minute, `
	1s client-1 acquire-sent
	1.001s zk-1 granted A token 1:4
	2s client-2 acquire-sent
	6s client-1 not-acquired: create /account/_c_f420463ef6b889249142497bf1366c81-lock-: outcome unknown: no answer in time
	9.697s zk-1 freed A by client-1
	9.697s zk-1 granted B token 1:5
	9.7s client-2 acquired B token 1:5 until 16.367s
	10.7s client-2 release B
	10.702s zk-1 freed B by client-2
	10.703s client-2 released B
	`)
}

func TestALostAnswerToCreateBlocksEverybodyIfTheZnodeCannotBeFound(t *testing.T) { // Z8
	s := newStage(t, 1, "zookeeper+protect=off", "client-1", "client-2")
	s.lostAnswer()
	s.Expect(time.Minute, `
	1s client-1 acquire-sent
	1.001s zk-1 granted A token 1:4
	2s client-2 acquire-sent
	6s client-1 not-acquired: create /account/lock-: outcome unknown: no answer in time
	32s client-2 not-acquired: the lock is held by somebody else
	`)
}
