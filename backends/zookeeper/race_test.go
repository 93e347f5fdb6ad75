package zookeeper

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// share returns the share of seeds for which something is true.
func share(is func(seed uint64) bool) float64 {
	const seeds = 200
	n := 0
	for seed := range uint64(seeds) {
		if is(seed) {
			n++
		}
	}
	return float64(n) / seeds
}

// expectShare fails unless a share is about what it should be, for 200 seeds: three standard
// deviations are less than a ninth.
func expectShare(t *testing.T, what string, got, want float64) {
	t.Helper()
	if got < want-0.11 || got > want+0.11 {
		t.Errorf("%s: in a share of %.3f, expected about %.2f", what, got, want)
	}
}

// stoppedTooLong stops client 1 while it looks at the queue, for longer than its library waits for
// an answer, but not so long that its session ends. Of the trials in which client 1 had not got the
// lock before, it returns the share in which it got it at the moment of continuing.
func stoppedTooLong(t *testing.T, spec string) float64 {
	const from, until = 26 * time.Millisecond, 8026 * time.Millisecond
	got, of := 0., 0.
	for seed := range uint64(200) {
		s := newStage(t, seed, spec, "client-1")
		s.Client("client-1", 0, locktest.Hold(8*ttl, time.Second))
		s.World.Direct([]sim.Step{{
			When: sim.Trigger{After: from},
			Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: until - from},
		}})
		acquired := locktest.Only(s.Run(9*time.Second), sim.Acquired)
		if len(acquired) > 0 && acquired[0].At < from {
			continue
		}
		of++
		if len(acquired) > 0 && acquired[0].At == until {
			got++
		}
	}
	return got / of
}

func TestWhoIsStoppedTooLongMayReadTheAnswerAllTheSame(t *testing.T) { // go-zookeeper: recvLoop against its read deadline
	expectShare(t, "zookeeper-go has read an answer that came too late", stoppedTooLong(t, "zookeeper-go"), readFirst/100.)
	if got := stoppedTooLong(t, "zookeeper"); got != 0 {
		t.Errorf("zookeeper has read an answer that came too late, in a share of %.3f", got)
	}
}

// wokenBesideAClosedConnection stops client 1 over the answer to its create until its ping is due.
// Meanwhile its server answers and, as all servers lose each other, closes the connection. It
// returns what client 1 sends to that server at the moment of continuing, and whether it has the
// lock.
func wokenBesideAClosedConnection(t *testing.T, spec string, seed uint64) (sent []string, acquired bool) {
	s := newStage(t, seed, spec+"+sync-limit=0.2ttl", "client-1")
	s.World.RecordMessages()
	s.Client("client-1", 0, locktest.Hold(8*ttl, time.Second))
	s.CutFor("zk-1", []sim.HostID{"zk-2", "zk-3"}, 220*time.Millisecond, 3*time.Second)
	s.World.Direct([]sim.Step{locktest.PauseOn("client-1", sim.AcquireSent, 6*time.Second)})
	h := s.Run(12 * time.Second)
	asked := locktest.Find(t, h.Events, "client-1", sim.AcquireSent, 1)
	woken, to := asked.At+6*time.Second, sim.HostID("")
	for _, m := range s.World.Messages() {
		if m.From == "client-1" && m.Sent <= asked.At {
			to = m.To // the latest before is the create
		}
		if m.From == "client-1" && m.Sent == woken && m.To == to {
			sent = append(sent, m.What)
		}
	}
	return sent, len(locktest.Only(h, sim.Acquired)) > 0
}

func TestThePingThatIsDueGoesOutAsTheClientWakesUp(t *testing.T) { // sendLoop: pingTicker against closeChan
	pings := func(spec string) float64 {
		return share(func(seed uint64) bool {
			sent, _ := wokenBesideAClosedConnection(t, spec, seed)
			return slices.Contains(sent, "ping")
		})
	}
	expectShare(t, "zookeeper-go has pinged over a closed connection", pings("zookeeper-go"), pingFirst/100.)
	if got := pings("zookeeper"); got != 0 {
		t.Errorf("zookeeper has pinged over a closed connection, in a share of %.3f", got)
	}
}

// The goroutine that has its answer makes the next request, while the reading goroutine goes on to
// find the end of the connection. If the request uses that connection, Lock fails and its znode
// stays.
func TestTheNextRequestMayGoDownWithTheConnection(t *testing.T) { // sendLoop: sendChan against closeChan
	failed := func(spec string) float64 {
		return share(func(seed uint64) bool {
			_, acquired := wokenBesideAClosedConnection(t, spec, seed)
			return !acquired
		})
	}
	expectShare(t, "Lock of zookeeper-go has failed", failed("zookeeper-go"), sentFirst/100.)
	if got := failed("zookeeper"); got != 0 {
		t.Errorf("a request of zookeeper went down with its connection, in a share of %.3f", got)
	}
}

// A Go ticker keeps to its times: after a stop the next ping is due when it would have been without
// one, and not a third of the session after the late one.
func TestPingsKeepToTheirTimesAfterAStop(t *testing.T) {
	s := newStage(t, 1, "zookeeper-go", "client-1")
	s.World.RecordMessages()
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{After: 3 * time.Second},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 2 * time.Second},
	}})
	s.Run(15 * time.Second)
	var pings []time.Duration
	for _, m := range s.World.Messages() {
		if m.From == "client-1" && m.What == "ping" {
			pings = append(pings, m.Sent.Truncate(100*time.Millisecond))
		}
	}
	want := []time.Duration{5 * time.Second, 6600 * time.Millisecond, 10 * time.Second, 13300 * time.Millisecond}
	if !slices.Equal(pings, want) {
		t.Errorf("pings were sent at %v, expected %v", pings, want)
	}
}
