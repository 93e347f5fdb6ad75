package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/claims"
)

// figure is the result of one test's trials; lead says whether they count for or against the claim.
type figure struct{ lead, text string }

// figures merges adjacent evidence from the same test into one figure, followed by the reasons why
// cells were not run.
func figures(evidence []claims.Evidence) (out []figure) {
	for i := 0; i < len(evidence); {
		e := evidence[i]
		var counted, missing []string
		for ; i < len(evidence) && evidence[i].Against == e.Against && sameTest(evidence[i].Test, e.Test); i++ {
			if one := evidence[i]; one.Trials > 0 || len(one.Missing) == 0 {
				counted = append(counted, countedInWords(one))
			}
			for _, why := range evidence[i].Missing {
				if !slices.Contains(missing, why) {
					missing = append(missing, why)
				}
			}
		}
		lead := "for      "
		if e.Against {
			lead = "against  "
		}
		text := cellInWords(e.Test.Scenario.Name, strings.Join(e.Test.Backends, ", "), strings.Join(e.Test.Guards, ", "), strings.Join(e.Test.DisciplineTexts(), ", ")) + ": "
		text += strings.Join(counted, ", ")
		if len(missing) > 0 {
			if len(counted) > 0 {
				text += "; "
			}
			text += "not available: " + strings.Join(missing, "; ")
		}
		out = append(out, figure{lead, text})
	}
	return out
}

// countedInWords says in how many trials the evidence came out as stated.
func countedInWords(e claims.Evidence) string {
	counted := fmt.Sprintf("%s %s in %d of %d", e.Want.Property, e.Want.Verdict, e.AsStated, e.Trials)
	if e.Range != nil {
		measured := "nothing"
		if e.Measured.Count > 0 {
			measured = e.Range.Show(e.Measured, cmp.Or(e.TTL, e.Test.Scenario.TTL))
		}
		counted = fmt.Sprintf("%s (measured %s) in %d of %d", e.Range, measured, e.AsStated, e.Trials)
		if e.Range.Of != bound.EveryValue {
			counted = fmt.Sprintf("%s (measured %s: %s in %s)", e.Range, measured, words.Many(e.Measured.Count, "value"), words.Many(e.Trials, "trial"))
		}
	}
	if e.Share != nil {
		counted = fmt.Sprintf("%s violated in a share of %s (%d of %d)", e.Want.Property, e.Share, e.Violated, e.Trials-e.Undecided)
	}
	if e.Undecided > 0 {
		counted += fmt.Sprintf(" (%d undecided)", e.Undecided)
	}
	return counted
}

func sameTest(a, b claims.Test) bool {
	return a.Scenario == b.Scenario && a.World == b.World && slices.Equal(a.Backends, b.Backends) && slices.Equal(a.Guards, b.Guards) && slices.Equal(a.DisciplineTexts(), b.DisciplineTexts())
}
