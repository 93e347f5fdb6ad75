package etcd

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// faultsOver is when the last fault of a turbulence has ended.
const faultsOver = 4 * ttl

// turbulence is a cluster and three clients that take the lock again and again, while hosts crash,
// pause, are cut off and have their clocks stepped at random.
func turbulence(t *rapid.T, spec string) *sim.History {
	s := newStage(t, rapid.Uint64().Draw(t, "seed"), spec, "client-1", "client-2", "client-3")
	span := func(label string, lo, hi time.Duration) time.Duration {
		return time.Duration(rapid.Int64Range(int64(lo/time.Millisecond), int64(hi/time.Millisecond)).Draw(t, label)) * time.Millisecond
	}
	all := append([]sim.HostID{"client-1", "client-2", "client-3"}, s.Servers...)
	for i := range 3 {
		rest, work := span("rest", ttl/20, ttl), span("work", ttl/20, ttl)
		s.Client(all[i], rest, func(h sim.Host, l backends.Lock) {
			for {
				locktest.Hold(2*ttl, work)(h, l)
				h.Sleep(rest)
			}
		})
	}
	for range rapid.IntRange(0, 8).Draw(t, "faults") {
		id := rapid.SampledFrom(all).Draw(t, "host")
		at, length := span("at", 0, faultsOver-2*ttl), span("length", ttl/100, 2*ttl)
		begin, end := s.fault(t, id, span("step", -ttl/10, 2*ttl))
		s.World.After(at, begin)
		s.World.After(at+length, end)
	}
	return s.Run(faultsOver + 4*ttl)
}

func (s stage) fault(t *rapid.T, id sim.HostID, step time.Duration) (begin, end func()) {
	h := s.World.Host(id)
	server := false
	for _, m := range s.Servers {
		server = server || m == id
	}
	kinds := []string{"pause", "partition", "wall", "monotonic"}
	if server {
		kinds = append(kinds, "crash")
	}
	nothing := func() {}
	switch rapid.SampledFrom(kinds).Draw(t, "fault") {
	case "pause":
		f := sim.Fault{Kind: sim.Pause, Host: id}
		on := false
		return func() { on = !h.Down() && s.World.Apply(f) == nil }, func() {
			if on && !h.Down() {
				_ = s.World.Undo(f)
			}
		}
	case "partition":
		return func() { s.Cut(id, s.Servers...) }, func() { s.Mend(id, s.Servers...) }
	case "wall":
		return func() { h.StepWall(step) }, nothing
	case "monotonic":
		return func() { h.StepMonotonic(step) }, nothing
	}
	return h.Crash, h.Restart
}

func TestTheLockHasAtMostOneOwnerAndTokensGrow(t *testing.T) { // K19, E13
	for _, spec := range []string{"etcd", "etcd+nodes=5+recheck=off+leadership-check-on-revoke=off"} {
		t.Run(spec, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := turbulence(t, spec)
				locktest.OneOwner(t, h)
				locktest.RisingTokens(t, h)
			})
		})
	}
}

func TestNobodyIsToldOfALockThatWasNeverGrantedAndInTheEndItIsServedAgain(t *testing.T) { // J3
	rapid.Check(t, func(t *rapid.T) {
		granted, served := map[string]bool{}, false
		for _, e := range turbulence(t, "etcd").Events {
			switch e.Kind {
			case sim.Granted:
				granted[e.Grant] = true
			case sim.Acquired:
				if !granted[e.Grant] {
					t.Fatalf("at %v %s was told that it holds %s", e.At, e.Host, e.Grant)
				}
				served = served || e.At > faultsOver
			}
		}
		if !served {
			t.Fatalf("nobody got the lock after %v, when the faults were over", faultsOver)
		}
	})
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	run := func() string {
		s := newStage(t, 7, "etcd", "client-1", "client-2", "client-3")
		for i := range 3 {
			s.Client(sim.HostID(fmt.Sprintf("client-%d", i+1)), 0, func(h sim.Host, l backends.Lock) {
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
