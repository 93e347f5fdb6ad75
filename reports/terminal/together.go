package terminal

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// together describes what is judged over all trials of a cell together: shares of trials, means and
// percentiles. It includes what is as expected, because nothing else shows it.
func together(cells []outcome.Summary) (told []remark) {
	for _, c := range cells {
		if !c.Outcome.Ran() || c.Trials == 0 {
			continue
		}
		say := func(o outcome.Outcome, text, because string) {
			text = fmt.Sprintf("%s · %s · guard %s · %s: %s", c.Row(), c.Backend, c.Guard, c.World, text)
			if because != "" && o == outcome.NotAsExpected {
				text += " (expected because " + because + ")"
			}
			told = append(told, remark{o, text})
		}
		for _, t := range c.Tallies {
			if t.Share != nil {
				say(shareOutcome(t), shareText(t), t.Because)
			}
		}
		for _, f := range c.Figures {
			text := fmt.Sprintf("expected %s; found %s", f.Range, f.Found(c.TTL))
			if f.Why != "" {
				text += "; " + f.Why
			}
			say(f.Outcome, text, f.Because)
		}
	}
	return told
}

// remark is a sentence about one expectation, and how it came out.
type remark struct {
	outcome outcome.Outcome
	text    string
}

func shareOutcome(t outcome.Tally) outcome.Outcome {
	switch {
	case t.Missed():
		return outcome.NotAsExpected
	case t.TooFew() != "":
		return outcome.Undecided
	}
	return outcome.AsExpected
}

// shareText says in how many trials something was violated, and what that implies for the share of
// all possible trials.
func shareText(t outcome.Tally) string {
	n := t.Violated + t.Holds
	text := fmt.Sprintf("expected %s to be violated in a share of %s of the trials; found %d of %d", t.Property, t.Share, t.Violated, n)
	if n > 0 {
		text += fmt.Sprintf(", a share of %s (99 %% interval)", t.Between())
	}
	if why := t.TooFew(); why != "" {
		text += "; " + why
	}
	return text
}

func writeTogether(b *strings.Builder, p typeset.Painter, cells []outcome.Summary, width int) {
	for _, r := range together(cells) {
		style := typeset.Theory
		switch r.outcome {
		case outcome.NotAsExpected:
			style = typeset.Alarm
		case outcome.Undecided:
			style = typeset.Doubt
		case outcome.AsExpected, outcome.NothingExpected, outcome.NotApplicable, outcome.NotAvailable:
		}
		lead := "  " + p.Paint(style, r.outcome.Sign()) + " "
		for _, line := range typeset.Fold(r.text, width-4) {
			b.WriteString(lead + line + "\n")
			lead = "    "
		}
	}
}

// figureDocument is what the values of a cell amount to, as JSON.
type figureDocument struct {
	Measure check.Measure   `json:"measure"`
	Of      bound.Statistic `json:"of"`
	Unit    check.Unit      `json:"unit"`
	From    float64         `json:"from"`
	To      float64         `json:"to"`
	Values  int             `json:"values"`
	Found   float64         `json:"found"`
	Outcome string          `json:"outcome"`
	Why     string          `json:"why,omitempty"`
	Because string          `json:"because,omitempty"`
}

func figureDocuments(c outcome.Summary) (out []figureDocument) {
	for _, f := range c.Figures {
		out = append(out, figureDocument{
			f.Measure, f.Of, f.Measure.Unit(), f.From.In(c.TTL, f.Measure), f.To.In(c.TTL, f.Measure),
			f.Count, f.Value, f.Outcome.String(), f.Why, f.Because,
		})
	}
	return out
}

// togetherField is what together says of one cell, for one field of a table.
func togetherField(c outcome.Summary) string {
	var parts []string
	if c.Trials == 0 {
		return ""
	}
	for _, t := range c.Tallies {
		if t.Share != nil {
			parts = append(parts, fmt.Sprintf("%s: %s", shareOutcome(t), shareText(t)))
		}
	}
	for _, f := range c.Figures {
		parts = append(parts, fmt.Sprintf("%s: expected %s; found %s", f.Outcome, f.Range, f.Found(c.TTL)))
	}
	return strings.Join(parts, "; ")
}

// inShare returns, for example, "a share of 0.1 to 0.3 of 60 trials".
func inShare(t outcome.Tally) string {
	return fmt.Sprintf("a share of %s of %s", t.Share, words.Many(t.Holds+t.Violated, "trial"))
}
