//go:build linux

package control

import (
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/sim"
)

const patience = 10 * time.Second

// withService runs a client against a live service on this machine and returns what the service
// recorded. The client can watch that as it happens.
func withService(t *testing.T, client func(h *realtime.Host, p Port, happens <-chan sim.Kind)) []sim.Kind {
	t.Helper()
	return withServiceOn(t, disk(filepath.Join(t.TempDir(), "lock")), client)
}

// withServiceOn is withService with a service that knows what this disk knows.
func withServiceOn(t *testing.T, d disk, client func(h *realtime.Host, p Port, happens <-chan sim.Kind)) []sim.Kind {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	recorded := make(chan []sim.Event)
	happens := make(chan sim.Kind, 100)
	go realtime.Run(PerfectID, func(h *realtime.Host) {
		h.OnRecord = func(e sim.Event) { happens <- e.Kind }
		if err := serve(h, l, d); err != nil { // until the listener is closed
			t.Log(err)
		}
		recorded <- h.Events()
	})
	realtime.Run("client-1", func(h *realtime.Host) {
		p, err := dial(h, l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		client(h, p, happens)
	})
	l.Close()
	var kinds []sim.Kind
	for _, e := range <-recorded {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestTheLivePerfectLockIsTakenAndGivenBack(t *testing.T) {
	got := withService(t, func(h *realtime.Host, p Port, _ <-chan sim.Kind) {
		locktest.Hold(0, 0)(h, NewLock(h, p, settings(t, Perfect{}, time.Minute)))
		var kinds []sim.Kind
		for _, e := range h.Events() {
			kinds = append(kinds, e.Kind)
		}
		if want := []sim.Kind{sim.AcquireSent, sim.Acquired, sim.Release, sim.Released}; !slices.Equal(kinds, want) {
			t.Errorf("the client recorded %q, expected %q", kinds, want)
		}
	})
	if want := []sim.Kind{sim.Granted, sim.Freed}; !slices.Equal(got, want) {
		t.Errorf("the service recorded %q, expected %q", got, want)
	}
}

func TestTheLivePerfectLockEndsALeaseThatNobodyAsksAbout(t *testing.T) {
	got := withService(t, func(h *realtime.Host, p Port, happens <-chan sim.Kind) {
		if _, ok, err := p.Acquire("first", 20*time.Millisecond, patience); !ok || err != nil {
			t.Fatalf("Acquire = %t, %v", ok, err)
		}
		h.Outside(func() {
			for kind := range happens {
				if kind == sim.Expired {
					return
				}
			}
		})
		if token, ok, err := p.Acquire("second", time.Hour, patience); token != 2 || !ok || err != nil {
			t.Errorf("Acquire after it = %d, %t, %v", token, ok, err)
		}
	})
	if want := []sim.Kind{sim.Granted, sim.Expired, sim.Granted}; !slices.Equal(got, want) {
		t.Errorf("the service recorded %q, expected %q", got, want)
	}
}

func TestTheLivePerfectLockForgetsNothingInACrash(t *testing.T) {
	d := disk(filepath.Join(t.TempDir(), "lock"))
	withServiceOn(t, d, func(_ *realtime.Host, p Port, _ <-chan sim.Kind) {
		if token, ok, err := p.Acquire("first", time.Hour, patience); token != 1 || !ok || err != nil {
			t.Fatalf("Acquire = %d, %t, %v", token, ok, err)
		}
	})
	withServiceOn(t, d, func(_ *realtime.Host, p Port, _ <-chan sim.Kind) {
		if _, ok, err := p.Acquire("second", time.Hour, patience); ok || err != nil {
			t.Errorf("after a crash another client gets the lock that is held: %t, %v", ok, err)
		}
		if ok, err := p.Release("first", patience); !ok || err != nil {
			t.Errorf("after a crash the owner cannot release: %t, %v", ok, err)
		}
		if token, ok, err := p.Acquire("second", time.Hour, patience); token != 2 || !ok || err != nil {
			t.Errorf("after a crash the next token is %d, expected 2: %t, %v", token, ok, err)
		}
	})
}

func TestALeaseOfTheLivePerfectLockThatRanOutWhileItWasOffEndsAtOnce(t *testing.T) {
	d := disk(filepath.Join(t.TempDir(), "lock"))
	if err := d.write(&Model{Owner: "before", Token: 7}); err != nil { // until the very beginning
		t.Fatal(err)
	}
	got := withServiceOn(t, d, func(_ *realtime.Host, p Port, _ <-chan sim.Kind) {
		if token, ok, err := p.Acquire("after", time.Hour, patience); token != 8 || !ok || err != nil {
			t.Errorf("Acquire = %d, %t, %v", token, ok, err)
		}
	})
	if want := []sim.Kind{sim.Expired, sim.Granted}; !slices.Equal(got, want) {
		t.Errorf("the service recorded %q, expected %q", got, want)
	}
}
