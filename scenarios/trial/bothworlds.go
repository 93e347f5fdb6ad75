package trial

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// InBothWorlds lists the live trials and, for each of their cells, virtual trials under the same
// lease and with the options that match the live servers. A library cannot be simulated, so its
// virtual trials are those of the profile that stands in for it.
func (sel Selection) InBothWorlds(all []*script.Scenario) (List, error) {
	sel.World = sim.LiveWorld
	live, err := sel.List(all)
	if err != nil {
		return nil, err
	}
	sel.World, sel.AsLive, sel.liveLease, sel.standIns = sim.VirtualWorld, true, true, true
	sel.Seeds.Last = max(sel.Seeds.Last, sel.Seeds.First+outcome.AgreementSeeds-1)
	virtual, err := sel.List(all)
	if err != nil {
		return nil, err
	}
	return append(virtual, live...), nil
}

// standIns replaces each cell of a library with the cell of the profile that stands in for it. It
// lists each cell once.
func standIns(s *script.Scenario, registry backends.Registry, cells []script.Cell) ([]script.Cell, error) {
	var out []script.Cell
	for _, c := range cells {
		model, stands, err := registry.StandIn(c.Backend)
		if stands && err == nil {
			c.Backend, err = s.Spec(registry, model.String())
		}
		if err != nil {
			return nil, fmt.Errorf("list the cells of scenario %s: %w", s.Name, err)
		}
		same := func(o script.Cell) bool {
			return o.Backend.String() == c.Backend.String() && o.Guard == c.Guard && o.Discipline == c.Discipline
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	return out, nil
}
