//go:build linux

package control

import (
	"net"
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	recorded := make(chan []sim.Event)
	happens := make(chan sim.Kind, 100)
	go realtime.Run(PerfectID, func(h *realtime.Host) {
		h.OnRecord = func(e sim.Event) { happens <- e.Kind }
		serve(h, l) // until the listener is closed
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
