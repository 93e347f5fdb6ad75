package terminal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// Cells writes the results of a run, one row per cell. cards describe the scenarios; a scenario
// without a card counts as one without faults.
func Cells(w io.Writer, cells []outcome.Summary, cards []outcome.Card, opts typeset.Options) error {
	switch opts.Format {
	case typeset.CSV:
		return typeset.WriteCSV(w, cellRows(cells))
	case typeset.JSON:
		out := []cellDocument{}
		for _, c := range cells {
			out = append(out, documentOf(c))
		}
		return typeset.WriteJSON(w, out)
	case typeset.Markdown:
		return cellsMarkdown(w, cells, cards)
	case typeset.Table, "":
	}
	return cellTable(w, cells, cards, opts)
}

// cellDocument is one cell, as JSON.
type cellDocument struct {
	Scenario   string             `json:"scenario"`
	Backend    string             `json:"backend"`
	Guard      string             `json:"guard"`
	Discipline string             `json:"discipline"`
	World      string             `json:"world"`
	TTL        time.Duration      `json:"ttl"` // the lease, ns
	N          int                `json:"n"`   // trials
	TooSlow    int                `json:"tooSlow,omitempty"`
	Seeds      []uint64           `json:"seeds"`
	Outcome    string             `json:"outcome"`
	Why        string             `json:"why,omitempty"` // why it is not available
	Properties []propertyDocument `json:"properties"`
	Measures   []measureDocument  `json:"measures"`
	Figures    []figureDocument   `json:"figures,omitempty"` // over all trials together
}

type propertyDocument struct {
	Property  check.Property `json:"property"`
	Holds     int            `json:"holds"`
	Undecided int            `json:"undecided"`
	Violated  int            `json:"violated"`
	Expected  string         `json:"expected,omitempty"` // holds, violated or sometimes (a share may follow); empty if nothing is expected
	Because   string         `json:"because,omitempty"`
}

type measureDocument struct {
	Measure check.Measure `json:"measure"`
	Unit    check.Unit    `json:"unit"` // "s", "#" or, for a share, ""
	Trials  int           `json:"trials"`
	Least   float64       `json:"least"`
	Most    float64       `json:"most"`
}

func documentOf(c outcome.Summary) cellDocument {
	d := cellDocument{
		Scenario: c.Scenario, Backend: c.Backend, Guard: c.Guard, Discipline: c.Discipline, World: c.World, TTL: c.TTL, N: c.Trials, TooSlow: c.TooSlow,
		Seeds: []uint64{}, Outcome: outcomeName(c), Why: c.Why,
		Properties: []propertyDocument{}, Measures: []measureDocument{},
	}
	if !c.Outcome.Ran() {
		return d
	}
	d.Seeds = append(d.Seeds, c.Seeds.First, c.Seeds.Last)
	for _, t := range c.Tallies {
		d.Properties = append(d.Properties, propertyDocument{t.Property, t.Holds, t.Undecided, t.Violated, expected(t), t.Because})
	}
	d.Figures = figureDocuments(c)
	for _, s := range c.Spreads {
		d.Measures = append(d.Measures, measureDocument{s.Measure, s.Measure.Unit(), s.Trials, s.Least, s.Most})
	}
	return d
}

// outcomeName names the outcome of a cell, including one that cannot be run; it is empty for a cell
// that can be run but was not.
func outcomeName(c outcome.Summary) string {
	if c.Trials == 0 && c.Outcome.Ran() {
		return ""
	}
	return c.Outcome.String()
}

// expected names what is expected of a property: holds, violated, sometimes, or sometimes with a
// share; empty if nothing is expected.
func expected(t outcome.Tally) string {
	switch {
	case t.Expected == nil:
		return ""
	case t.Share != nil:
		return "sometimes " + t.Share.String()
	case t.Sometimes:
		return "sometimes"
	}
	return t.Expected.String()
}

// cellRows builds the CSV rows, with four columns per property, such as overlap.holds.
func cellRows(cells []outcome.Summary) [][]string {
	head := []string{"scenario", "backend", "guard", "discipline", "world", "n", "outcome"}
	for _, p := range check.Properties() {
		head = append(head, tallyTitles(string(p))...)
	}
	rows := [][]string{append(head, "why", "together")}
	for _, c := range cells {
		row := []string{c.Scenario, c.Backend, c.Guard, c.Discipline, c.World, strconv.Itoa(c.Trials), outcomeName(c)}
		for _, p := range check.Properties() {
			row = append(row, tallyFields(c, p)...)
		}
		rows = append(rows, append(row, c.Why, togetherField(c)))
	}
	return rows
}

func tallyTitles(of string) []string {
	return []string{of + ".holds", of + ".undecided", of + ".violated", of + ".expected"}
}

// tallyFields returns the fields of one property; they are empty for a cell that was not run.
func tallyFields(c outcome.Summary, p check.Property) []string {
	if c.Trials == 0 {
		return make([]string, len(tallyTitles("")))
	}
	t := c.Tally(p)
	return []string{strconv.Itoa(t.Holds), strconv.Itoa(t.Undecided), strconv.Itoa(t.Violated), expected(t)}
}

func cellsMarkdown(w io.Writer, cells []outcome.Summary, cards []outcome.Card) error {
	var b strings.Builder
	b.WriteString("**" + typeset.EscapeMarkdown(outcomeSentence(cells)) + "**\n")
	for _, sentence := range harm(cells, cards) {
		b.WriteString("\n" + typeset.EscapeMarkdown(sentence) + "\n")
	}
	for _, sentence := range inSeconds(cards) {
		b.WriteString("\n" + typeset.EscapeMarkdown(sentence) + "\n")
	}
	surprising, all := surprisesOf(cells), together(cells)
	if len(surprising)+len(all) > 0 {
		b.WriteByte('\n')
	}
	for _, r := range all {
		b.WriteString("- " + typeset.EscapeMarkdown(r.outcome.String()+": "+r.text) + "\n")
	}
	for _, text := range surprising {
		b.WriteString("- " + typeset.EscapeMarkdown(text) + "\n")
	}
	if len(cells) > 0 {
		b.WriteByte('\n')
		typeset.MarkdownTable(&b, markdownCells(cells))
		if countCells(cells).ran > 0 {
			shown, _ := telling(cells)
			b.WriteString("\n" + markdownKey(shown) + "\n")
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the results as Markdown: %w", err)
	}
	return nil
}

func markdownCells(cells []outcome.Summary) [][]string {
	shown, _ := telling(cells)
	head := []string{"scenario", "backend", "guard", "discipline", "world", "n"}
	for _, c := range shown {
		head = append(head, string(c.property))
	}
	rows := [][]string{append(head, "outcome")}
	for _, c := range cells {
		row := []string{c.Scenario, c.Backend, c.Guard, c.Discipline, c.World, strconv.Itoa(c.Trials)}
		for _, column := range shown {
			row = append(row, column.word(c, full).text)
		}
		outcome := outcomeName(c)
		if c.Why != "" {
			outcome += ": " + c.Why
		}
		rows = append(rows, append(row, outcome))
	}
	return rows
}

// markdownKey explains the columns and marks.
func markdownKey(shown []column) string {
	var meanings []string
	for _, c := range shown {
		meanings = append(meanings, fmt.Sprintf("%s: %s", c.property, c.meaning))
	}
	return typeset.EscapeMarkdown("✓ violated as predicted, a pass; ! not as expected; — nothing to judge. Violated means, for " + strings.Join(meanings, "; ") + ".")
}
