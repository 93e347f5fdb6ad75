package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

const likenessKey = "virtual · live in each place: the profile · the library. n: trials with a measurement. Median: of the trials' medians. Allowed: how much they may differ, plus what the machine may have added in each trial."

// libraries returns the agreements that compare a library's measures.
func libraries(all []outcome.Agreement) (out []outcome.Agreement) {
	for _, a := range all {
		if len(a.Measures) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// likenessSentence counts the measures by likeness.
func likenessSentence(all []outcome.Agreement) (sentence string, style typeset.Paint) {
	counts, total := map[outcome.Likeness]int{}, 0
	for _, a := range all {
		for _, c := range a.Measures {
			counts[c.Likeness]++
			total++
		}
	}
	sentence = fmt.Sprintf("Libraries against the profiles that stand for them, %s: %d alike", words.Many(total, "measure"), counts[outcome.Alike])
	style = typeset.Strong
	if n := counts[outcome.TooFew]; n > 0 {
		sentence += fmt.Sprintf(", %d with too few trials", n)
	}
	if n := counts[outcome.Unlike]; n > 0 {
		sentence, style = sentence+fmt.Sprintf(", %d UNLIKE", n), typeset.Alarm
	}
	return sentence + ".", style
}

// likenessHead holds the titles of likenessRow.
var likenessHead = []string{"measure", "n", "median", "least", "most", "allowed", ""}

// likenessRow shows what was measured on both sides.
func likenessRow(c outcome.Compared) []string {
	v, l := c.Virtual, c.Live
	both := func(a, b float64) string { return lengthOf(v, a) + " · " + lengthOf(l, b) }
	return []string{
		string(c.Measure), fmt.Sprintf("%d · %d", v.Trials, l.Trials), both(v.Median, l.Median), both(v.Least, l.Least), both(v.Most, l.Most),
		allowed(c), c.Likeness.String(),
	}
}

// allowed formats by how much the sides may differ: what models may leave out, plus what the
// machine may have added, trial by trial.
func allowed(c outcome.Compared) string {
	text := words.Seconds(c.Allowed)
	switch from, to := words.Seconds(c.Slack[0]), words.Seconds(c.Slack[1]); {
	case c.Slack[1] == 0:
		return text
	case from == to:
		return text + " + " + to
	default:
		return text + " + " + from + "–" + to
	}
}

// lengthOf formats a length of time of a sample; "—" if nothing was measured in it.
func lengthOf(f outcome.Figures, seconds float64) string {
	if f.Trials == 0 {
		return "—"
	}
	return words.Seconds(time.Duration(seconds * float64(time.Second)))
}

// likenessName names the cell that is compared.
func likenessName(a outcome.Agreement) string {
	return fmt.Sprintf("%s · %s as %s · guard %s", a.Row(), a.Backend, a.StandIn, a.Guard)
}

// writeLikeness writes the section about libraries, if there are any.
func writeLikeness(b *strings.Builder, p typeset.Painter, all []outcome.Agreement, width int) {
	all = libraries(all)
	if len(all) == 0 {
		return
	}
	sentence, style := likenessSentence(all)
	b.WriteByte('\n')
	for _, line := range typeset.Fold(sentence, width) {
		b.WriteString(p.Paint(style, line) + "\n")
	}
	rows := [][]string{likenessHead}
	for _, a := range all {
		for _, c := range a.Measures {
			rows = append(rows, likenessRow(c))
		}
	}
	widths, total := typeset.WidthsOf(rows), typeset.RowIndent
	for _, w := range widths {
		total += w + typeset.ColumnGap
	}
	narrow := total > width
	if !narrow {
		b.WriteByte('\n')
		b.WriteString(p.Paint(typeset.Faint, likenessLine(likenessHead, widths)) + "\n")
	}
	for i, a := range all {
		if i > 0 || narrow {
			b.WriteByte('\n')
		}
		typeset.Hang(b, "", likenessName(a), width)
		for _, c := range a.Measures {
			row := likenessRow(c)
			if !narrow {
				b.WriteString(p.Paint(likenessPaint(c.Likeness), likenessLine(row, widths)) + "\n")
				continue
			}
			text := fmt.Sprintf("%s: %s. n %s; median %s; least %s; most %s; %s allowed.", row[0], row[6], row[1], row[2], row[3], row[4], row[5])
			for _, line := range typeset.Fold(text, width-typeset.RowIndent) {
				b.WriteString(strings.Repeat(" ", typeset.RowIndent) + p.Paint(likenessPaint(c.Likeness), line) + "\n")
			}
		}
	}
	b.WriteByte('\n')
	typeset.Hang(b, "", likenessKey, width)
}

func likenessLine(row []string, widths []int) string {
	line := strings.Repeat(" ", typeset.RowIndent)
	for i, text := range row {
		line += typeset.Pad(text, widths[i]+typeset.ColumnGap)
	}
	return strings.TrimRight(line, " ")
}

func likenessPaint(l outcome.Likeness) typeset.Paint {
	switch l {
	case outcome.TooFew:
		return typeset.Doubt
	case outcome.Unlike:
		return typeset.Alarm
	case outcome.Alike:
		return typeset.Plain
	}
	return typeset.Plain
}

// markdownLikeness writes the same section as a table.
func markdownLikeness(b *strings.Builder, all []outcome.Agreement) {
	all = libraries(all)
	if len(all) == 0 {
		return
	}
	sentence, _ := likenessSentence(all)
	b.WriteString("\n**" + typeset.EscapeMarkdown(sentence) + "**\n\n")
	head := append([]string{"scenario", "library", "profile", "guard", "discipline"}, likenessHead...)
	head[len(head)-1] = "profile and library"
	rows := [][]string{head}
	for _, a := range all {
		for _, c := range a.Measures {
			rows = append(rows, append([]string{a.Scenario, a.Backend, a.StandIn, a.Guard, a.Discipline}, likenessRow(c)...))
		}
	}
	typeset.MarkdownTable(b, rows)
	b.WriteString("\n" + typeset.EscapeMarkdown(likenessKey) + "\n")
}

// likenessDocument is one measure, compared between a library and the profile that stands for it.
type likenessDocument struct {
	Measure  check.Measure `json:"measure"`
	Likeness string        `json:"likeness"` // alike, too few or unlike
	Why      string        `json:"why,omitempty"`
	Allowed  time.Duration `json:"allowed"` // by how much the two may differ besides the slack, ns
	// Slack is what the machine may have added in the trial with the least and in the one with the
	// most, ns.
	Slack   [2]time.Duration `json:"slack"`
	Virtual figuresDocument  `json:"virtual"`
	Live    figuresDocument  `json:"live"`
}

// figuresDocument is what was measured on one side, in seconds.
type figuresDocument struct {
	Of     int     `json:"of"`     // trials
	Trials int     `json:"trials"` // those of them that measured something; if 0, the rest is 0
	Median float64 `json:"median"` // of the medians of the trials
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

func likenessDocuments(all []outcome.Compared) (out []likenessDocument) {
	for _, c := range all {
		out = append(out, likenessDocument{c.Measure, likenessWord(c.Likeness), c.Why, c.Allowed, c.Slack, figuresDocument(c.Virtual), figuresDocument(c.Live)})
	}
	return out
}

// likenessWord is the likeness in lower case.
func likenessWord(l outcome.Likeness) string { return strings.ToLower(l.String()) }

// likenessTitles returns the columns that compare a measure between a library and its profile, such
// as like.wait.live.median. Lengths are in seconds.
func likenessTitles(m check.Measure) []string {
	out := []string{"like." + string(m), "like." + string(m) + ".allowed", "like." + string(m) + ".slack.least", "like." + string(m) + ".slack.most"}
	for _, world := range []string{sim.VirtualWorld, sim.LiveWorld} {
		for _, figure := range []string{"n", "median", "least", "most"} {
			out = append(out, "like."+string(m)+"."+world+"."+figure)
		}
	}
	return out
}

func likenessFields(a outcome.Agreement, m check.Measure) []string {
	out := make([]string, len(likenessTitles(m)))
	for _, c := range a.Measures {
		if c.Measure != m {
			continue
		}
		out = append(out[:0], likenessWord(c.Likeness), csvSeconds(c.Allowed.Seconds()), csvSeconds(c.Slack[0].Seconds()), csvSeconds(c.Slack[1].Seconds()))
		for _, f := range []outcome.Figures{c.Virtual, c.Live} {
			out = append(out, strconv.Itoa(f.Trials))
			for _, x := range []float64{f.Median, f.Least, f.Most} {
				if f.Trials == 0 {
					out = append(out, "")
					continue
				}
				out = append(out, csvSeconds(x))
			}
		}
	}
	return out
}
