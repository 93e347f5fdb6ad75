package redlock

import (
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

// turbulence is a world with three clients that take the lock again and again, while hosts
// pause, links are slow and are cut for a while, all at random; every clock is sound and no
// node crashes.
func turbulence(t *rapid.T, spec string) *sim.History {
	b, set := settings(t, spec+"+retry=0.1ttl")
	w := virtual.New(rapid.Uint64().Draw(t, "seed"))
	defer w.Close()
	span := func(least, most time.Duration, label string) time.Duration {
		return time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, label))
	}
	servers := b.Servers(set)
	var steps []sim.Step
	pauses := func(id sim.HostID) {
		for range rapid.IntRange(0, 2).Draw(t, "pauses") {
			steps = append(steps, sim.Step{
				When: sim.Trigger{After: span(0, 5*ttl, "at")},
				Do:   sim.Fault{Kind: sim.Pause, Host: id, For: span(0, 2*ttl, "pause")},
			})
		}
	}
	for _, id := range servers {
		w.AddHost(id)
		pauses(id)
	}
	getLock := b.Simulate(w, set)
	for i := range 3 {
		id := sim.HostID(fmt.Sprintf("client-%d", i+1))
		h, rest, work := w.AddHost(id), span(ttl/20, ttl, "rest"), span(0, 2*ttl, "work")
		for _, server := range servers {
			link(t, w, id, server, span)
			link(t, w, server, id, span)
		}
		lock := getLock(h)
		h.Go("client", func(h sim.Host) {
			for {
				locktest.Hold(ttl, work)(h, lock)
				h.Sleep(rest)
			}
		})
		pauses(id)
		if rapid.Bool().Draw(t, "pause during an acquire") {
			steps = append(steps, sim.Step{
				When: sim.Trigger{Host: id, Kind: sim.AcquireSent, Nth: rapid.IntRange(1, 4).Draw(t, "nth")},
				Do:   sim.Fault{Kind: sim.Pause, Host: id, For: span(0, 2*ttl, "pause")},
			})
		}
	}
	w.Direct(steps)
	if err := w.Run(6 * ttl); err != nil {
		t.Fatal(err)
	}
	return trace.Finish(sim.Header{Faults: w.Faults()}, w.Events(), w.Clock)
}

// link makes a link slow or very slow, cuts it for a while, or leaves it alone.
func link(t *rapid.T, w *virtual.World, from, to sim.HostID, span func(least, most time.Duration, label string) time.Duration) {
	switch rapid.SampledFrom([]string{"quick", "quick", "slow", "very slow", "cut"}).Draw(t, "link") {
	case "slow":
		w.SetLatency(from, to, virtual.Latency{Base: 5 * time.Millisecond, Jitter: span(0, 100*time.Millisecond, "jitter")})
	case "very slow":
		w.SetLatency(from, to, virtual.Latency{Base: span(0, 2*ttl, "base"), Jitter: ttl / 10})
	case "cut":
		at := span(0, 5*ttl, "cut at")
		w.After(at, func() { w.Cut(from, to) })
		w.After(at+span(0, 3*ttl, "cut for"), func() { w.Mend(from, to) })
	}
}

// The documentation's safety argument (R6, R7): however long anything takes, no two
// clients' validity times overlap.
func TestWithoutClockFaultsAndCrashesNoTwoLeasesAreValidAtOnce(t *testing.T) {
	for name, specs := range map[string][]string{
		"as published": {"redlock", "redlock-reference", "redlock-redsync", "redlock+nodes=3+node-timeout=0.3ttl"},
		"with additions": {"redlock+renew+node-timeout=0.2ttl", "redlock+renew+top-up+nodes=4",
			"redlock+sequential+top-up+renew+node-timeout=0.1ttl"},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := turbulence(t, rapid.SampledFrom(specs).Draw(t, "spec"))
				if f := check.One(check.OverlapValid, h); f.Verdict == check.Violated {
					t.Fatal(f.Why)
				}
			})
		})
	}
}

// The turbulence must be able to cause a violation: without the elapsed check it does.
func TestTheSameTurbulenceBreaksALockWithoutTheElapsedCheck(t *testing.T) {
	overlap := rapid.Custom(func(t *rapid.T) check.Verdict {
		return check.One(check.OverlapValid, turbulence(t, "redlock+elapsed-check=off+node-timeout=0.3ttl")).Verdict
	})
	for seed := range 200 {
		if overlap.Example(seed) == check.Violated {
			return
		}
	}
	t.Error("no run had two valid leases at once: the turbulence is too gentle to prove anything")
}

// As the nodes see it, a majority never holds two values at once.
func TestAMajorityGrantsOneLeaseAtATime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { locktest.OneOwner(t, turbulence(t, "redlock+renew+top-up")) })
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	run := func() string {
		s := newStage(t, "redlock+renew+top-up+durability=everysec", "client-1", "client-2", "client-3")
		for id := range 3 {
			s.Client(sim.HostID(fmt.Sprintf("client-%d", id+1)), 0, locktest.Hold(5*ttl, time.Second))
		}
		s.World.After(1500*time.Millisecond, func() { s.node(2).Crash() })
		s.World.After(2500*time.Millisecond, func() { s.node(2).Restart() })
		return s.Run(20 * ttl).Fingerprint()
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs with one seed: %s and %s", a, b)
	}
}
