package scenarios

import (
	"fmt"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
)

// Cell is one square of a scenario's table: a lock service under one guard.
type Cell struct {
	Backend backends.Spec // with the scenario's lock options applied
	Guard   string
}

// Cells lists the cells of the scenario: every backend, under every guard. A guard that
// wants a fencing token makes no cell with a backend that issues none. It returns an
// error when the registry lacks a backend or option that the scenario was loaded with.
func (s *Scenario) Cells(registry backends.Registry) ([]Cell, error) {
	var cells []Cell
	for _, name := range s.Backends {
		spec, err := s.spec(registry, name)
		if err != nil {
			return nil, fmt.Errorf("list the cells of scenario %s: %w", s.Name, err)
		}
		for _, guard := range s.Guards {
			if makesCell(spec, guard) {
				cells = append(cells, Cell{Backend: spec, Guard: guard})
			}
		}
	}
	return cells, nil
}

// spec is a backend with the scenario's lock options applied.
func (s *Scenario) spec(registry backends.Registry, name string) (backends.Spec, error) {
	spec, err := registry.ParseSpec(name)
	if err != nil {
		return backends.Spec{}, err
	}
	for _, o := range s.Lock {
		if spec, _, err = spec.WithDefault(o.Name, o.Value); err != nil {
			return backends.Spec{}, err
		}
	}
	return spec, nil
}

func makesCell(spec backends.Spec, guard string) bool {
	return spec.Backend.IssuesTokens() || !ledger.Guard(guard).NeedsToken()
}
