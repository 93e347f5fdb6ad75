//go:build linux

package live_test

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Steps at time zero take effect before any client does anything, in the order of the script,
// however long they take to prove.
func TestStepsAtZeroAreDoneInOrderBeforeTheClientsStart(t *testing.T) {
	lab := newLab(t, client1, server1, "server-2")
	startDuty(t, lab, client1, "client", nil)
	lossy := func(from, to sim.HostID) sim.Fault { // rare losses take many probe frames
		return sim.Fault{Kind: sim.Drop, From: []sim.HostID{from}, To: []sim.HostID{to}, Probability: 0.01}
	}
	var steps []sim.Step
	for _, f := range []sim.Fault{
		lossy(client1, server1), delay(client1, "server-2", time.Millisecond, 0), lossy(server1, client1),
		{Kind: sim.Partition, Groups: [][]sim.HostID{{server1}, {"server-2"}}}, lossy("server-2", client1),
	} {
		steps = append(steps, at0(f))
	}
	events := play(t, live.NewWorld(lab, steps), time.Minute, client1)
	var done []int64
	for _, e := range events[:slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Acquired })] {
		if e.At != 0 {
			t.Errorf("a step at 0 was carried out at %v: %+v", e.At, e)
		}
		if e.Kind == sim.FaultProven {
			done = append(done, e.Firing)
		}
	}
	if want := []int64{0, 1, 2, 3, 4}; !slices.Equal(done, want) {
		t.Errorf("before the client started these steps were proven: %v, want %v", done, want)
	}
	if got := first(t, events, sim.FaultApplied).Fault; got != 1 {
		t.Errorf("the first step was number %d, want 1", got)
	}
}

// A clock that is stopped from the beginning shows 0 when it runs again, and one that was
// stepped shows the step, regardless of how long it took to carry out the steps.
func TestClocksThatAreOffFromTheBeginningAreKnown(t *testing.T) {
	needClocks(t)
	const away, step = 100 * time.Millisecond, time.Hour
	for name, steps := range map[string][]sim.Step{
		"suspended": {at0(sim.Fault{Kind: sim.Suspend, Host: client1, For: away})},
		"stepped":   {at0(sim.Fault{Kind: sim.ClockFault, Host: client1, Clock: sim.MonotonicClock, Step: step})},
	} {
		lab := newLab(t, client1, server1)
		startDuty(t, lab, client1, "timekeeper", time.Duration(0))
		steps = append(steps, at0(sim.Fault{
			Kind: sim.Drop, From: []sim.HostID{client1}, To: []sim.HostID{server1}, Probability: 0.005, // takes a while
		}))
		w := live.NewWorld(lab, steps)
		e := first(t, play(t, w, time.Minute, client1), sim.Acquired)
		if name == "stepped" && e.Until < step {
			t.Errorf("%s: the process saw %v at the beginning", name, e.Until)
		}
		// The process reads its clock before the event is stamped, so the world may show a later
		// reading, but no earlier one.
		if shown := w.Clock(client1).At(e.At); shown < e.Until-time.Millisecond {
			t.Errorf("%s: the world thinks that the clock showed %v, the process saw %v", name, shown, e.Until)
		}
	}
}
