package page

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Each kind of fault has a section of its own, with a name.
func TestEveryKindOfFaultHasASection(t *testing.T) {
	kinds, names := map[sim.FaultKind]int{}, map[string]int{}
	for _, f := range faultNames {
		kinds[f.kind]++
		names[f.name]++
		if f.kind != "" && !f.kind.Known() {
			t.Errorf("the section %q is of a fault %q, which does not exist", f.name, f.kind)
		}
	}
	for _, k := range append(sim.FaultKinds(), "") {
		if kinds[k] != 1 {
			t.Errorf("the fault %q has %d sections", k, kinds[k])
		}
	}
	for name, n := range names {
		if n != 1 || name == "" {
			t.Errorf("%d sections are called %q", n, name)
		}
	}
}

// How bad a violation is has been said of each property: what is lost is what counts as damage.
func TestEveryPropertyHasALevel(t *testing.T) {
	for _, p := range check.Properties() {
		level := levelOfProperty(p)
		if harmful := slices.Contains(scenarios.Damages(), p); harmful != (level == lost) {
			t.Errorf("%s is damage: %v, and its level is %s", p, harmful, level.Name)
		}
		if level == undecided || level == holds || level == missing {
			t.Errorf("a violation of %s comes to the level %s", p, level.Name)
		}
	}
	for _, p := range check.Preconditions() {
		if level := levelOfProperty(p); level != undecided {
			t.Errorf("without %s a trial comes to the level %s", p, level.Name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a property that does not exist has a level")
		}
	}()
	levelOfProperty("stalled")
}
