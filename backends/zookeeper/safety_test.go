package zookeeper

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// drawn draws what may happen in a trial.
type drawn struct {
	*rapid.T
	stage stage
}

func (d drawn) span(most time.Duration, label string) time.Duration {
	return time.Duration(rapid.Int64Range(int64(ttl/20), int64(most)).Draw(d.T, label))
}

// cuts cuts links between a host and others, each in one direction and for a while.
func (d drawn) cuts(from sim.HostID, to []sim.HostID) {
	w := d.stage.World
	for range rapid.IntRange(0, 4).Draw(d.T, "cuts") {
		one, other := from, rapid.SampledFrom(to).Draw(d.T, "other end")
		if one == other {
			continue
		}
		if rapid.Bool().Draw(d.T, "inbound") {
			one, other = other, one
		}
		at := d.span(8*ttl, "cut at")
		w.After(at, func() { w.Cut(one, other) })
		w.After(at+d.span(3*ttl, "cut for"), func() { w.Mend(one, other) })
	}
	if rapid.Bool().Draw(d.T, "isolated") {
		d.stage.CutFor(from, to, d.span(8*ttl, "isolated at"), d.span(3*ttl, "isolated for"))
	}
}

// fault is a step that applies a fault to a host at some time.
func (d drawn) fault(k sim.FaultKind, id sim.HostID) sim.Step {
	return sim.Step{
		When: sim.Trigger{After: d.span(8*ttl, "at")},
		Do:   sim.Fault{Kind: k, Host: id, For: d.span(2*ttl, "for")},
	}
}

// turbulence is a trial with three clients that take the lock again and again while they are paused
// and cut off at random. If servers is set, so are the servers, which also crash. Every clock is
// sound.
func turbulence(t *rapid.T, spec string, servers bool) *sim.History {
	s := newStage(t, rapid.Uint64().Draw(t, "seed"), spec, "client-1", "client-2", "client-3")
	d := drawn{t, s}
	var steps []sim.Step
	for _, id := range s.Clients {
		rest, work := d.span(ttl, "rest"), d.span(2*ttl, "work")
		s.Client(id, 0, func(h sim.Host, l backends.Lock) {
			for {
				locktest.Hold(2*ttl, work)(h, l)
				h.Sleep(rest)
			}
		})
		d.cuts(id, s.Servers)
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			steps = append(steps, d.fault(sim.Pause, id))
		}
		if rapid.Bool().Draw(t, "pause during an acquire") {
			steps = append(steps, sim.Step{
				When: sim.Trigger{Host: id, Kind: sim.AcquireSent, Nth: rapid.IntRange(1, 4).Draw(t, "nth")},
				Do:   sim.Fault{Kind: sim.Pause, Host: id, For: d.span(2*ttl, "pause")},
			})
		}
	}
	if servers {
		for _, id := range s.Servers {
			d.cuts(id, s.Servers)
			for range rapid.IntRange(0, 2).Draw(t, "server faults") {
				steps = append(steps, d.fault(rapid.SampledFrom([]sim.FaultKind{sim.Pause, sim.Crash}).Draw(t, "kind"), id))
			}
		}
	}
	s.World.Direct(steps)
	return s.Run(10 * ttl)
}

func TestClientsThatStopAtDisconnectedNeverCountOnTheLockAtOnce(t *testing.T) { // Z5
	rapid.Check(t, func(t *rapid.T) {
		if e, found := locktest.ValidOverlap(turbulence(t, "zookeeper", false)); found {
			t.Fatalf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
		}
	})
}

// What the servers agree on is right whatever happens, even if clients are wrong.
func TestTheServersRecordIsRightWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := turbulence(t, "zookeeper", true)
		locktest.OneOwner(t, h)     // K19, Z1
		locktest.RisingTokens(t, h) // czxids: Z7
		acquiredWasGranted(t, h)
	})
}

// acquiredWasGranted checks that every client which was told that it holds the lock had been
// granted it, with the token that the servers know, although it may have read from a server that
// lags (Z11).
func acquiredWasGranted(t *rapid.T, h *sim.History) {
	granted := map[string]uint64{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Granted:
			granted[e.Grant] = e.Token
		case sim.Acquired:
			if token, was := granted[e.Grant]; !was || token != e.Token {
				t.Fatalf("at %v %s acquired %s with token %d, granted: %t with token %d", e.At, e.Host, e.Grant, e.Token, was, token)
			}
		}
	}
}

// Once nothing fails any more, the lock goes round again.
func TestAfterTheFaultsTheLockIsServedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(t, rapid.Uint64().Draw(t, "seed"), "zookeeper", "client-1", "client-2")
		d := drawn{t, s}
		var steps []sim.Step
		for _, id := range slices.Concat(s.Servers, s.Clients) {
			d.cuts(id, s.Servers)
			if rapid.Bool().Draw(t, "paused") {
				steps = append(steps, d.fault(sim.Pause, id))
			}
		}
		for _, id := range s.Servers {
			if rapid.Bool().Draw(t, "crashed") {
				steps = append(steps, d.fault(sim.Crash, id))
			}
		}
		s.World.Direct(steps)
		for _, id := range s.Clients {
			s.Client(id, 0, func(h sim.Host, l backends.Lock) {
				for {
					locktest.Hold(2*ttl, time.Second)(h, l)
					h.Sleep(time.Second)
				}
			})
		}
		calm := 11 * ttl // the last fault is over
		served := map[sim.HostID]bool{}
		for _, e := range s.Run(calm + 8*ttl).Events {
			served[e.Host] = served[e.Host] || e.Kind == sim.Acquired && e.At > calm
		}
		for _, id := range s.Clients {
			if !served[id] {
				t.Fatalf("%s was not served in the eighty seconds after the faults", id)
			}
		}
	})
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	run := func() string {
		s := newStage(t, 7, "zookeeper", "client-1", "client-2", "client-3")
		for _, id := range s.Clients {
			s.Client(id, 0, func(h sim.Host, l backends.Lock) {
				for range 5 {
					locktest.Hold(5*ttl, time.Second)(h, l)
				}
			})
		}
		s.World.After(12*time.Second, func() { s.leader().Crash() })
		h := s.Run(10 * ttl)
		if n := fmt.Sprint(len(h.Events)); len(h.Events) < 50 {
			t.Errorf("only %s events", n)
		}
		return h.Fingerprint()
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs with one seed: %s and %s", a, b)
	}
}
