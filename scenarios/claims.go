package scenarios

import (
	"fmt"

	"github.com/locklab/locklab/sim/check"
)

// ClaimSource is who made some claims, and where.
type ClaimSource struct {
	Who, Where string
	Debate     bool // one of the two who argue with each other
	Claims     []Claim
}

// Claim is something that was said about locks, with the trials that decide it.
type Claim struct {
	ID          string      // "K4"
	Says        string      // one sentence
	ConfirmedBy []ClaimTest // come out so if the claim is right
	RefutedBy   []ClaimTest // come out so if it is wrong
	Condition   string      // when it is right; given if there are trials of both kinds
	NotYet      string      // what is missing for a trial, or for a further one
	Cannot      string      // why no trial can decide it
}

// ClaimTest is trials of one scenario and what comes out of them.
type ClaimTest struct {
	Scenario    *Scenario
	Backends    []string     // specs; not empty
	Guards      []string     // not empty
	Disciplines []Discipline // not empty
	Seeds       int          // how many it takes at the least; 0: it does not say
	Find        []PropertyValue
	Chances     []Chance // each with a share
	Ranges      []Range  // of Find, Chances and Ranges one is not empty
}

// ClaimVerdict is what the trials say of a claim.
type ClaimVerdict int8

// The verdicts on a claim.
const (
	ClaimConfirmed    ClaimVerdict = iota
	ClaimConditional               // right under its condition, and wrong without it
	ClaimRefuted                   //
	ClaimNotYet                    // no trial of it exists yet
	ClaimCannot                    // no trial can decide it
	ClaimUndecided                 // a trial said nothing
	ClaimContradicted              // a trial came out other than the file of claims states
)

var claimVerdictNames = [...]string{
	"confirmed", "under a condition", "refuted", "no trial yet", "not for a trial", "undecided", "CONTRADICTED",
}

func (v ClaimVerdict) String() string {
	if v < 0 || int(v) >= len(claimVerdictNames) {
		return fmt.Sprintf("ClaimVerdict(%d)", int8(v))
	}
	return claimVerdictNames[v]
}

// ClaimResult is a claim and what its trials said.
type ClaimResult struct {
	Claim    Claim
	Verdict  ClaimVerdict
	Evidence []ClaimEvidence // in the order of the file
}

// ClaimEvidence counts what came out for one property in the trials of one ClaimTest.
type ClaimEvidence struct {
	Test      ClaimTest
	Want      PropertyValue  // or
	Range     *Range         // what was to be measured; nil: it is about Want
	Share     *Share         // of Want: in how many of the trials of each cell; nil: in all
	Violated  int            // with Share: in how many it was
	Measured  check.Measured // with Range: all trials together
	Against   bool           // what was wanted refutes the claim
	Trials    int
	AsStated  int     // came out as wanted
	Undecided int     // said nothing
	Contrary  *Result // the first that came out otherwise; nil: none
}

// maxClaimTrials bounds the trials that claims are weighed by, as what was found in each is
// kept until they all are.
const maxClaimTrials = 100_000

// ClaimTrials lists the trials that the claims need, each once.
func ClaimTrials(sources []ClaimSource, seeds Seeds) ([]Trial, error) {
	if first := (Seeds{seeds.First, seeds.First}); seeds != first {
		cells, err := ClaimTrials(sources, first)
		if err == nil {
			err = seeds.fitIn(maxClaimTrials, 0, len(cells))
		}
		if err != nil {
			return nil, err
		}
	}
	var out []Trial
	together := measuredTogether(sources)
	type once struct {
		cell CellName
		seed uint64
	}
	seen := map[once]bool{}
	for _, source := range sources {
		for _, c := range source.Claims {
			for _, test := range c.tests() {
				seeds := seeds
				if test.Seeds > 0 {
					seeds.Last = max(seeds.Last, seeds.First+uint64(test.Seeds)-1)
				}
				trials, err := Selection{Backends: test.Backends, Guards: test.Guards, Disciplines: test.Disciplines, World: VirtualWorld, Seeds: seeds}.
					Trials([]*Scenario{test.Scenario})
				if err != nil {
					return nil, fmt.Errorf("trials of claim %s: %w", c.ID, err)
				}
				for _, t := range trials {
					if key := (once{t.Cell(), t.Seed}); !seen[key] {
						seen[key] = true
						t.together = together
						out = append(out, t)
					}
				}
			}
		}
	}
	return out, nil
}

// DisciplineTexts writes the disciplines as the command line has them.
func (t ClaimTest) DisciplineTexts() []string { return disciplineTexts(t.Disciplines) }

// cells names the cells of a test.
func (t ClaimTest) cells() (out []CellName) {
	for _, discipline := range t.Disciplines {
		for _, backend := range t.Backends {
			for _, guard := range t.Guards {
				out = append(out, CellName{t.Scenario.Name, backend, guard, discipline.String(), VirtualWorld})
			}
		}
	}
	return out
}

func (c Claim) tests() []ClaimTest {
	return append(append([]ClaimTest(nil), c.ConfirmedBy...), c.RefutedBy...)
}

// JudgeClaims says of each claim, in the order of the sources, what the trials say of it.
func JudgeClaims(sources []ClaimSource, judged []Judged) []ClaimResult {
	byCell := map[CellName][]Result{}
	for _, j := range judged {
		byCell[j.Trial.Cell()] = append(byCell[j.Trial.Cell()], j.Result)
	}
	var out []ClaimResult
	for _, source := range sources {
		for _, c := range source.Claims {
			r := ClaimResult{Claim: c}
			for i, test := range c.tests() {
				against := i >= len(c.ConfirmedBy)
				for _, want := range test.Find {
					r.Evidence = append(r.Evidence, gather(ClaimEvidence{Test: test, Want: want, Against: against}, byCell))
				}
				for _, want := range test.Chances {
					e := ClaimEvidence{Test: test, Want: PropertyValue{want.Property, check.Violated}, Share: want.Share, Against: against}
					r.Evidence = append(r.Evidence, gather(e, byCell))
				}
				for _, want := range test.Ranges {
					r.Evidence = append(r.Evidence, gather(ClaimEvidence{Test: test, Range: &want, Against: against}, byCell))
				}
			}
			r.Verdict = r.verdict()
			out = append(out, r)
		}
	}
	return out
}

// gather counts what came out for one property or measure in all cells of a test.
func gather(e ClaimEvidence, byCell map[CellName][]Result) ClaimEvidence {
	for _, cell := range e.Test.cells() {
		if e.Share != nil || e.Range != nil && e.Range.Of != EveryValue {
			e.addTogether(byCell[cell])
			continue
		}
		for _, r := range byCell[cell] {
			e.Trials++
			if e.Range != nil {
				e.addMeasured(r)
				continue
			}
			found := r.sound(e.Want.Property)
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

// addMeasured takes in one more trial of evidence that is about a measure.
func (e *ClaimEvidence) addMeasured(r Result) {
	m, measured := r.Measured(e.Range.Measure)
	if !measured || !r.valid() {
		e.Undecided++
		return
	}
	if e.Measured.Count == 0 {
		e.Measured = check.Measured{Measure: m.Measure, Count: m.Count, Least: m.Least, Most: m.Most}
	} else {
		e.Measured.Count += m.Count
		e.Measured.Least, e.Measured.Most = min(e.Measured.Least, m.Least), max(e.Measured.Most, m.Most)
	}
	if e.Range.Contains(m, r.TTL) {
		e.AsStated++
	} else if e.Contrary == nil {
		e.Contrary = &r
	}
}

// valid tells whether the preconditions of the trial were met.
func (r Result) valid() bool {
	for _, pre := range check.Preconditions() {
		if r.Finding(pre).Verdict != check.Holds {
			return false
		}
	}
	return true
}

// sound is the verdict on a property; undecided when a precondition was not met.
func (r Result) sound(p check.Property) check.Verdict {
	if !r.valid() {
		return check.Undecided
	}
	return r.Finding(p).Verdict
}

func (r ClaimResult) verdict() ClaimVerdict {
	undecided := false
	for _, e := range r.Evidence {
		if e.Contrary != nil {
			return ClaimContradicted
		}
		undecided = undecided || e.AsStated < e.Trials || e.Trials == 0
	}
	switch c := r.Claim; {
	case undecided:
		return ClaimUndecided
	case len(c.ConfirmedBy) > 0 && len(c.RefutedBy) > 0:
		return ClaimConditional
	case len(c.ConfirmedBy) > 0:
		return ClaimConfirmed
	case len(c.RefutedBy) > 0:
		return ClaimRefuted
	case c.Cannot != "":
		return ClaimCannot
	}
	return ClaimNotYet
}
