package terminal

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// agreementDocument is one cell in both worlds, as JSON.
type agreementDocument struct {
	Scenario   string        `json:"scenario"`
	Backend    string        `json:"backend"`
	Guard      string        `json:"guard"`
	Discipline string        `json:"discipline"`
	Accord     string        `json:"accord"` // agree, not applicable, not available live, undecided, not as expected or disagree
	Why        []string      `json:"why"`    // how they differ, or why there is no verdict
	Virtual    *cellDocument `json:"virtual"`
	Live       *cellDocument `json:"live"` // null if no trial ran
	// For a library: the profile that stands for it, which the virtual side is about, and the
	// lengths of time that were compared.
	StandIn  string             `json:"standIn,omitempty"`
	Measures []likenessDocument `json:"measures,omitempty"`
}

func agreementDocuments(all []outcome.Agreement) []agreementDocument {
	out := []agreementDocument{}
	for _, a := range all {
		d := agreementDocument{Scenario: a.Scenario, Backend: a.Backend, Guard: a.Guard, Discipline: a.Discipline, Accord: accordName(a.Accord), Why: typeset.OrEmpty(a.Why), StandIn: a.StandIn, Measures: likenessDocuments(a.Measures)}
		if a.Virtual.World != "" {
			v := documentOf(a.Virtual)
			d.Virtual = &v
		}
		if a.Live.World != "" {
			l := documentOf(a.Live)
			d.Live = &l
		}
		out = append(out, d)
	}
	return out
}

// accordName is the accord in lower case.
func accordName(a outcome.Accord) string { return strings.ToLower(a.String()) }

// agreementRows builds the CSV rows, with columns for each world, such as live.overlap.holds and
// live.next-grant.most; the latter is in seconds.
func agreementRows(all []outcome.Agreement) [][]string {
	head := []string{"scenario", "backend", "guard", "discipline", "accord"}
	for _, world := range []string{sim.VirtualWorld, sim.LiveWorld} {
		head = append(head, world+".n", world+".outcome", world+".next-grant.least", world+".next-grant.most")
		for _, p := range check.Properties() {
			head = append(head, tallyTitles(world+"."+string(p))...)
		}
	}
	head = append(head, "stand-in")
	for _, m := range outcome.LikeMeasures() {
		head = append(head, likenessTitles(m)...)
	}
	rows := [][]string{append(head, "why")}
	for _, a := range all {
		row := []string{a.Scenario, a.Backend, a.Guard, a.Discipline, accordName(a.Accord)}
		for _, side := range []outcome.Summary{a.Virtual, a.Live} {
			row = append(row, strconv.Itoa(side.Trials), outcomeName(side))
			row = append(row, windowFields(side)...)
			for _, p := range check.Properties() {
				row = append(row, tallyFields(side, p)...)
			}
		}
		row = append(row, a.StandIn)
		for _, m := range outcome.LikeMeasures() {
			row = append(row, likenessFields(a, m)...)
		}
		rows = append(rows, append(row, strings.Join(a.Why, "; ")))
	}
	return rows
}

func csvSeconds(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func windowFields(s outcome.Summary) []string {
	next, measured := s.Spread(check.NextGrant)
	if !measured {
		return []string{"", ""}
	}
	return []string{csvSeconds(next.Least), csvSeconds(next.Most)}
}

func agreementMarkdown(w io.Writer, all []outcome.Agreement) error {
	var b strings.Builder
	sentence, _ := accordSentence(all)
	b.WriteString("**" + typeset.EscapeMarkdown(sentence) + "**\n")
	if bad := discords(all); len(bad) > 0 {
		b.WriteByte('\n')
		for _, text := range bad {
			b.WriteString("- " + typeset.EscapeMarkdown(text) + "\n")
		}
	}
	if len(all) > 0 {
		shown, _ := telling(bothSides(all))
		b.WriteByte('\n')
		typeset.MarkdownTable(&b, markdownPairs(all, shown))
		b.WriteString("\n" + typeset.EscapeMarkdown(pairsKey+" "+windowKey) + " " + markdownKey(shown) + "\n")
		markdownLikeness(&b, all)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the agreement of the worlds as Markdown: %w", err)
	}
	return nil
}

func markdownPairs(all []outcome.Agreement, shown []column) [][]string {
	head := []string{"scenario", "backend", "guard", "discipline", "n"}
	for _, c := range shown {
		head = append(head, string(c.property))
	}
	rows := [][]string{append(head, "next grant", "worlds")}
	for _, a := range all {
		row := []string{a.Scenario, a.Backend, a.Guard, a.Discipline, fmt.Sprintf("%d · %d", a.Virtual.Trials, a.Live.Trials)}
		for _, c := range shown {
			row = append(row, c.both(a, full).text)
		}
		accord := a.Accord.String()
		if a.Accord == outcome.NoLive || a.Accord == outcome.NoCell {
			accord += ": " + strings.Join(a.Why, "; ")
		}
		rows = append(rows, append(row, window(a.Virtual)+" · "+window(a.Live), accord))
	}
	return rows
}
