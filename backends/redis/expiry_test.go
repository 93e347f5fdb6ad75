package redis

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// A server checks ten times a second whether a key has expired by its wall clock. So it notices at
// once, without being asked, when that clock has jumped or its machine has slept.
func TestAServerNoticesByItselfThatALeaseIsOver(t *testing.T) {
	fault := func(at time.Duration, f sim.Fault) sim.Step {
		f.Host = ServerID
		return sim.Step{When: sim.Trigger{After: at}, Do: f}
	}
	wall := func(step, long time.Duration) sim.Fault {
		return sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Step: step, For: long}
	}
	for _, c := range []struct {
		name string
		step sim.Step
		end  string // when the server records the end of a lease of 10 s that it granted after 3 ms
	}{
		{"nothing happens", fault(2*time.Second, wall(time.Millisecond, time.Second)), "10.004s"},
		{"its clock jumps past the end", fault(2*time.Second, wall(2*ttl, 0)), "2s"},
		{"its clock jumps, but not so far", fault(2*time.Second, wall(ttl/2, 0)), "5.004s"},
		{"its clock is set back", fault(2*time.Second, wall(-ttl/2, 0)), "15.004s"},
		{"its machine sleeps past the end", fault(2*time.Second, sim.Fault{Kind: sim.Suspend, For: 2 * ttl}), "22s"},
		{"its machine sleeps, and wakes before the end", fault(2*time.Second, sim.Fault{Kind: sim.Suspend, For: ttl / 2}), "10.004s"},
		{"it is stopped past the end", fault(2*time.Second, sim.Fault{Kind: sim.Pause, For: 2 * ttl}), "22s"},
		{"its clock runs twice as fast", fault(2*time.Second, sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Rate: 2 * sim.TrueRate}), "6.002s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, "redis", false, "client-1")
			s.Story.Without = append(s.Story.Without, sim.FaultApplied, sim.FaultProven, sim.FaultUndone)
			s.Client("client-1", 0, locktest.Hold(0, time.Hour)) // it asks the server for nothing more
			s.World.Direct([]sim.Step{c.step})
			s.Expect(time.Minute, `
			0s client-1 acquire-sent A
			3ms redis-1 granted A
			4ms client-1 acquired A until 10.004s
			`+c.end+` redis-1 expired A
			`)
		})
	}
}
