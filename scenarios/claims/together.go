package claims

import (
	"slices"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// measuredTogether lists the measures that some claim judges by all their values together.
func measuredTogether(sources []Source) (all []check.Measure) {
	for _, source := range sources {
		for _, c := range source.Claims {
			for _, test := range c.tests() {
				for _, r := range test.Ranges {
					if r.Of != bound.EveryValue && !slices.Contains(all, r.Measure) {
						all = append(all, r.Measure)
					}
				}
			}
		}
	}
	return all
}

// addTogether adds the trials of one cell to evidence that no single trial can give: a share of the
// trials, or a statistic of their values. Either all of them count as stated, or none does.
func (e *Evidence) addTogether(cell []outcome.Result) {
	var decided []outcome.Result
	for _, r := range cell {
		e.Trials++
		e.TTL = r.TTL
		if e.tells(r) {
			decided = append(decided, r)
		} else {
			e.Undecided++
		}
	}
	if len(decided) == 0 {
		return
	}
	came := outcome.NotAsExpected
	if e.Share != nil {
		violated := 0
		for _, r := range decided {
			if r.Sound(e.Want.Property) == check.Violated {
				violated++
			}
		}
		e.Violated += violated
		came = outcome.JudgeShare(*e.Share, violated, len(decided))
	} else {
		f := outcome.Figure{Range: *e.Range}
		for i := range decided {
			f.Add(&decided[i])
		}
		f.Settle(decided[0].TTL)
		e.Measured = joined(e.Measured, check.Measured{Measure: f.Measure, Count: f.Count, Least: f.Value, Most: f.Value})
		came = f.Outcome
	}
	switch came {
	case outcome.AsExpected:
		e.AsStated += len(decided)
	case outcome.Undecided:
		e.Undecided += len(decided)
	default:
		if e.Contrary == nil {
			e.Contrary = &decided[0]
		}
	}
}

// tells reports whether the trial is part of what is judged together.
func (e *Evidence) tells(r outcome.Result) bool {
	if e.Share != nil {
		return r.Sound(e.Want.Property) != check.Undecided
	}
	return r.Valid()
}

// joined combines the measurements of two cells, from the least to the most. a may be empty.
func joined(a, b check.Measured) check.Measured {
	if a.Count == 0 {
		return b
	}
	a.Count += b.Count
	a.Least, a.Most = min(a.Least, b.Least), max(a.Most, b.Most)
	return a
}
