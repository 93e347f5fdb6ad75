package timeline

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// crowd is a history in which n things happen in one lane, one every step.
func crowd(n int, step time.Duration, thing func(i int) sim.Event) *sim.History {
	h := &sim.History{Header: sim.Header{
		Format: sim.Format, Scenario: "crowd", Backend: "redis", Guard: "none", World: sim.VirtualWorld, TTL: 10 * time.Second, Until: time.Hour,
		Clients: []sim.HostID{"client-1", "client-2"}, Servers: []sim.HostID{"redis-1"}, Ledger: "ledger", Faults: []sim.Fault{{Kind: sim.Pause, Host: "redis-1"}},
	}}
	for i := range n {
		e := thing(i)
		e.Seq, e.At = int64(i+1), time.Duration(i)*step
		h.Events = append(h.Events, e)
	}
	h.Events = append(h.Events, sim.Event{Seq: int64(n + 1), At: time.Duration(n) * step, Kind: sim.End})
	return h
}

// The size of a picture does not grow with what it has no room for.
func TestALaneHoldsABoundedNumberOfEverything(t *testing.T) {
	crowds := []struct {
		name  string
		step  time.Duration
		thing func(i int) sim.Event
	}{
		{"faults", time.Millisecond, func(i int) sim.Event {
			return sim.Event{Kind: sim.FaultApplied, Host: "redis-1", Fault: 1, Firing: int64(i)}
		}},
		{"marks of one moment", 0, func(i int) sim.Event { return sim.Event{Kind: sim.ReadUnknown, Host: "client-1", Op: fmt.Sprint(i)} }},
		{"leases that nobody gives back", time.Millisecond, func(i int) sim.Event {
			return sim.Event{Kind: sim.Granted, Host: "redis-1", Client: "client-1", Grant: fmt.Sprint(i)}
		}},
		{"attempts without an answer", time.Millisecond, func(i int) sim.Event { return sim.Event{Kind: sim.Acquire, Host: "client-1", Op: fmt.Sprint(i)} }},
	}
	for _, c := range crowds {
		t.Run(c.name, func(t *testing.T) {
			takes := func(n int) uint64 {
				h := crowd(n, c.step, c.thing)
				findings := check.All(trace.Read(h))
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				figure, err := Timeline(h, findings, "Much")
				if err != nil {
					t.Fatal(err)
				}
				var svg strings.Builder
				if err := figure.WriteSVG(&svg); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				if n > maxOfLane && !strings.Contains(svg.String(), " are left out.") {
					t.Errorf("the caption does not say that something is left out of %d", n)
				}
				return after.TotalAlloc - before.TotalAlloc
			}
			few, many := takes(2*maxOfLane), takes(8*maxOfLane)
			if many > 6*few {
				t.Errorf("of %d it takes %d kB, of four times as many %d kB", 2*maxOfLane, few>>10, many>>10)
			}
		})
	}
}
