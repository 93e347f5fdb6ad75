package trial

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func battery(t *testing.T) []*script.Scenario {
	t.Helper()
	all, err := scenarios.Battery(script.Everything())
	scripttest.Must(t, err)
	return all
}

// TestTheBatteryDoesTheSameToEveryLockService checks what makes its cells comparable: the same
// services and guards, the same clients and work, the same lease in both worlds.
func TestTheBatteryDoesTheSameToEveryLockService(t *testing.T) {
	all := battery(t)
	first := all[0]
	for _, s := range all {
		for _, b := range services.Registry() {
			if !slices.Contains(s.Backends, b.Name()) {
				t.Errorf("%s does not run %s", s.Name, b.Name())
			}
		}
		if !slices.Equal(s.Guards, []string{"none", script.Best}) {
			t.Errorf("%s has the guards %v", s.Name, s.Guards)
		}
		if s.TTL != first.TTL || s.LiveTTL != s.TTL || s.Clients != first.Clients || s.Until.In(s.TTL) != first.Until.In(s.TTL) || len(s.Own) > 0 {
			t.Errorf("%s has other clients, leases or an end other than %s", s.Name, first.Name)
		}
		a, b := s.Workload, first.Workload
		if a.Kind != b.Kind || a.Times != b.Times || a.Think != b.Think || a.Stagger != b.Stagger || len(a.Disciplines) != 1 || a.Disciplines[0] != b.Disciplines[0] {
			t.Errorf("%s has the workload %+v, %s %+v", s.Name, a, first.Name, b)
		}
	}
}

// TestNoHoleInTheBatteryIsWithoutAReason checks that every cell says what becomes of the money and
// of those who wait, with a reason, or has a reason of the script's own for not being run.
func TestNoHoleInTheBatteryIsWithoutAReason(t *testing.T) {
	for _, world := range []string{sim.VirtualWorld, sim.LiveWorld} {
		trials, err := Selection{World: world, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(battery(t))
		scripttest.Must(t, err)
		if len(trials) < 300 {
			t.Errorf("the battery has %d cells in the %s world", len(trials), world)
		}
		for _, trial := range trials {
			cell := trial.cell()
			if why := trial.NotApplicable(); why != nil {
				if own := trial.Scenario.Misfit(cell.Backend); own != why {
					t.Errorf("%s is not applicable, and the script does not say why: %v", trial.Cell(), why)
				}
				continue
			}
			expected := trial.Scenario.Expected(cell)
			says := func(p check.Property) bool {
				return slices.ContainsFunc(expected, func(e script.Expected) bool { return e.Property == p && e.Because != "" })
			}
			served := slices.ContainsFunc(trial.Scenario.Bounds(cell), func(r script.ExpectedRange) bool { return r.Measure == check.ServedShare })
			if !says(check.LostUpdate) {
				t.Errorf("%s does not say what becomes of the money", trial.Cell())
			}
			if !says(check.Availability) && !served {
				t.Errorf("%s does not say whether clients are served", trial.Cell())
			}
		}
	}
}

// TestOfEveryFaultAnAmountCanBeTried loads each script of the battery that has a fault with a size with
// other sizes of it.
func TestOfEveryFaultAnAmountCanBeTried(t *testing.T) {
	sized := 0
	for _, s := range battery(t) {
		if s.Size == nil {
			continue
		}
		sized++
		for _, part := range []float64{0, 0.1, 2} {
			x := part * s.Size.At
			if x > s.Size.Most() {
				continue
			}
			other, err := s.Sized(x)
			scripttest.Must(t, err)
			if other.Size.At != x || !other.Battery || (part == 0) == (len(other.Steps) == len(s.Steps)) {
				t.Errorf("%s with %v: %+v, %d steps", s.Name, x, other.Size, len(other.Steps))
			}
		}
	}
	if sized < 12 {
		t.Errorf("only %d faults of the battery have a size", sized)
	}
}
