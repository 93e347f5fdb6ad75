package zookeeper

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// The look at the queue is sent at 25.3 ms and answered at 27 ms.
func TestTheDeadlineIsTwoThirdsOfTheSessionAfterTheAnswer(t *testing.T) { // Z5
	for spec, until := range map[string]string{"zookeeper": "6.694s", "zookeeper+deadline-from=send": "6.692s"} {
		s := newStage(t, 1, spec, "client-1")
		s.Client("client-1", 0, locktest.Hold(0, 2*time.Second))
		s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:3
	27ms client-1 acquired A token 1:3 until `+until+`
	2.027s client-1 release A
	2.028s zk-1 freed A by client-1
	2.029s client-1 released A
	`)
	}
}

// The client stops counting on its session at the moment at which its library gives up the
// connection.
func TestTheDeadlineIsWhenTheLibraryReportsDisconnected(t *testing.T) { // Z5
	s := newStage(t, 1, "zookeeper", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, 30*time.Second))
	s.CutFor("client-1", s.Servers, 5*time.Second, 2*ttl)
	h := s.Run(time.Minute)
	until := time.Duration(0)
	for _, e := range h.Events {
		if e.Kind == sim.Renewed || e.Kind == sim.Acquired {
			until = e.Until
		}
		if e.Kind == sim.Lost && e.At != until {
			t.Errorf("disconnected at %v, and counted on the session until %v", e.At, until)
		}
	}
	locktest.Find(t, h.Events, "client-1", sim.Lost, 1)
}

// stoppedOverTheAnswer stops client 1 between its last look at the queue and the answer, for less
// than the two thirds after which its library would give up the connection. Meanwhile it cuts the
// client off, so that the answer is the last that it hears.
func stoppedOverTheAnswer(t *testing.T, spec string) *sim.History {
	s := newStage(t, 1, spec, "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 20*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(3*ttl, time.Second))
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{After: 26 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 6 * time.Second},
	}})
	s.CutFor("client-1", s.Servers, time.Second, 3*ttl)
	return s.Run(time.Minute)
}

func TestAnOldAnswerIsTakenForAFreshOne(t *testing.T) { // Z5
	h := stoppedOverTheAnswer(t, "zookeeper")
	if e, found := locktest.ValidOverlap(h); !found || e.Host != "client-2" {
		t.Error("client 1 did not count on its session beyond its end, although it read the answer 0.6 leases late")
	}
	if e, found := locktest.ValidOverlap(stoppedOverTheAnswer(t, "zookeeper+deadline-from=send")); found {
		t.Errorf("counted from the sending, at %v %s acquired a lock that another client still counted on", e.At, e.Host)
	}
}

// A client that was stopped for longer than its library waits for a message gives up the connection
// before it reads what has come meanwhile.
func TestAnAnswerThatComesTooLateIsNotRead(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1")
	s.Client("client-1", 0, locktest.Hold(0, time.Second))
	s.World.Direct([]sim.Step{{ // between the look at the queue and its answer
		When: sim.Trigger{After: 26 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 8 * time.Second},
	}})
	s.Expect(time.Minute, `
	23ms client-1 acquire-sent
	24ms zk-1 granted A token 1:3
	8.026s client-1 not-acquired: list /account: outcome unknown: the connection was lost
	8.035s zk-1 freed A by client-1
	`)
}
