// Package claims weighs what was published about locks, claims and numbers, by trials.
package claims

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/check"
)

// Source says who made some claims, and where.
type Source struct {
	Who, Where string
	Debate     bool // one of the two parties to the debate
	Claims     []Claim
}

// Claim is something that was said about locks, with the trials that decide it.
type Claim struct {
	ID          string // "K4"
	Says        string // one sentence
	ConfirmedBy []Test // come out as stated if the claim is right
	RefutedBy   []Test // come out as stated if it is wrong
	Condition   string // when it is right; set if there are trials of both kinds
	NotYet      string // what is missing for a trial, or for another one
	Cannot      string // why no trial can decide it
	Note        string // what its trials are worth, where that is not obvious
}

// Test is a set of trials of one scenario and what comes out of them.
type Test struct {
	Scenario    *script.Scenario
	Backends    []string            // specs; not empty
	Guards      []string            // not empty
	Disciplines []script.Discipline // not empty
	Seeds       int                 // how many it needs at least; 0: it does not say
	TTL         time.Duration       // the lease; 0: the scenario's (set for numbers only)
	World       string              // the only world that has these trials; empty: both have them
	Options     []Option            // that its backends set, with their sources
	Find        []script.PropertyValue
	Chances     []script.Chance // each with a share
	Ranges      []bound.Range   // at least one of Find, Chances and Ranges is not empty
}

// Option is an option that evidence uses, and the source that says what it does.
type Option struct {
	Option string // "etcd+recheck"
	Source string
}

// Verdict is what the trials say about a claim.
type Verdict int8

// The verdicts on a claim.
const (
	Confirmed    Verdict = iota
	Conditional          // right under its condition, wrong without it
	Refuted              //
	NotYet               // there is no trial of it yet
	Cannot               // no trial can decide it
	Elsewhere            // this world does not have all the trials it needs
	Undecided            // a trial said nothing
	Contradicted         // a trial came out differently from what the file of claims states
)

var claimVerdictNames = [...]string{
	"confirmed", "conditional", "refuted", "no trial yet", "cannot be tested", "not testable in this world", "undecided", "CONTRADICTED",
}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(claimVerdictNames) {
		return fmt.Sprintf("Verdict(%d)", int8(v))
	}
	return claimVerdictNames[v]
}

// Result is a claim and what its trials said about it.
type Result struct {
	Claim    Claim
	World    string // of all trials
	Verdict  Verdict
	Evidence []Evidence // in the order of the file, without that of the other world
}

// Evidence counts what came out for one property or measure in the trials of one Test.
type Evidence struct {
	Test      Test
	Want      script.PropertyValue // what was to come out, unless Range is set
	Range     *bound.Range         // what was to be measured; nil: Want applies
	Share     *bound.Share         // for Want: the share of each cell's trials; nil: all
	Violated  int                  // with Share: how many were violated
	Measured  check.Measured       // with Range: all trials together
	Against   bool                 // the outcome that was wanted refutes the claim
	Trials    int
	AsStated  int             // came out as wanted
	Undecided int             // said nothing
	Contrary  *outcome.Result // the first that came out otherwise; nil: none
	// Missing says why this world or machine lacks a measure or cells that were not run, each
	// reason once.
	Missing []string
	TTL     time.Duration // the lease of the trials
}

// maxTrials bounds the trials that claims are weighed by, because the results of each are kept
// until all are in.
const maxTrials = 100_000

// Trials lists the trials that the claims need in one world, each once. The claims' own
// backends, guards and disciplines replace those of choice.
func Trials(sources []Source, choice trial.Selection) ([]trial.Trial, error) {
	if first := (outcome.Seeds{First: choice.Seeds.First, Last: choice.Seeds.First}); choice.Seeds != first {
		one := choice
		one.Seeds = first
		cells, err := Trials(sources, one)
		if err == nil {
			err = choice.Seeds.FitIn(maxTrials, 0, len(cells))
		}
		if err != nil {
			return nil, err
		}
	}
	var out []trial.Trial
	together, seeds := measuredTogether(sources), choice.Seeds
	type once struct {
		cell outcome.CellName
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
				trials, err := choice.Trials([]*script.Scenario{test.Scenario})
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
func (t Test) in(world string) bool { return t.World == "" || t.World == world }

// says reports whether trials in a world say anything: what they measure must be measured there.
func (t Test) says(world string) bool {
	return len(t.Find)+len(t.Chances) > 0 || slices.ContainsFunc(t.Ranges, func(r bound.Range) bool { return r.Measure.In(world) })
}

// DisciplineTexts returns the disciplines as the command line has them.
func (t Test) DisciplineTexts() []string { return script.DisciplineTexts(t.Disciplines) }

// cells names the cells of a test in a world.
func (t Test) cells(world string) (out []outcome.CellName) {
	for _, discipline := range t.Disciplines {
		for _, backend := range t.Backends {
			for _, guard := range t.Guards {
				out = append(out, outcome.CellName{Scenario: t.Scenario.Name, Backend: backend, Guard: guard, Discipline: discipline.String(), World: world})
			}
		}
	}
	return out
}

func (c Claim) tests() []Test {
	return append(append([]Test(nil), c.ConfirmedBy...), c.RefutedBy...)
}
