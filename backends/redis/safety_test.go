package redis

import (
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

// turbulence is a world with three clients that take the lock again and again, while
// their hosts pause at random; every clock is sound.
func turbulence(t *rapid.T, spec string, token bool) *sim.History {
	parsed, err := backends.Registry{Backend{}}.ParseSpec(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parsed.Settings(ttl, token)
	if err != nil {
		t.Fatal(err)
	}
	w := virtual.New(rapid.Uint64().Draw(t, "seed"))
	defer w.Close()
	w.AddHost(ServerID)
	getLock := Backend{}.Simulate(w, s)
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
				hold(2*ttl, work)(h, lock)
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
	return sim.Finish(sim.Header{}, w.Events(), w.Clock)
}

// validOverlap finds two clients that both counted on the lock by their own deadlines.
func validOverlap(h *sim.History) (sim.Event, bool) {
	var holder string
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
		}
	}
	return sim.Event{}, false
}

func TestWithTheElapsedCheckAndSoundClocksNoTwoLeasesAreValidAtOnce(t *testing.T) {
	for _, spec := range []string{"redis+elapsed-check", "redis+elapsed-check+renew"} {
		t.Run(spec, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				if e, found := validOverlap(turbulence(t, spec, false)); found {
					t.Fatalf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
				}
			})
		})
	}
}

func TestTheServerFreesALockOnlyForItsHolder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner := ""
		for _, e := range turbulence(t, "redis+renew", false).Events {
			switch e.Kind {
			case sim.Granted:
				if owner != "" {
					t.Fatalf("at %v granted to %s while %s held it", e.At, e.Grant, owner)
				}
				owner = e.Grant
			case sim.Freed, sim.Expired:
				if e.Grant != owner {
					t.Fatalf("at %v %s of %s while %s held it", e.At, e.Kind, e.Grant, owner)
				}
				owner = ""
			case sim.Extended:
				if e.Grant != owner {
					t.Fatalf("at %v prolonged %s while %s held it", e.At, e.Grant, owner)
				}
			}
		}
	})
}

func TestEveryGrantHasAHigherTokenThanTheOneBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last := uint64(0)
		for _, e := range turbulence(t, "redis", true).Events {
			if e.Kind != sim.Granted {
				continue
			}
			if e.Token <= last {
				t.Fatalf("at %v token %d was given after token %d", e.At, e.Token, last)
			}
			last = e.Token
		}
	})
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	run := func() string {
		w := virtual.New(7)
		defer w.Close()
		w.AddHost(ServerID)
		getLock := Backend{}.Simulate(w, settings(t, "redis+renew", true))
		for i := range 3 {
			h := w.AddHost(sim.HostID(fmt.Sprintf("client-%d", i+1)))
			lock := getLock(h)
			h.Go("client", func(h sim.Host) {
				for range 5 {
					hold(5*ttl, time.Second)(h, lock)
				}
			})
		}
		if err := w.Run(20 * ttl); err != nil {
			t.Fatal(err)
		}
		return sim.Finish(sim.Header{}, w.Events(), w.Clock).Fingerprint()
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs with one seed: %s and %s", a, b)
	}
}
