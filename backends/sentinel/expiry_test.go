package sentinel

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// A master checks ten times a second whether a key has expired by its wall clock. So it notices at
// once, without being asked, when that clock has jumped or its machine has slept.
func TestAMasterNoticesByItselfThatALeaseIsOver(t *testing.T) {
	wall := func(step time.Duration) sim.Fault {
		return sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Step: step}
	}
	for _, c := range []struct {
		name  string
		fault sim.Fault // of the master, after 2 s
		end   time.Duration
	}{
		{"its clock jumps past the end", wall(2 * ttl), 2 * time.Second},
		{"its clock jumps, but not so far", wall(ttl / 2), 5 * time.Second},
		{"its clock is set back", wall(-ttl / 2), 15 * time.Second},
		// The Sentinels must not depose it meanwhile: they take a master for down after 5 s.
		{"its machine sleeps past the end", sim.Fault{Kind: sim.Suspend, For: 4 * time.Second}, 6 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, "sentinel", 1, false, "client-1")
			steps := []sim.Step{{When: sim.Trigger{After: 2 * time.Second}, Do: c.fault}}
			if c.fault.Kind == sim.Suspend { // so that little is left of the lease when it falls asleep
				steps = append(steps, sim.Step{When: sim.Trigger{After: time.Second}, Do: wall(ttl / 2)})
			}
			for i := range steps {
				steps[i].Do.Host = MasterID
			}
			s.Client("client-1", 0, locktest.Hold(0, time.Hour)) // it asks the server for nothing more
			s.World.Direct(steps)
			events := s.Run(30 * time.Second).Events
			i := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Expired })
			if i < 0 {
				t.Fatal("the lease did not end")
			}
			if late := events[i].At - c.end; events[i].Host != MasterID || late < 0 || late > 10*time.Millisecond {
				t.Errorf("%s ended the lease at %v, expected %s at about %v", events[i].Host, events[i].At, MasterID, c.end)
			}
		})
	}
}
