package scenarios

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
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
	cells, err := s.squares(registry)
	return slices.DeleteFunc(cells, func(c Cell) bool { return !makesCell(c.Backend, c.Guard) }), err
}

// squares lists the cells, including those that the scenario's lists name but that cannot exist.
func (s *Scenario) squares(registry backends.Registry) ([]Cell, error) {
	var cells []Cell
	for _, discipline := range s.Workload.Disciplines {
		for _, name := range s.Backends {
			spec, err := s.spec(registry, name)
			if err != nil {
				return nil, fmt.Errorf("list the cells of scenario %s: %w", s.Name, err)
			}
			for _, guard := range s.Guards {
				cells = append(cells, Cell{Backend: spec, Guard: guard, Discipline: discipline})
			}
		}
	}
	return cells, nil
}

// spec returns a backend with the scenario's lock options applied.
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

// CellName identifies a cell in a set of results.
type CellName struct {
	Scenario, Backend, Guard string
	Discipline               string // as Discipline.String writes it
	World                    string
}

// Unusual returns a discipline that has to be named. It is empty for attentive, the usual one, and
// for older histories that do not say.
func Unusual(discipline string) string {
	if discipline == string(Attentive) {
		return ""
	}
	return discipline
}

// NameOf names the cell of a history.
func NameOf(h sim.Header) CellName {
	return CellName{h.Scenario, h.Backend, h.Guard, h.Discipline, h.World}
}

// String names the cell for people. It names the discipline only if it is not the usual one; older
// histories do not record it.
func (n CellName) String() string {
	text := fmt.Sprintf("%s with %s, guard %s", n.Scenario, n.Backend, n.Guard)
	if d := Unusual(n.Discipline); d != "" {
		text += ", " + d
	}
	return text
}

// Cell names the cell that the trial belongs to.
func (r *Result) Cell() CellName {
	return CellName{r.Scenario, r.Backend, r.Guard, r.Discipline, r.World}
}

// Name names the cell that the summary is about.
func (s *Summary) Name() CellName {
	return CellName{s.Scenario, s.Backend, s.Guard, s.Discipline, s.World}
}

// In names the cell, given the scenario of its card.
func (c *CardCell) In(scenario string) CellName {
	return CellName{scenario, c.Backend, c.Guard, c.Discipline, c.World}
}

// Cell names the cell that the trial belongs to.
func (t *Trial) Cell() CellName {
	return CellName{t.Scenario.Name, t.Backend.String(), string(t.Guard), t.Discipline.String(), t.World}
}

// Row returns the label of the cell's table row: the scenario, and the discipline of its clients if
// it is not the usual one.
func (s *Summary) Row() string {
	if d := Unusual(s.Discipline); d != "" {
		return s.Scenario + ", " + d
	}
	return s.Scenario
}

// OneDiscipline keeps the cells whose clients are attentive or, if there are none, those of the
// discipline that comes first. Lock services are compared under one discipline, because a lock is
// blamed only for what an attentive client suffers.
func OneDiscipline(cells []Summary) []Summary {
	if len(cells) == 0 {
		return nil
	}
	of := cells[0].Discipline
	for _, c := range cells {
		if c.Discipline == string(Attentive) {
			of = c.Discipline
		}
	}
	var out []Summary
	for _, c := range cells {
		if c.Discipline == of {
			out = append(out, c)
		}
	}
	return out
}
