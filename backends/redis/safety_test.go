package redis

import (
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

// turbulence is a world with three clients that take the lock again and again while their hosts
// pause at random; every clock is sound.
func turbulence(t *rapid.T, spec string, token bool) *sim.History {
	w := virtual.New(rapid.Uint64().Draw(t, "seed"))
	defer w.Close()
	w.AddHost(ServerID)
	getLock := Backend{}.Simulate(w, settings(t, spec, token))
	span := func(most time.Duration, label string) time.Duration {
		return time.Duration(rapid.Int64Range(int64(ttl/20), int64(most)).Draw(t, label))
	}
	var steps []sim.Step
	for i := range 3 {
		id := sim.HostID(fmt.Sprintf("client-%d", i+1))
		h, rest, work := w.AddHost(id), span(ttl, "rest"), span(2*ttl, "work")
		lock := getLock(h)
		h.Go("client", func(h sim.Host) {
			for {
				locktest.Hold(2*ttl, work)(h, lock)
				h.Sleep(rest)
			}
		})
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			steps = append(steps, sim.Step{
				When: sim.Trigger{After: span(8*ttl, "at")},
				Do:   sim.Fault{Kind: sim.Pause, Host: id, For: span(2*ttl, "pause")},
			})
		}
		if rapid.Bool().Draw(t, "pause during an acquire") {
			steps = append(steps, sim.Step{
				When: sim.Trigger{Host: id, Kind: sim.AcquireSent, Nth: rapid.IntRange(1, 4).Draw(t, "nth")},
				Do:   sim.Fault{Kind: sim.Pause, Host: id, For: span(2*ttl, "pause")},
			})
		}
	}
	w.Direct(steps)
	if err := w.Run(10 * ttl); err != nil {
		t.Fatal(err)
	}
	return trace.Finish(sim.Header{Faults: w.Faults()}, w.Events(), w.Clock)
}

func TestWithTheElapsedCheckAndSoundClocksNoTwoLeasesAreValidAtOnce(t *testing.T) {
	for _, spec := range []string{"redis+elapsed-check", "redis+elapsed-check+renew"} {
		t.Run(spec, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if e, found := locktest.ValidOverlap(turbulence(t, spec, false)); found {
					t.Fatalf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
				}
			})
		})
	}
}

func TestTheServerFreesALockOnlyForItsHolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { locktest.OneOwner(t, turbulence(t, "redis+renew", false)) })
}

func TestEveryGrantHasAHigherTokenThanTheOneBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { locktest.RisingTokens(t, turbulence(t, "redis", true)) })
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	run := func() string {
		s := locktest.NewStage(t, Backend{}, settings(t, "redis+renew", true), 7, "client-1", "client-2", "client-3")
		for _, id := range s.Clients {
			s.Client(id, 0, func(h sim.Host, l backends.Lock) {
				for range 5 {
					locktest.Hold(5*ttl, time.Second)(h, l)
				}
			})
		}
		return s.Run(20 * ttl).Fingerprint()
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs with one seed: %s and %s", a, b)
	}
}
