package trial

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// TestEveryCellSaysWhetherMoneyIsLost checks that every cell expects something of lost-update, the
// question that every script is about, unless no client gets any money.
func TestEveryCellSaysWhetherMoneyIsLost(t *testing.T) {
	for _, s := range builtin(t) {
		cells, err := s.Cells(services.Registry())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if s.Misfit(c.Backend) != nil {
				continue
			}
			expected := s.Expected(c)
			if slices.ContainsFunc(expected, func(e script.Expected) bool { return e.Property == check.LostUpdate }) {
				continue
			}
			trial := Trial{Scenario: s, Backend: c.Backend, Guard: ledger.Guard(c.Guard), Discipline: c.Discipline, World: sim.VirtualWorld, Seed: 1, TTL: s.TTL}
			if slices.ContainsFunc(cardRanges(trial), func(r outcome.CardRange) bool { return r.Measure == check.LostShare }) {
				continue // it says how much of it
			}
			h := simulated(t, trial)
			if slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.Wrote }) {
				t.Errorf("%s does not say what becomes of lost-update with %s, guard %s, %s clients", s.Name, c.Backend, c.Guard, c.Discipline)
			}
		}
	}
}
