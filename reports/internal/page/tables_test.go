package page

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Scenarios without faults come first. A scenario with several faults comes under the decisive one:
// a fault of clocks, disks or machines, before one of the network or of a process.
func TestSectionsAreInTheOrderOfWeight(t *testing.T) {
	want := []faultName{
		{"", "No fault"}, {sim.Pause, "A process is paused"}, {sim.Suspend, "A machine is suspended"},
		{sim.Hold, "A message is held up"}, {sim.Delay, "The network is slow"}, {sim.Drop, "The network loses packets"},
		{sim.Partition, "The network is partitioned"}, {sim.Crash, "A machine crashes"}, {sim.StallDisk, "A disk stalls"},
		{sim.ClockFault, "A clock is wrong"},
	}
	isOne := func(f faultName) bool { return slices.Contains(want, f) }
	if got := slices.DeleteFunc(slices.Clone(faultNames), func(f faultName) bool { return !isOne(f) }); !slices.Equal(got, want) {
		t.Errorf("the sections are %v, want %v", faultNames, want)
	}
	if len(faultNames) != len(sim.FaultKinds())+1 {
		t.Errorf("there are %d sections for %d kinds of fault", len(faultNames), len(sim.FaultKinds()))
	}
}

// Every kind of harm has its own level, and a property that does not exist has none.
func TestEveryKindOfHarmHasALevel(t *testing.T) {
	for i, p := range check.Properties() {
		a := levelOfHarm(p.Row().Harms)
		if a == undecided || a == holds || a == missing {
			t.Errorf("a violation of %s comes to the level %s", p, a.Name)
		}
		for _, q := range check.Properties()[:i] {
			if alike := levelOfHarm(q.Row().Harms) == a; alike != (q.Row().Harms == p.Row().Harms) {
				t.Errorf("%s and %s come to the same level: %v", p, q, alike)
			}
		}
	}
	for _, p := range check.Preconditions() {
		if level := levelOfHarm(p.Row().Harms); level != undecided {
			t.Errorf("without %s a trial comes to the level %s", p, level.Name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a property that does not exist has a level")
		}
	}()
	levelOfHarm(check.Property("stalled").Row().Harms)
}
