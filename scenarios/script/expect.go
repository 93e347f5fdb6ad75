package script

import (
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim/check"
)

// precision says how closely a row of expectations names a cell: its lock service, its guard and
// its discipline. It is 0 for what the row does not name. For the lock service, a set counts less
// than a name, and a name less than one with options.
type precision [3]int

// How closely a row names a lock service, by a set or by name.
const (
	bySet = 1 + iota
	byName
)

// beats reports whether p is more precise than q. If both rows name the lock service and one names
// it more closely, that one wins. Otherwise p must be more precise in one respect and less precise
// in none.
func (p precision) beats(q precision) bool {
	if p[0] > 0 && q[0] > 0 && p[0] != q[0] {
		return p[0] > q[0]
	}
	for i := range p {
		if p[i] < q[i] {
			return false
		}
	}
	return p != q
}

// matches reports whether the row applies to this cell, and how closely it names it. A row about
// redis applies to all option sets of redis, unless another row names them. A row about a set
// applies to its services, unless another row names them.
func (e Expectation) matches(c Cell) (p precision, does bool) {
	for _, spec := range e.Backends {
		if spec.Covers(c.Backend) {
			p[0] = max(p[0], byName+spec.Precision())
		}
	}
	if p[0] == 0 && slices.ContainsFunc(e.Sets, func(name string) bool { return services.Covers(name, c.Backend) }) {
		p[0] = bySet
	}
	if p[0] == 0 && len(e.Backends)+len(e.Sets) > 0 {
		return p, false
	}
	guards := guardsFor(e.Guards, c.Backend)
	for i, names := range [][]string{guards, e.Disciplines} {
		if len(names) == 0 {
			continue
		}
		if !slices.Contains(names, [...]string{c.Guard, c.Discipline.String()}[i]) {
			return p, false
		}
		p[1+i] = 1
	}
	return p, true
}

// Verdict returns what the row expects of a property; false means nothing.
func (e Expectation) Verdict(p check.Property) (check.Verdict, bool) {
	for _, v := range e.Verdicts {
		if v.Property == p {
			return v.Verdict, true
		}
	}
	return check.Holds, false
}

// bounds lists the ranges that the row gives for a measure.
func (e Expectation) bounds(m check.Measure) (out []bound.Range) {
	for _, r := range e.Ranges {
		if r.Measure == m {
			out = append(out, r)
		}
	}
	return out
}

// lists reports whether the scenario lists this cell. Other cells may be run all the same; nothing
// is expected of them.
func (s *Scenario) lists(c Cell) bool {
	return slices.ContainsFunc(s.specs, func(spec backends.Spec) bool { return spec.Covers(c.Backend) }) &&
		slices.Contains(guardsFor(s.Guards, c.Backend), c.Guard) &&
		slices.Contains(DisciplineTexts(s.Workload.Disciplines), c.Discipline.String())
}

// about lists, in the order of the file, the rows that apply to this cell, satisfy says, and are
// not beaten by another such row.
func (s *Scenario) about(c Cell, says func(Expectation) bool) (rows []Expectation) {
	var precisions []precision
	for _, row := range s.Expect {
		if !says(row) { // most rows say nothing about most things, and this check is cheap
			continue
		}
		if p, does := row.matches(c); does {
			rows, precisions = append(rows, row), append(precisions, p)
		}
	}
	if len(rows) == 0 || !s.lists(c) {
		return nil
	}
	var best []Expectation
	for i, row := range rows {
		if !slices.ContainsFunc(precisions, func(p precision) bool { return p.beats(precisions[i]) }) {
			best = append(best, row)
		}
	}
	return best
}

// Bounds lists the ranges that the scenario expects measures of one cell to lie in, each with its
// reason, in the order of check.Measures.
func (s *Scenario) Bounds(c Cell) (out []ExpectedRange) {
	for _, m := range check.Measures() {
		for _, row := range s.about(c, func(row Expectation) bool { return len(row.bounds(m)) > 0 }) {
			for _, r := range row.bounds(m) {
				out = append(out, ExpectedRange{r, row.Because})
			}
		}
	}
	return out
}

// Expected lists what the scenario expects of one cell, in the order of check.Properties. It leaves
// out properties that nothing is expected of, and those on which equally precise rows disagree: a
// script says one thing about the cells it lists, but its rows may disagree about an option set
// that it does not list. Where several rows agree, the reason is the first one's.
func (s *Scenario) Expected(c Cell) []Expected {
	var out []Expected
	for _, p := range check.Properties() {
		rows := s.about(c, func(row Expectation) bool { return row.says(p) != "" })
		if len(rows) == 0 || slices.ContainsFunc(rows, func(row Expectation) bool { return row.says(p) != rows[0].says(p) }) {
			continue
		}
		want := Expected{Property: p, Because: rows[0].Because}
		want.Verdict, _ = rows[0].Verdict(p)
		if c := rows[0].chance(p); c != nil {
			want.Verdict, want.Sometimes, want.Share = check.Violated, true, c.Share
		}
		out = append(out, want)
	}
	return out
}
