package zookeeper

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// tester is a client that sends what a test wants.
type tester struct {
	stage
	host *virtual.Host
	got  []string
	id   uint64 // the latest session that it was given

	wants time.Duration // the session timeout that it asks for; 0 means the lease
}

const testerID sim.HostID = "tester"

func newTester(t *testing.T, spec string, seed uint64) *tester {
	s := newStage(t, seed, spec)
	c := &tester{stage: s, host: s.World.AddHost(testerID)}
	c.host.Receive(func(from sim.HostID, message any) {
		switch m := message.(type) {
		case welcome:
			c.id = m.session
			c.note("%s welcome %d session: %t timeout: %v", from, m.conn.n, m.session != 0, m.timeout)
		case closed:
			c.note("%s closed %d", from, m.conn.n)
		case response:
			c.note("%s response %d.%d children: %d error: %v", from, m.conn.n, m.xid, len(m.children), m.err)
		}
	})
	return c
}

func (c *tester) note(format string, args ...any) {
	c.got = append(c.got, fmt.Sprintf(format, args...))
}

// post sends messages to a server at a time.
func (c *tester) post(at time.Duration, server sim.HostID, messages ...func() any) {
	c.World.After(at, func() {
		for _, m := range messages {
			c.host.Post(server, m())
		}
	})
}

func (c *tester) hello(conn int, seen uint64) func() any {
	return func() any {
		return hello{conn: connID{9, conn}, session: c.id, timeout: cmp.Or(c.wants, ttl), seen: seen}
	}
}

func ask(conn int, xid uint64, k requestKind) func() any {
	return func() any {
		return request{conn: connID{9, conn}, xid: xid, kind: k, path: LockPath + "/t-"}
	}
}

// expectAnswers runs the world and compares what the servers sent to the tester.
func (c *tester) expectAnswers(until time.Duration, want ...string) {
	c.T.Helper()
	c.Run(until)
	if got := fmt.Sprintf("%q", c.got); got != fmt.Sprintf("%q", want) {
		c.T.Errorf("answers:\n%s\nexpected:\n%q", got, want)
	}
}

// zk-1 leads: it is the first to stand.

func TestASessionLastsBetweenTwoAndTwentyTicks(t *testing.T) {
	for wants, want := range map[time.Duration]string{
		10 * time.Second: "10s",
		3 * time.Second:  "4s", // a tick is 2 s
		time.Minute:      "40s",
	} {
		c := newTester(t, "zookeeper", 1)
		c.wants = wants
		c.post(time.Second, "zk-2", c.hello(1, 0))
		c.expectAnswers(2*time.Second, "zk-2 welcome 1 session: true timeout: "+want)
	}
}

func TestALeaseThatNoSessionCanHaveIsRefused(t *testing.T) {
	for _, c := range []struct {
		text  string
		lease time.Duration
		says  string
	}{
		{"zookeeper+tick=0.01ttl", ttl, "backend zookeeper+tick=0.01ttl: option tick is 100ms with a lease of 10s, expected 500ms to 5s: a session lasts 2 to 20 ticks"},
		{"zookeeper+tick=1ttl", ttl, "option tick is 10s with a lease of 10s, expected 500ms to 5s"},
		{"zookeeper+tick=2s", time.Minute, "option tick is 2s with a lease of 1m0s, expected 3s to 30s"},
		{"zookeeper+tick=2s", 40 * time.Second, ""},
		{"zookeeper+tick=2s", 4 * time.Second, ""},
		{"zookeeper+tick=0.05ttl", 40*time.Second - 1, "option tick is 1.999999999s"}, // 20 of them are 19 ns too short
		{"zookeeper", ttl, ""},
	} {
		locktest.ExpectRefusal(t, c.text, c.lease, c.says, Backend{})
	}
}

func TestAReadWaitsForTheWritesBeforeIt(t *testing.T) { // Z11
	c := newTester(t, "zookeeper", 1)
	c.post(time.Second, "zk-2", c.hello(1, 0))
	c.post(2*time.Second, "zk-2", ask(1, 1, askCreate), ask(1, 2, askChildren))
	c.expectAnswers(3*time.Second, "zk-2 welcome 1 session: true timeout: 10s",
		"zk-2 response 1.1 children: 0 error: <nil>", "zk-2 response 1.2 children: 1 error: <nil>")
}

func TestAServerThatLagsBehindWhatTheClientHasSeenRefusesIt(t *testing.T) { // Z11
	c := newTester(t, "zookeeper", 1)
	c.post(time.Second, "zk-2", c.hello(1, Zxid(1, 99)))
	c.expectAnswers(2*time.Second, "zk-2 closed 1")
}

func TestARequestOverAConnectionThatTheSessionHasLeftIsNotCarriedOut(t *testing.T) {
	c := newTester(t, "zookeeper", 1)
	c.post(1*time.Second, "zk-2", c.hello(1, 0))
	c.post(2*time.Second, "zk-3", c.hello(2, 0))
	c.post(3*time.Second, "zk-2", ask(1, 1, askCreate))
	c.post(4*time.Second, "zk-3", ask(2, 2, askSync), ask(2, 3, askChildren))
	c.expectAnswers(5*time.Second, "zk-2 welcome 1 session: true timeout: 10s", "zk-3 welcome 2 session: true timeout: 10s",
		"zk-3 response 2.2 children: 0 error: <nil>", "zk-3 response 2.3 children: 0 error: <nil>")
}

func TestASessionThatIsOverIsToldSoAndItsConnectionClosed(t *testing.T) { // Z2
	c := newTester(t, "zookeeper", 1)
	c.post(1*time.Second, "zk-2", c.hello(1, 0))
	c.post(15*time.Second, "zk-3", c.hello(2, 0)) // silent for longer than the session
	c.expectAnswers(16*time.Second, "zk-2 welcome 1 session: true timeout: 10s", "zk-2 closed 1",
		"zk-3 welcome 2 session: false timeout: 0s")
}

// A follower whose reports no longer reach the leader still hears it, and stops all the same:
// otherwise it would go on answering clients while their sessions end.
func TestAFollowerThatTheLeaderDoesNotHearStopsServing(t *testing.T) {
	c := newTester(t, "zookeeper", 1)
	c.post(time.Second, "zk-2", c.hello(1, 0))
	c.World.After(2*time.Second, func() { c.World.Cut("zk-2", "zk-1") })
	c.post(4*time.Second, "zk-2", ask(1, 1, askPing))
	c.post(7*time.Second, "zk-2", ask(1, 2, askPing))
	c.expectAnswers(8*time.Second, "zk-2 welcome 1 session: true timeout: 10s",
		"zk-2 response 1.1 children: 0 error: <nil>", "zk-2 closed 1", "zk-2 closed 1")
}

// Pings that a follower answers keep the session alive, because it tells the leader.
func TestAFollowerReportsItsClientsToTheLeader(t *testing.T) { // Z3
	c := newTester(t, "zookeeper", 1)
	c.post(time.Second, "zk-2", c.hello(1, 0))
	want := []string{"zk-2 welcome 1 session: true timeout: 10s"}
	for i := range uint64(5) {
		c.post(time.Duration(6*i+6)*time.Second, "zk-2", ask(1, i, askPing))
		want = append(want, fmt.Sprintf("zk-2 response 1.%d children: 0 error: <nil>", i))
	}
	c.expectAnswers(36*time.Second, want...)
}

func TestAWaiterThatWasDisconnectedLearnsOfAReleaseInBetween(t *testing.T) {
	s := newStage(t, 1, "zookeeper", "client-1", "client-2")
	s.Client("client-1", 0, locktest.Hold(0, 5*time.Second))
	s.Client("client-2", time.Second, locktest.Hold(3*ttl, time.Second))
	s.CutFor("client-2", s.Servers, 4*time.Second, 8*time.Second)
	h := s.Run(time.Minute)
	freed, acquired := locktest.Find(t, h.Events, "", sim.Freed, 1), locktest.Find(t, h.Events, "client-2", sim.Acquired, 1)
	if freed.At > 6*time.Second || acquired.At < 12*time.Second || acquired.At > 16*time.Second {
		t.Errorf("freed at %v, acquired at %v; the partition ended at 12 s", freed.At, acquired.At)
	}
	for _, e := range h.Events {
		if e.Kind == sim.Expired {
			t.Errorf("at %v a session expired: this is not about what is tested here", e.At)
		}
	}
}
