package terminal

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/claims"
)

// numberDocument is one number, as JSON.
type numberDocument struct {
	Claim     string `json:"claim"`
	Of        string `json:"of"`
	Published string `json:"published,omitempty"`
	Derived   string `json:"derived,omitempty"`
	Source    string `json:"source"`
	By        string `json:"by,omitempty"`       // the cell or the line of a sweep that measures it
	Measured  string `json:"measured,omitempty"` // in words
	Tolerance string `json:"tolerance,omitempty"`
	Trials    int    `json:"trials"`
	Verdict   string `json:"verdict"`
	Why       string `json:"why,omitempty"`   // why it is not met, or not measured
	Again     string `json:"again,omitempty"` // the command that reruns a trial that came out otherwise
}

// Numbers writes what was measured for published numbers and closed forms, value by value.
func Numbers(w io.Writer, found []claims.NumberResult, opts typeset.Options) error {
	var all []numberDocument
	for _, r := range found {
		all = append(all, documentOfNumber(r))
	}
	switch opts.Format {
	case typeset.CSV, typeset.Markdown:
		rows := [][]string{{"claim", "of", "published", "derived", "source", "by", "measured", "tolerance", "trials", "verdict", "why", "again"}}
		for _, d := range all {
			rows = append(rows, []string{d.Claim, d.Of, d.Published, d.Derived, d.Source, d.By, d.Measured, d.Tolerance, strconv.Itoa(d.Trials), d.Verdict, d.Why, d.Again})
		}
		if opts.Format == typeset.CSV {
			return typeset.WriteCSV(w, rows)
		}
		var b strings.Builder
		b.WriteString("**" + typeset.EscapeMarkdown(numberCount(found)) + "**\n\n")
		typeset.MarkdownTable(&b, rows)
		return writeText(w, b.String())
	case typeset.JSON:
		return typeset.WriteJSON(w, typeset.OrEmpty(all))
	case typeset.Table, "":
	}
	var b strings.Builder
	width := min(opts.Width(), typeset.PageColumns)
	typeset.Hang(&b, "", numberCount(found), width)
	for _, d := range all {
		b.WriteByte('\n')
		typeset.Hang(&b, "  "+typeset.Pad(d.Claim, idWidth), d.Verdict+": "+d.Of, width)
		for _, line := range [][2]string{
			{"published  ", d.Published}, {"derived    ", d.Derived}, {"source     ", d.Source}, {"measured   ", d.Measured},
			{"tolerance  ", d.Tolerance}, {"by         ", d.By}, {"because    ", d.Why}, {"again      ", d.Again},
		} {
			if line[1] != "" {
				typeset.Hang(&b, strings.Repeat(" ", 2+idWidth)+line[0], line[1], width)
			}
		}
	}
	return writeText(w, b.String())
}

func writeText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the numbers: %w", err)
	}
	return nil
}

func numberCount(found []claims.NumberResult) string {
	count := map[claims.NumberVerdict]int{}
	trials := 0
	for _, r := range found {
		count[r.Verdict]++
		trials += r.Trials
	}
	var parts []string
	for v := claims.NumberMet; v <= claims.NumberOtherwise; v++ {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	return fmt.Sprintf("%s: %s (%s in the virtual world).", words.Many(len(found), "number"), strings.Join(parts, ", "), words.Many(trials, "trial"))
}

func documentOfNumber(r claims.NumberResult) numberDocument {
	n := r.Number
	d := numberDocument{
		Claim: n.Claim, Of: n.Of, Published: n.Published, Derived: n.Derived, Source: n.Source,
		Measured: r.Measured, Trials: r.Trials, Verdict: r.Verdict.String(), Why: cmp.Or(n.Unmet, n.Cannot),
	}
	switch {
	case n.Sweep != nil:
		d.By = fmt.Sprintf("sweep %s, %s", n.Sweep.Name, n.Line)
		d.Tolerance = strings.TrimSpace(fmt.Sprintf("turns at %v %s", n.Turns, n.Sweep.Parameter.Unit)) + ", and every point as derived"
	case n.Test.Scenario != nil:
		d.By = cellInWords(n.Test.Scenario.Name, n.Test.Backends[0], n.Test.Guards[0], strings.Join(n.Test.DisciplineTexts(), ", "))
		if n.Test.TTL != 0 {
			d.By += fmt.Sprintf(", lease %v", n.Test.TTL)
		}
		if len(n.Test.Find) > 0 {
			d.Tolerance = "in every trial"
		} else {
			d.Tolerance = fmt.Sprintf("%s, %s", n.Test.Ranges[0], takeInWords(n.Take))
		}
	}
	if r.Contrary != nil && r.Verdict == claims.NumberOtherwise {
		d.Again = r.Contrary.Replay("")
	}
	return d
}

// takeInWords says which of the measured values must lie in the range.
func takeInWords(t claims.Take) string {
	switch t {
	case claims.TakeMean:
		return "the mean of all"
	case claims.TakeLeast:
		return "the least"
	case claims.TakeMost:
		return "the most"
	case claims.TakeEvery:
	}
	return "every one"
}
