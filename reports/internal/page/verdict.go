package page

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// level is the worst that was found in a cell, as the matrix shows it: a colour, a mark and a word,
// so that nobody depends on the colour alone.
type level struct {
	Name    string // for style sheets and filters
	Mark    string
	Word    string
	Meaning string
}

// The levels, from worst to best.
var (
	lost      = level{"lost", "✗", "damage", "money or an acknowledged write was lost, or one effect was applied twice"}
	doubled   = level{"doubled", "◔", "two at work", "two worked under the lock at once, though at no time did two believe that they held it; no loss was found"}
	broken    = level{"broken", "◐", "lock broken", "two held the lock, or a superseded holder wrote; no loss was found"}
	starved   = level{"starved", "○", "not served", "safe, but somebody waited too long or was wrongly refused"}
	undecided = level{"undecided", "?", "undecided", "the trials do not decide it"}
	holds     = level{"holds", "✓", "holds", "nothing was violated"}
	missing   = levelOfOutcome("missing", outcome.NotAvailable, "could not be run here")
	pointless = levelOfOutcome("pointless", outcome.NotApplicable, "the script needs something that this cell does not have")
)

// levelOfOutcome returns the level of cells that were not run.
func levelOfOutcome(name string, o outcome.Outcome, meaning string) level {
	return level{name, o.Sign(), o.String(), meaning}
}

func levels() []level {
	return []level{lost, broken, doubled, starved, holds, undecided, missing, pointless}
}

// count is how many of the decided trials violated something.
type count struct {
	violated, decided, trials int
	of                        string // the property; empty for damage, of whichever kind
}

func countOf(t outcome.Tally) count {
	decided := t.Violated + t.Holds
	return count{violated: t.Violated, decided: decided, trials: decided + t.Undecided}
}

// String returns "" if nothing was violated.
func (n count) String() string {
	if n.violated == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", n.violated, n.decided)
}

// words says the same at greater length: "in 3 of 4 (overlap), undecided in 1".
func (n count) words() string {
	text := fmt.Sprintf("in %d of %d", n.violated, n.decided)
	if n.of != "" {
		text += " (" + n.of + ")"
	}
	if unknown := n.trials - n.decided; unknown > 0 {
		text += fmt.Sprintf(", undecided in %d", unknown)
	}
	return text
}

// levelOf returns the level of a cell and in how many of its trials it was reached. Damage is
// counted as in the matrix among the charts, another level for the property that was violated most
// often.
func levelOf(c outcome.Summary) (level, count) {
	switch c.Outcome {
	case outcome.NotAvailable:
		return missing, count{}
	case outcome.NotApplicable:
		return pointless, count{}
	}
	worst := map[string]count{}
	for _, t := range c.Tallies {
		l := levelOfHarm(t.Property.Row().Harms)
		if t.Violated > worst[l.Name].violated {
			n := countOf(t)
			n.of = words.Property(t.Property)
			worst[l.Name] = n
		}
	}
	worst[lost.Name] = countOf(c.Damage)
	for _, l := range []level{lost, broken, doubled, starved} {
		if n := worst[l.Name]; n.violated > 0 {
			return l, n
		}
	}
	if c.Outcome == outcome.Undecided || c.Damage.Holds == 0 {
		return undecided, count{}
	}
	return holds, count{}
}

// levelOfHarm returns the level of a violation that harms what.
func levelOfHarm(what check.Harm) level {
	switch what {
	case check.TheAccount:
		return lost
	case check.TheLock:
		return broken
	case check.TheWork:
		return doubled
	case check.TheService:
		return starved
	case check.TheTrial:
		return undecided
	}
	panic(fmt.Sprintf("no level is defined for harm of kind %d", what))
}

// judgement is one row that sets what was expected of a cell beside what was found.
type judgement struct {
	Property, Expected, Found, Because string
	Violation                          string // what a violation means
	Surprise                           bool
	Sign                               sign
}

// sign marks a row, so that nobody depends on its colour alone.
type sign struct{ Name, Mark string } // Name is for style sheets

// signOf returns the sign of a tally: a property holds only if no trial leaves it open.
func signOf(t outcome.Tally) sign {
	switch {
	case t.Violated > 0:
		return sign{"violated", "✗"}
	case t.Undecided > 0 || t.Holds == 0:
		return sign{"unsure", "?"}
	}
	return sign{"held", "✓"}
}

func judgements(c outcome.Summary) (told []judgement, quiet []string) {
	for _, t := range c.Tallies {
		if t.Expected == nil && t.Violated == 0 {
			if t.Holds > 0 {
				quiet = append(quiet, words.Property(t.Property)+unsure(t))
			}
			continue
		}
		told = append(told, judgement{
			Property: words.Property(t.Property), Violation: t.Property.Row().Violation,
			Expected: expected(t), Found: found(t) + ofAll(t), Because: t.Because,
			Surprise: surprising(t), Sign: signOf(t),
		})
	}
	for _, f := range c.Figures {
		j := judgement{
			Property: f.Figure(), Expected: f.Ends(), Found: f.Found(c.TTL), Because: f.Because,
			Surprise: f.Outcome == outcome.NotAsExpected, Sign: sign{"held", "✓"},
		}
		switch f.Outcome {
		case outcome.NotAsExpected:
			j.Sign = sign{"violated", "✗"}
		case outcome.Undecided:
			j.Sign, j.Found = sign{"unsure", "?"}, j.Found+"; "+f.Why
		case outcome.AsExpected, outcome.NothingExpected, outcome.NotApplicable, outcome.NotAvailable:
		}
		told = append(told, j)
	}
	return told, quiet
}

// ofAll says what the trials tell about the share of all possible trials, if a share is expected.
func ofAll(t outcome.Tally) string {
	if t.Share == nil || t.Holds+t.Violated == 0 {
		return ""
	}
	text := fmt.Sprintf(", a share of %s (99 %% interval)", t.Between())
	if why := t.TooFew(); why != "" {
		text += "; " + why
	}
	return text
}

// unsure says in how many trials a property is undecided that was never violated.
func unsure(t outcome.Tally) string {
	if t.Undecided == 0 {
		return ""
	}
	return fmt.Sprintf(" (undecided in %d of %d)", t.Undecided, t.Holds+t.Undecided)
}

func expected(t outcome.Tally) string {
	switch {
	case t.Expected == nil:
		return "nothing"
	case t.Share != nil:
		return fmt.Sprintf("%s in a share of %s of the trials", t.Expected, t.Share)
	case t.Sometimes:
		return t.Expected.String() + " sometimes"
	}
	return t.Expected.String()
}

// found says how the trials came out: "violated in 2 of 5, undecided in 1".
func found(t outcome.Tally) string {
	all := t.Holds + t.Undecided + t.Violated
	switch all {
	case t.Holds:
		return "holds in all " + strconv.Itoa(all)
	case t.Violated:
		return "violated in all " + strconv.Itoa(all)
	case t.Undecided:
		return "undecided in all " + strconv.Itoa(all)
	}
	text := fmt.Sprintf("violated in %d of %d", t.Violated, all)
	if t.Undecided > 0 {
		text += fmt.Sprintf(", undecided in %d", t.Undecided)
	}
	return text
}

// surprising reports whether some trial came out other than expected. An undecided trial is no
// surprise: it says nothing.
func surprising(t outcome.Tally) bool {
	switch {
	case t.Expected == nil:
		return false
	case t.Sometimes:
		return t.Missed()
	}
	switch *t.Expected {
	case check.Holds:
		return t.Violated > 0
	case check.Violated:
		return t.Holds > 0
	case check.Undecided:
	}
	return t.Holds+t.Violated > 0
}
