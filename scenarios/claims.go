package scenarios

import (
	"fmt"
	"slices"
	"time"

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
	Note        string      // what its trials are worth, where that is not plain
}

// ClaimTest is trials of one scenario and what comes out of them.
type ClaimTest struct {
	Scenario    *Scenario
	Backends    []string      // specs; not empty
	Guards      []string      // not empty
	Disciplines []Discipline  // not empty
	Seeds       int           // how many it takes at the least; 0: it does not say
	TTL         time.Duration // the lease; 0: that of the scenario (numbers only)
	World       string        // the only world that has these trials; empty: either
	Options     []ClaimOption // that its backends set, with where they are known from
	Find        []PropertyValue
	Chances     []Chance // each with a share
	Ranges      []Range  // of Find, Chances and Ranges one is not empty
}

// ClaimOption is an option that evidence uses, and where what it does is known from.
type ClaimOption struct {
	Option string // "etcd+recheck"
	Source string
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
	ClaimElsewhere                 // this world does not have all the trials that it takes
	ClaimUndecided                 // a trial said nothing
	ClaimContradicted              // a trial came out other than the file of claims states
)

var claimVerdictNames = [...]string{
	"confirmed", "under a condition", "refuted", "no trial yet", "not for a trial", "not for this world", "undecided", "CONTRADICTED",
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
	World    string // of all trials
	Verdict  ClaimVerdict
	Evidence []ClaimEvidence // in the order of the file, without what is of the other world
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
	// Missing says of cells that were not run, or of a measure, why this world or machine does
	// not have them, each reason once.
	Missing []string
	TTL     time.Duration // the lease of the trials
}

// maxClaimTrials bounds the trials that claims are weighed by, as what was found in each is
// kept until they all are.
const maxClaimTrials = 100_000

// ClaimTrials lists the trials that the claims need in one world, each once. Of the choice
// its backends, guards and disciplines are those of the claims.
func ClaimTrials(sources []ClaimSource, choice Selection) ([]Trial, error) {
	if first := (Seeds{choice.Seeds.First, choice.Seeds.First}); choice.Seeds != first {
		one := choice
		one.Seeds = first
		cells, err := ClaimTrials(sources, one)
		if err == nil {
			err = choice.Seeds.fitIn(maxClaimTrials, 0, len(cells))
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
						t.together = together
						out = append(out, t)
					}
				}
			}
		}
	}
	return out, nil
}

// in tells whether a world has these trials.
func (t ClaimTest) in(world string) bool { return t.World == "" || t.World == world }

// says tells whether trials in a world say anything: what they are to measure must be measured there.
func (t ClaimTest) says(world string) bool {
	return len(t.Find)+len(t.Chances) > 0 || slices.ContainsFunc(t.Ranges, func(r Range) bool { return r.Measure.In(world) })
}

// DisciplineTexts writes the disciplines as the command line has them.
func (t ClaimTest) DisciplineTexts() []string { return disciplineTexts(t.Disciplines) }

// cells names the cells of a test in a world.
func (t ClaimTest) cells(world string) (out []CellName) {
	for _, discipline := range t.Disciplines {
		for _, backend := range t.Backends {
			for _, guard := range t.Guards {
				out = append(out, CellName{t.Scenario.Name, backend, guard, discipline.String(), world})
			}
		}
	}
	return out
}

func (c Claim) tests() []ClaimTest {
	return append(append([]ClaimTest(nil), c.ConfirmedBy...), c.RefutedBy...)
}
