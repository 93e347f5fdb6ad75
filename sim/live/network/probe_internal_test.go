//go:build linux

package network

import (
	"os"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
)

// bareLink is a link from nowhere to a host that does not count what it receives.
func bareLink(t *testing.T) *Link {
	t.Helper()
	hole, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hole.Close() })
	return &Link{
		name: sim.Link{From: "client-1", To: "server-1"},
		from: &port{number: 1}, to: &port{number: 2, socket: hole}, record: &record{}, prober: &prober{},
	}
}

// A probe frame that has left a slow link counts as let through even before the host has counted
// it.
func TestProbeFrameIsNeverBetweenLinkAndHost(t *testing.T) {
	l := bareLink(t)
	g := l.prober.begin(l)
	l.extra = time.Millisecond
	for range fewProbes {
		l.carry(g.frame(false))
	}
	for empty := false; !empty; {
		if n := l.through(g); n != fewProbes {
			t.Fatalf("%d of %d frames are let through", n, fewProbes)
		}
		l.mu.Lock()
		empty = len(l.queue) == 0
		l.mu.Unlock()
	}
	if n := l.through(g); n != fewProbes {
		t.Errorf("%d of %d frames were let through", n, fewProbes)
	}
	if took := l.quickest(g); took < l.extra {
		t.Errorf("the quickest took %v, want at least %v", took, l.extra)
	}
}

// A frame that waits for less than the requested delay is already a breach.
func TestDelayThatIsTooShortIsSeenInTheQueue(t *testing.T) {
	l := bareLink(t)
	g := l.prober.begin(l)
	g.sentAt = clock.Now()
	l.extra = time.Hour
	l.carry(g.frame(false))
	defer l.close()
	if took := l.quickest(g); took < time.Hour || took > time.Hour+time.Minute {
		t.Errorf("a frame that is to wait for an hour takes %v", took)
	}
	other := l.prober.begin(l)
	if took := l.quickest(other); took != clock.Never {
		t.Errorf("a frame that was never sent takes %v", took)
	}
}

func TestProbingsAreForgotten(t *testing.T) {
	d := &prober{}
	all := []*probing{d.begin(nil), d.begin(nil)}
	d.forget(all[:1])
	if len(d.all) != 1 || d.all[all[1].number] == nil {
		t.Errorf("left are %v", d.all)
	}
}

func TestLossesOfATrialAreDrawnFromItsOwnSeed(t *testing.T) {
	l, s := bareLink(t), newSwitch()
	s.links[[2]byte{1, 2}] = l
	for _, seed := range []uint64{1, 2} {
		lossy := s.Drop([]*Link{l}, 0.5, seed)
		if got, want := l.random.Uint64(), sim.NewRandom(seed, "link client-1 → server-1").Uint64(); got != want {
			t.Errorf("with seed %d the link drew %d, want %d", seed, got, want)
		}
		if _, err := lossy.Undo(); err != nil {
			t.Error(err)
		}
		s.Flush()
	}
}
