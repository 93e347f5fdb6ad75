package diagram

import (
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// trial runs one trial of a built-in scenario in the virtual world.
func trial(t testing.TB, scenario, backend, guard string) (*sim.History, []check.Finding) {
	t.Helper()
	all, err := scenarios.Builtin(scenarios.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name != scenario {
			continue
		}
		trials, err := scenarios.Selection{
			Backends: []string{backend}, Guards: []string{guard},
			World: scenarios.VirtualWorld, Seeds: scenarios.Seeds{First: 1, Last: 1},
		}.Trials([]*scenarios.Scenario{s})
		if err != nil {
			t.Fatal(err)
		}
		h, err := trials[0].SimulateRecorded()
		if err != nil {
			t.Fatal(err)
		}
		return h, check.All(h)
	}
	t.Fatalf("there is no scenario %s", scenario)
	return nil, nil
}
