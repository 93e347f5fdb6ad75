package trial

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// LiveOnly reports whether a backend is a real library, which cannot be simulated.
func LiveOnly(b backends.Backend) bool {
	_, ok := b.(backends.Simulated)
	return !ok
}

// simulated returns the trial's backend for the virtual world, or an error if there is none.
func (t Trial) simulated() (backends.Simulated, error) {
	if t.World != sim.VirtualWorld {
		return nil, fmt.Errorf("the world %q cannot be simulated, expected %s", t.World, sim.VirtualWorld)
	}
	b, ok := t.Backend.Backend.(backends.Simulated)
	if !ok {
		return nil, fmt.Errorf("backend %s is a real library and runs in the live world only: add --world live", t.Backend.Backend.Name())
	}
	return b, nil
}

// inVirtualWorld keeps the cells that can be simulated.
func inVirtualWorld(cells []script.Cell) []script.Cell {
	return slices.DeleteFunc(cells, func(c script.Cell) bool { return LiveOnly(c.Backend.Backend) })
}
