package timeline

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// struck is a trial with faults of several kinds.
func struck(t *testing.T) *scene {
	t.Helper()
	s := newScribe("x", "redis", "none", 3)
	s.header.Faults = []sim.Fault{
		{Kind: sim.Pause, Host: sim.AllHosts}, {Kind: sim.Crash, Host: sim.Holder},
		{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1"}, {"redis-1"}}},
		{Kind: sim.ClockFault, Host: sim.AnyHost, Clock: sim.WallClock, Step: 5 * time.Second},
	}
	const pauseAll, crashHolder, partition = 1, 2, 3
	s.at(0, sim.Event{Host: "client-1", Kind: sim.Acquired, Grant: "g"})
	fault := func(at time.Duration, kind sim.Kind, host sim.HostID, number, firing int64) {
		s.at(at, sim.Event{Host: host, Kind: kind, Fault: number, Firing: firing})
	}
	for _, host := range []sim.HostID{"client-1", "client-2", "redis-1"} {
		fault(1*time.Second, sim.FaultApplied, host, pauseAll, 0)
		fault(1*time.Second, sim.FaultProven, host, pauseAll, 0)
	}
	for _, host := range []sim.HostID{"client-1", "client-2", "redis-1"} {
		fault(3*time.Second, sim.FaultUndone, host, pauseAll, 0)
	}
	fault(4*time.Second, sim.FaultApplied, "client-1", crashHolder, 1)
	fault(4*time.Second, sim.FaultProven, "client-1", crashHolder, 1)
	fault(5*time.Second, sim.FaultApplied, "", partition, 2)
	fault(5*time.Second, sim.FaultUnproven, "", partition, 2)
	fault(6*time.Second, sim.FaultApplied, "client-2", pauseAll, 3)
	fault(6*time.Second, sim.FaultProven, "client-2", pauseAll, 3)
	fault(7*time.Second, sim.FaultApplied, "client-2", pauseAll, 4)
	fault(7*time.Second, sim.FaultProven, "client-2", pauseAll, 4)
	fault(8*time.Second, sim.FaultUndone, "client-2", pauseAll, 3)
	fault(9*time.Second, sim.FaultUndone, "client-2", pauseAll, 4)
	return sceneOf(t, s.end(10*time.Second), nil)
}

func TestALaneShowsEachTimeThatAFaultWasDone(t *testing.T) {
	s := struck(t)
	const sec = time.Second
	for _, c := range []struct {
		lane  string
		host  sim.HostID
		bars  []interval
		label string // of the last one
		empty string
	}{
		{"pause all", "", []interval{{1 * sec, 3 * sec}, {6 * sec, 8 * sec}, {7 * sec, 9 * sec}}, "pause of 2 s, seen by a probe", ""},
		{"crash holder", "client-1", []interval{{4 * sec, 10 * sec}}, "down for 6 s, seen by a probe", ""},
		{"partition client-1 | redis-1", "", []interval{{5 * sec, 10 * sec}}, "cut for 5 s, not proven", ""},
		{"clock any wall +5s", "", nil, "", "did not happen"},
	} {
		l := laneNamed(t, s, c.lane)
		if got := spans(l, inEffect); l.host != c.host || !slices.Equal(got, c.bars) {
			t.Errorf("%s: on %q in effect in %v, want on %q in %v", c.lane, l.host, got, c.host, c.bars)
		}
		if n := len(l.bars); n > 0 && l.bars[n-1].labels[0] != c.label {
			t.Errorf("%s: labelled %q, want %q", c.lane, l.bars[n-1].labels[0], c.label)
		}
		if c.bars == nil && l.empty != c.empty {
			t.Errorf("%s: says %q, want %q", c.lane, l.empty, c.empty)
		}
	}
}

func TestHostsThatStoodStillAreShaded(t *testing.T) {
	s := struck(t)
	const sec = time.Second
	for lane, want := range map[string][]interval{
		"client-1": {{1 * sec, 3 * sec}, {4 * sec, 10 * sec}},
		"client-2": {{1 * sec, 3 * sec}, {6 * sec, 8 * sec}, {7 * sec, 9 * sec}},
		"client-3": nil,
	} {
		if got := laneNamed(t, s, lane).pauses; !slices.Equal(got, want) {
			t.Errorf("%s is shaded in %v, want %v", lane, got, want)
		}
	}
}

func TestACrashEndsABelief(t *testing.T) {
	got := spans(laneNamed(t, struck(t), "client-1"), held)
	if want := []interval{{0, 4 * time.Second}}; !slices.Equal(got, want) {
		t.Errorf("client-1 believes in %v, want %v: it crashed", got, want)
	}
}
