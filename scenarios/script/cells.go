package script

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
)

// Cell is one square of a scenario's table: a lock service under one guard, with clients of
// one discipline.
type Cell struct {
	Backend    backends.Spec // with the scenario's lock options applied
	Guard      string
	Discipline Discipline
}

// Cells lists the cells of the scenario: for each discipline, every backend under every guard. A
// guard that needs a fencing token makes no cell with a backend that issues none. Cells returns an
// error if the registry lacks a backend or option that the scenario was loaded with.
func (s *Scenario) Cells(registry backends.Registry) ([]Cell, error) {
	cells, err := s.Squares(registry)
	return slices.DeleteFunc(cells, func(c Cell) bool { return !MakesCell(c.Backend, c.Guard) }), err
}

// Squares lists the cells, including those that the scenario's lists name but that cannot exist.
func (s *Scenario) Squares(registry backends.Registry) ([]Cell, error) {
	var cells []Cell
	for _, discipline := range s.Workload.Disciplines {
		for _, name := range s.Backends {
			spec, err := s.Spec(registry, name)
			if err != nil {
				return nil, fmt.Errorf("list the cells of scenario %s: %w", s.Name, err)
			}
			for _, guard := range guardsFor(s.Guards, spec) {
				cells = append(cells, Cell{Backend: spec, Guard: guard, Discipline: discipline})
			}
		}
	}
	return cells, nil
}

// Spec returns a backend with the scenario's lock options applied.
func (s *Scenario) Spec(registry backends.Registry, name string) (backends.Spec, error) {
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

// Best is a script's word for the most that a lock service itself offers the account: fence-all with one that
// issues fencing tokens, otherwise cas.
const Best = "best"

// CheckGuard returns an error unless this is a guard's name, or Best. The error lists what there is.
func CheckGuard(name string) error {
	if name == Best {
		return nil
	}
	if _, err := ledger.ParseGuard(name); err != nil {
		return fmt.Errorf("%w, or %s: %s with lock services that issue tokens and %s with others", err, Best, ledger.FenceAll, ledger.CAS)
	}
	return nil
}

// GuardFor returns the guard that a name stands for with this lock service.
func GuardFor(name string, spec backends.Spec) string {
	switch {
	case name != Best:
		return name
	case spec.Backend.IssuesTokens():
		return string(ledger.FenceAll)
	}
	return string(ledger.CAS)
}

// guardsFor lists the guards that names stand for with this lock service, each once.
func guardsFor(names []string, spec backends.Spec) (guards []string) {
	for _, name := range names {
		if guard := GuardFor(name, spec); !slices.Contains(guards, guard) {
			guards = append(guards, guard)
		}
	}
	return guards
}

// MakesCell reports whether a backend can run with a guard: a guard that checks fencing tokens needs a
// backend that issues them.
func MakesCell(spec backends.Spec, guard string) bool {
	return spec.Backend.IssuesTokens() || !ledger.Guard(guard).NeedsToken()
}
