package claims

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
)

// Run holds the outcome of the trials that claims need in one world.
type Run struct {
	World   string
	Judged  []trial.Judged // without their histories
	Missing []trial.Trial  // trials that this world or machine does not have
}

// Judge returns what the trials say about each claim, in the order of the sources.
func Judge(sources []Source, run Run) []Result {
	found := claimCells{byCell: map[outcome.CellName][]outcome.Result{}, missing: map[outcome.CellName]string{}}
	for _, j := range run.Judged {
		found.byCell[j.Trial.Cell()] = append(found.byCell[j.Trial.Cell()], j.Result)
	}
	for _, t := range run.Missing {
		if _, known := found.missing[t.Cell()]; !known {
			found.missing[t.Cell()] = cmp.Or(t.NotApplicable(), t.Unavailable()).Error()
		}
	}
	var out []Result
	for _, source := range sources {
		for _, c := range source.Claims {
			r := Result{Claim: c, World: run.World}
			for i, test := range c.tests() {
				if !test.in(run.World) {
					continue
				}
				against := i >= len(c.ConfirmedBy)
				for _, want := range test.Find {
					r.Evidence = append(r.Evidence, found.gather(Evidence{Test: test, Want: want, Against: against}, run.World))
				}
				for _, want := range test.Chances {
					e := Evidence{Test: test, Want: script.PropertyValue{Property: want.Property, Verdict: check.Violated}, Share: want.Share, Against: against}
					r.Evidence = append(r.Evidence, found.gather(e, run.World))
				}
				for _, want := range test.Ranges {
					r.Evidence = append(r.Evidence, found.gather(Evidence{Test: test, Range: &want, Against: against}, run.World))
				}
			}
			r.Verdict = r.verdict()
			out = append(out, r)
		}
	}
	return out
}

// claimCells holds the results of each cell, or why it was not run.
type claimCells struct {
	byCell  map[outcome.CellName][]outcome.Result
	missing map[outcome.CellName]string
}

// gather counts what came out for one property or measure in all cells of a test.
func (f claimCells) gather(e Evidence, world string) Evidence {
	if e.Range != nil && !e.Range.Measure.In(world) {
		e.Missing = append(e.Missing, fmt.Sprintf("%s is not measured in the %s world", e.Range.Measure, world))
		return e
	}
	for _, cell := range e.Test.cells(world) {
		if why, is := f.missing[cell]; is && !slices.Contains(e.Missing, why) {
			e.Missing = append(e.Missing, why)
		}
		if e.Share != nil || e.Range != nil && e.Range.Of != bound.EveryValue {
			e.addTogether(f.byCell[cell])
			continue
		}
		for _, r := range f.byCell[cell] {
			e.Trials++
			e.TTL = r.TTL
			if e.Range != nil {
				e.addMeasured(r)
				continue
			}
			found := r.Sound(e.Want.Property)
			if found == e.Want.Verdict {
				e.AsStated++
			} else if found == check.Undecided {
				e.Undecided++
			} else if e.Contrary == nil {
				e.Contrary = &r
			}
		}
	}
	return e
}

// addMeasured adds one trial to evidence about a measure.
func (e *Evidence) addMeasured(r outcome.Result) {
	m, measured := r.Measured(e.Range.Measure)
	if !measured || !r.Valid() {
		e.Undecided++
		return
	}
	e.Measured = joined(e.Measured, check.Measured{Measure: m.Measure, Count: m.Count, Least: m.Least, Most: m.Most})
	if e.Range.Contains(m, r.TTL) {
		e.AsStated++
	} else if e.Contrary == nil {
		e.Contrary = &r
	}
}

// verdict returns what the trials say. A claim is decided in a world only if that world has all the
// trials stated for it and, where the claim takes both kinds, some of each.
func (r Result) verdict() Verdict {
	undecided, elsewhere := false, false
	kinds := map[bool]bool{} // for, against
	for _, e := range r.Evidence {
		if e.Contrary != nil {
			return Contradicted
		}
		kinds[e.Against] = true
		elsewhere = elsewhere || len(e.Missing) > 0
		undecided = undecided || len(e.Missing) == 0 && (e.AsStated < e.Trials || e.Trials == 0)
	}
	c := r.Claim
	speaksFor, against := len(c.ConfirmedBy) > 0, len(c.RefutedBy) > 0
	elsewhere = elsewhere || speaksFor && !kinds[false] || against && !kinds[true]
	switch {
	case elsewhere:
		return Elsewhere
	case undecided:
		return Undecided
	case speaksFor && against:
		return Conditional
	case speaksFor:
		return Confirmed
	case against:
		return Refuted
	case c.Cannot != "":
		return Cannot
	}
	return NotYet
}
