package scenarios

import (
	"slices"

	"github.com/locklab/locklab/sim/check"
)

// Matches tells whether the row speaks about this cell. backend is a spec as
// backends.Spec writes it; "redis" does not stand for "redis+renew".
func (e Expectation) Matches(backend, guard string) bool {
	return (len(e.Backends) == 0 || slices.Contains(e.Backends, backend)) &&
		(len(e.Guards) == 0 || slices.Contains(e.Guards, guard))
}

// Verdict gives what the row expects of a property; false: nothing.
func (e Expectation) Verdict(p check.Property) (check.Verdict, bool) {
	for _, v := range e.Verdicts {
		if v.Property == p {
			return v.Verdict, true
		}
	}
	return check.Holds, false
}

// Bounds lists the ranges that the scenario expects of what is measured in one cell, in
// the order of the file, each with the reason.
func (s *Scenario) Bounds(backend, guard string) (out []ExpectedRange) {
	if !s.lists(backend, guard) {
		return nil
	}
	for _, row := range s.Expect {
		if row.Matches(backend, guard) {
			for _, r := range row.Ranges {
				out = append(out, ExpectedRange{r, row.Because})
			}
		}
	}
	return out
}

// lists tells whether the scenario is about this cell. Others may be run all the same;
// nothing is expected of them.
func (s *Scenario) lists(backend, guard string) bool {
	return (len(s.Backends) == 0 || slices.Contains(s.Backends, backend)) &&
		(len(s.Guards) == 0 || slices.Contains(s.Guards, guard))
}

// Expected lists what the scenario expects of one cell, in the order of
// check.Properties. A property of which nothing is expected is left out. Where several
// rows agree, the reason is the first one's.
func (s *Scenario) Expected(backend, guard string) []Expected {
	if !s.lists(backend, guard) {
		return nil
	}
	var out []Expected
	for _, p := range check.Properties() {
		for _, row := range s.Expect {
			if !row.Matches(backend, guard) {
				continue
			}
			if slices.Contains(row.Sometimes, p) {
				out = append(out, Expected{Property: p, Verdict: check.Violated, Because: row.Because, Sometimes: true})
				break
			}
			if v, ok := row.Verdict(p); ok {
				out = append(out, Expected{Property: p, Verdict: v, Because: row.Because})
				break
			}
		}
	}
	return out
}
