package page

import (
	"testing"

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

// Every kind of harm has a level of its own, and what does not exist has none.
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
