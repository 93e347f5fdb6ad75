package terminal

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/sim/check"
)

// claimDocument is one claim, as JSON.
type claimDocument struct {
	ID        string             `json:"id"`
	Who       string             `json:"who"`
	Where     string             `json:"where"`
	Says      string             `json:"says"`
	Verdict   string             `json:"verdict"`
	World     string             `json:"world"`               // in which the trials ran
	Condition string             `json:"condition,omitempty"` // under which the claim is right
	Missing   string             `json:"missing,omitempty"`   // what a trial, or a further one, still needs
	Cannot    string             `json:"cannot,omitempty"`    // why no trial can decide it
	Note      string             `json:"note,omitempty"`      // what its trials are worth
	Evidence  []evidenceDocument `json:"evidence"`
}

// evidenceDocument is the result for one property or measure in some cells.
type evidenceDocument struct {
	Against     bool           `json:"against"` // the stated result speaks against the claim
	Scenario    string         `json:"scenario"`
	Backends    []string       `json:"backends"`
	Guards      []string       `json:"guards"`
	Disciplines []string       `json:"disciplines"`
	Property    check.Property `json:"property,omitempty"` // stated to come out as Verdict; empty for a measure
	Verdict     string         `json:"verdict,omitempty"`
	Share       string         `json:"share,omitempty"`    // of trials that are stated to be violated
	Violated    int            `json:"violated,omitempty"` // how many were, where a share is stated
	Range       string         `json:"range,omitempty"`    // stated for a measure
	Measured    string         `json:"measured,omitempty"` // what the measure was
	Trials      int            `json:"trials"`
	AsStated    int            `json:"as_stated"`
	// Undecided trials say nothing either way. Contrary is the command that reruns the first trial
	// that came out otherwise.
	Undecided int      `json:"undecided"`
	Contrary  string   `json:"contrary,omitempty"`
	Missing   []string `json:"missing,omitempty"` // why cells were not run, or nothing was measured
	// Options maps each option that the backends set to the source for what it does.
	Options map[string]string `json:"options,omitempty"`
}

func claimDocuments(sources []claims.Source, parts [][]claims.Result) []claimDocument {
	out := []claimDocument{}
	for i, s := range sources {
		for _, r := range parts[i] {
			d := claimDocument{
				ID: r.Claim.ID, Who: s.Who, Where: s.Where, Says: r.Claim.Says, Verdict: strings.ToLower(r.Verdict.String()),
				Condition: r.Claim.Condition, Missing: r.Claim.NotYet, Cannot: r.Claim.Cannot, Note: r.Claim.Note, World: r.World, Evidence: []evidenceDocument{},
			}
			for _, e := range r.Evidence {
				d.Evidence = append(d.Evidence, documentOfEvidence(e))
			}
			out = append(out, d)
		}
	}
	return out
}

func documentOfEvidence(e claims.Evidence) evidenceDocument {
	d := evidenceDocument{
		Against: e.Against, Scenario: e.Test.Scenario.Name, Backends: e.Test.Backends, Guards: e.Test.Guards, Disciplines: e.Test.DisciplineTexts(),
		Trials: e.Trials, AsStated: e.AsStated, Undecided: e.Undecided, Missing: e.Missing,
	}
	for _, o := range e.Test.Options {
		if d.Options == nil {
			d.Options = map[string]string{}
		}
		d.Options[o.Option] = o.Source
	}
	if e.Range != nil {
		d.Range = e.Range.String()
		if e.Measured.Count > 0 {
			d.Measured = e.Range.Show(e.Measured, cmp.Or(e.TTL, e.Test.Scenario.TTL))
		}
	} else {
		d.Property, d.Verdict = e.Want.Property, e.Want.Verdict.String()
		if e.Share != nil {
			d.Share, d.Violated = e.Share.String(), e.Violated
		}
	}
	if e.Contrary != nil {
		d.Contrary = e.Contrary.Replay("")
	}
	return d
}

// claimRows builds the CSV rows: one per claim, with the sums over its evidence.
func claimRows(sources []claims.Source, parts [][]claims.Result) [][]string {
	rows := [][]string{{"id", "who", "where", "verdict", "says", "condition", "missing", "cannot", "counted", "as_stated", "undecided", "contrary", "world", "not_available", "note"}}
	for i, s := range sources {
		for _, r := range parts[i] {
			counted, asStated, undecided, contrary := 0, 0, 0, ""
			var missing []string
			for _, e := range r.Evidence {
				counted, asStated, undecided = counted+e.Trials, asStated+e.AsStated, undecided+e.Undecided
				for _, why := range e.Missing {
					if !slices.Contains(missing, why) {
						missing = append(missing, why)
					}
				}
				if e.Contrary != nil && contrary == "" {
					contrary = e.Contrary.Replay("")
				}
			}
			c := r.Claim
			rows = append(rows, []string{
				c.ID, s.Who, s.Where, strings.ToLower(r.Verdict.String()), c.Says, c.Condition, c.NotYet, c.Cannot,
				strconv.Itoa(counted), strconv.Itoa(asStated), strconv.Itoa(undecided), contrary, r.World, strings.Join(missing, "; "), c.Note,
			})
		}
	}
	return rows
}

// claimsMarkdown writes one table per source.
func claimsMarkdown(w io.Writer, sources []claims.Source, parts [][]claims.Result, run claims.Run) error {
	var all []claims.Result
	for _, part := range parts {
		all = append(all, part...)
	}
	var b strings.Builder
	b.WriteString("**" + typeset.EscapeMarkdown(claimCount(all, run)) + "**\n")
	for i, s := range sources {
		b.WriteString("\n### " + typeset.EscapeMarkdown(s.Who+": "+s.Where) + "\n\n")
		rows := [][]string{{"claim", "says", "verdict", "measured"}}
		for _, r := range parts[i] {
			var measured []string
			for _, f := range figures(r.Evidence) {
				measured = append(measured, strings.TrimSpace(f.lead)+": "+f.text)
			}
			says := strings.Join(append([]string{r.Claim.Says}, remarks(r.Claim)...), " – ")
			rows = append(rows, []string{r.Claim.ID, says, claimWords(r), strings.Join(measured, "; ")})
		}
		typeset.MarkdownTable(&b, rows)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the claims as Markdown: %w", err)
	}
	return nil
}
