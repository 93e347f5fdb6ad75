// Package claims weighs what was published about locks, claims and numbers, by trials.
package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// ClaimSource says who made some claims, and where.
type ClaimSource struct {
	Who, Where string
	Debate     bool // one of the two parties to the debate
	Claims     []Claim
}

// Claim is something that was said about locks, with the trials that decide it.
type Claim struct {
	ID          string      // "K4"
	Says        string      // one sentence
	ConfirmedBy []ClaimTest // come out as stated if the claim is right
	RefutedBy   []ClaimTest // come out as stated if it is wrong
	Condition   string      // when it is right; set if there are trials of both kinds
	NotYet      string      // what is missing for a trial, or for another one
	Cannot      string      // why no trial can decide it
	Note        string      // what its trials are worth, where that is not obvious
}

// ClaimTest is a set of trials of one scenario and what comes out of them.
type ClaimTest struct {
	Scenario    *Scenario
	Backends    []string      // specs; not empty
	Guards      []string      // not empty
	Disciplines []Discipline  // not empty
	Seeds       int           // how many it needs at least; 0: it does not say
	TTL         time.Duration // the lease; 0: the scenario's (set for numbers only)
	World       string        // the only world that has these trials; empty: both have them
	Options     []ClaimOption // that its backends set, with their sources
	Find        []PropertyValue
	Chances     []Chance // each with a share
	Ranges      []Range  // at least one of Find, Chances and Ranges is not empty
}

// ClaimOption is an option that evidence uses, and the source that says what it does.
type ClaimOption struct {
	Option string // "etcd+recheck"
	Source string
}

// ClaimVerdict is what the trials say about a claim.
type ClaimVerdict int8

// The verdicts on a claim.
const (
	ClaimConfirmed    ClaimVerdict = iota
	ClaimConditional               // right under its condition, wrong without it
	ClaimRefuted                   //
	ClaimNotYet                    // there is no trial of it yet
	ClaimCannot                    // no trial can decide it
	ClaimElsewhere                 // this world does not have all the trials it needs
	ClaimUndecided                 // a trial said nothing
	ClaimContradicted              // a trial came out differently from what the file of claims states
)

var claimVerdictNames = [...]string{
	"confirmed", "conditional", "refuted", "no trial yet", "cannot be tested", "not testable in this world", "undecided", "CONTRADICTED",
}

func (v ClaimVerdict) String() string {
	if v < 0 || int(v) >= len(claimVerdictNames) {
		return fmt.Sprintf("ClaimVerdict(%d)", int8(v))
	}
	return claimVerdictNames[v]
}

// ClaimResult is a claim and what its trials said about it.
type ClaimResult struct {
	Claim    Claim
	World    string // of all trials
	Verdict  ClaimVerdict
	Evidence []ClaimEvidence // in the order of the file, without that of the other world
}

// ClaimEvidence counts what came out for one property or measure in the trials of one ClaimTest.
type ClaimEvidence struct {
	Test      ClaimTest
	Want      PropertyValue  // what was to come out, unless Range is set
	Range     *Range         // what was to be measured; nil: Want applies
	Share     *Share         // for Want: the share of each cell's trials; nil: all
	Violated  int            // with Share: how many were violated
	Measured  check.Measured // with Range: all trials together
	Against   bool           // the outcome that was wanted refutes the claim
	Trials    int
	AsStated  int     // came out as wanted
	Undecided int     // said nothing
	Contrary  *Result // the first that came out otherwise; nil: none
	// Missing says why this world or machine lacks a measure or cells that were not run, each
	// reason once.
	Missing []string
	TTL     time.Duration // the lease of the trials
}

// maxClaimTrials bounds the trials that claims are weighed by, because the results of each are kept
// until all are in.
const maxClaimTrials = 100_000

// ClaimTrials lists the trials that the claims need in one world, each once. The claims' own
// backends, guards and disciplines replace those of choice.
func ClaimTrials(sources []ClaimSource, choice Selection) ([]Trial, error) {
	if first := (Seeds{First: choice.Seeds.First, Last: choice.Seeds.First}); choice.Seeds != first {
		one := choice
		one.Seeds = first
		cells, err := ClaimTrials(sources, one)
		if err == nil {
			err = choice.Seeds.FitIn(maxClaimTrials, 0, len(cells))
		}
		if err != nil {
			return nil, err
		}
	}
	var out []Trial
	together, seeds := measuredTogether(sources), choice.Seeds
	type once struct {
		cell CellName
		seed uint64
	}
	seen := map[once]bool{}
	for _, source := range sources {
		for _, c := range source.Claims {
			for _, test := range c.tests() {
				if !test.in(choice.World) || !test.says(choice.World) {
					continue
				}
				choice.Backends, choice.Guards, choice.Disciplines = test.Backends, test.Guards, test.Disciplines
				choice.Seeds = seeds
				if test.Seeds > 0 {
					choice.Seeds.Last = max(seeds.Last, seeds.First+uint64(test.Seeds)-1)
				}
				trials, err := choice.Trials([]*Scenario{test.Scenario})
				if err != nil {
					return nil, fmt.Errorf("trials of claim %s: %w", c.ID, err)
				}
				for _, t := range trials {
					if key := (once{t.Cell(), t.Seed}); !seen[key] {
						seen[key] = true
						t.Together = together
						out = append(out, t)
					}
				}
			}
		}
	}
	return out, nil
}

// in reports whether a world has these trials.
func (t ClaimTest) in(world string) bool { return t.World == "" || t.World == world }

// says reports whether trials in a world say anything: what they measure must be measured there.
func (t ClaimTest) says(world string) bool {
	return len(t.Find)+len(t.Chances) > 0 || slices.ContainsFunc(t.Ranges, func(r Range) bool { return r.Measure.In(world) })
}

// DisciplineTexts returns the disciplines as the command line has them.
func (t ClaimTest) DisciplineTexts() []string { return disciplineTexts(t.Disciplines) }

// cells names the cells of a test in a world.
func (t ClaimTest) cells(world string) (out []CellName) {
	for _, discipline := range t.Disciplines {
		for _, backend := range t.Backends {
			for _, guard := range t.Guards {
				out = append(out, CellName{Scenario: t.Scenario.Name, Backend: backend, Guard: guard, Discipline: discipline.String(), World: world})
			}
		}
	}
	return out
}

func (c Claim) tests() []ClaimTest {
	return append(append([]ClaimTest(nil), c.ConfirmedBy...), c.RefutedBy...)
}
