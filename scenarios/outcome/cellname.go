package outcome

import (
	"fmt"

	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// CellName identifies a cell in a set of results.
type CellName struct {
	Scenario, Backend, Guard string
	Discipline               string // as Discipline.String writes it
	World                    string
}

// Unusual returns a discipline that has to be named. It is empty for attentive, the usual one, and
// for older histories that do not say.
func Unusual(discipline string) string {
	if discipline == string(workload.Attentive) {
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
		if c.Discipline == string(workload.Attentive) {
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
