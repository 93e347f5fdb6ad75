package timeline

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// queue is a trial in which one client has the lock and others wait until the end.
func queue(waiters int) *sim.History {
	s := newScribe("queue", "redis", "none", 1+waiters)
	s.withdraw(withdrawal{client: 1, nth: 1, asked: 0, acquired: ms, wrote: 8 * time.Second, version: 1, from: 100, freed: true})
	for i := range waiters {
		id := s.header.Clients[1+i]
		s.at(time.Duration(1+i)*time.Second, sim.Event{Host: id, Kind: sim.Acquire, Op: string(id) + "/1"})
	}
	return s.end(9 * time.Second)
}

func TestManyClientsThatOnlyWaitShareALane(t *testing.T) {
	s := sceneOf(t, queue(5), nil)
	crowd := laneNamed(t, s, "5 others")
	if got := spans(crowd, waiting); len(got) != 1 || got[0].from != time.Second || got[0].to < 9*time.Second {
		t.Errorf("they wait %v, want from when the first asked to the end", got)
	}
	for _, l := range s.lanes {
		if strings.HasPrefix(l.name, "client-") && l.name != "client-1" {
			t.Errorf("%s has a lane of its own as well", l.name)
		}
	}
	laneNamed(t, s, "client-1")
}

func TestAFewClientsThatOnlyWaitHaveLanesOfTheirOwn(t *testing.T) {
	s := sceneOf(t, queue(maxWaiting), nil)
	laneNamed(t, s, "client-2")
	laneNamed(t, s, "client-4")
}

func TestAGrantThatAnotherServerProlongsGoesOnThere(t *testing.T) {
	s := newScribe("take-over", "etcd", "none", 1)
	s.header.Servers = []sim.HostID{"etcd-1", "etcd-2"}
	s.at(ms, sim.Event{Host: "etcd-1", Kind: sim.Granted, Grant: "g", Client: "client-1"})
	s.at(2*time.Second, sim.Event{Host: "etcd-1", Kind: sim.Extended, Grant: "g"})
	s.at(4*time.Second, sim.Event{Host: "etcd-2", Kind: sim.Extended, Grant: "g"})
	s.at(6*time.Second, sim.Event{Host: "etcd-2", Kind: sim.Expired, Grant: "g"})
	lanes := readServices(trace.Read(s.end(8*time.Second)), 8*time.Second)
	if len(lanes) != 2 {
		t.Fatalf("%d lanes, want one a server", len(lanes))
	}
	for i, want := range []interval{{ms, 4 * time.Second}, {4 * time.Second, 6 * time.Second}} {
		if got := spans(lanes[i], granted); len(got) != 1 || got[0] != want {
			t.Errorf("%s holds it for the client %v, want %v", lanes[i].host, got, want)
		}
	}
}
