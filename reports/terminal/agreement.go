package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// Agreement writes the two worlds side by side, cell by cell: the verdicts of each, virtual before
// live, the time from the fault to the next grant, and whether they agree. One sentence and every
// disagreement come first.
func Agreement(w io.Writer, all []outcome.Agreement, opts typeset.Options) error {
	switch opts.Format {
	case typeset.CSV:
		return typeset.WriteCSV(w, agreementRows(all))
	case typeset.JSON:
		return typeset.WriteJSON(w, agreementDocuments(all))
	case typeset.Markdown:
		return agreementMarkdown(w, all)
	case typeset.Table, "":
	}
	var b strings.Builder
	p := typeset.Painter{On: opts.Colour}
	writeAccords(&b, p, all, opts.Width())
	if len(all) > 0 {
		cells := bothSides(all)
		shown, quiet := telling(cells)
		g := fit(opts.Width(), shown, harmless(cells), func(l layout) *grid { return newPairs(all, l) })
		g.write(&b, p)
		b.WriteByte('\n')
		key := pairsKey
		if !g.bare {
			key += " " + windowKey
		}
		typeset.Hang(&b, "", key, opts.Width())
		writeKey(&b, p, g, quiet)
		writeLikeness(&b, p, all, opts.Width())
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the agreement of the worlds: %w", err)
	}
	return nil
}

const (
	pairsKey  = "virtual · live in each place; one word if both agree."
	windowKey = "Next grant: time after the fault, in leases; least to most over all trials."
)

func bothSides(all []outcome.Agreement) (cells []outcome.Summary) {
	for _, a := range all {
		cells = append(cells, a.Virtual, a.Live)
	}
	return cells
}

// newPairs builds a grid with one row per cell, which shows what both worlds say of it.
func newPairs(all []outcome.Agreement, l layout) *grid {
	l.in = terse // each place holds two words
	g := &grid{layout: l}
	for _, title := range []string{"guard", "n"} {
		g.head = append(g.head, word{text: title, paint: typeset.Faint})
	}
	for _, c := range g.columns {
		g.head = append(g.head, word{text: c.title, paint: typeset.Faint})
	}
	if !g.bare {
		g.head = append(g.head, word{text: "next grant", paint: typeset.Faint})
	}
	if g.outcome {
		g.head = append(g.head, word{text: "worlds", paint: typeset.Faint})
	}
	for _, a := range all {
		g.add(a.Row(), g.pair(a))
	}
	g.measure()
	return g
}

// pair builds the row of one cell.
func (t *grid) pair(a outcome.Agreement) gridRow {
	r := gridRow{name: a.Backend, words: []word{{text: a.Guard}}}
	if a.Accord == outcome.NoLive || a.Accord == outcome.NoCell {
		r.words = append(r.words, word{text: "—", paint: typeset.Faint})
		r.note = a.Accord.String() + ": " + strings.Join(a.Why, "; ")
		return r
	}
	r.words = append(r.words, word{text: fmt.Sprintf("%d · %d", a.Virtual.Trials, a.Live.Trials)})
	for _, c := range t.columns {
		r.words = append(r.words, c.both(a, terse))
	}
	if !t.bare {
		r.words = append(r.words, word{text: window(a.Virtual) + " · " + window(a.Live)})
	}
	if t.outcome {
		r.words = append(r.words, accordWord(a.Accord))
	} else {
		r.mark = accordMark(a.Accord)
	}
	return r
}

// both returns what the two worlds say of a property: one word if they say the same.
func (c column) both(a outcome.Agreement, in wording) word {
	v, l := c.word(a.Virtual, in), c.word(a.Live, in)
	if v.text == l.text {
		return v
	}
	return word{text: v.text + " · " + l.text, paint: max(v.paint, l.paint)}
}

// window formats the time from the fault to the next grant, in leases; "—" if it was not measured.
func window(s outcome.Summary) string {
	next, measured := s.Spread(check.NextGrant)
	lease := s.TTL.Seconds()
	if !measured || lease == 0 {
		return "—"
	}
	least, most := fmt.Sprintf("%.2f", next.Least/lease), fmt.Sprintf("%.2f", next.Most/lease)
	if least == most {
		return least
	}
	return least + "–" + most
}

func accordWord(a outcome.Accord) word {
	w := word{text: a.String()}
	switch a {
	case outcome.Unsure:
		w.paint = typeset.Doubt
	case outcome.Disagree, outcome.Unexpected:
		w.paint = typeset.Alarm
	}
	return w
}

// accordMark returns the mark that stands before a row with no room for the accord in words.
func accordMark(a outcome.Accord) word {
	switch a {
	case outcome.Unsure:
		return word{text: "?", paint: typeset.Doubt}
	case outcome.Disagree, outcome.Unexpected:
		return word{text: "!", paint: typeset.Alarm}
	}
	return word{}
}

// writeAccords writes how many cells agree, and lists those that do not.
func writeAccords(b *strings.Builder, p typeset.Painter, all []outcome.Agreement, width int) {
	sentence, style := accordSentence(all)
	for _, line := range typeset.Fold(sentence, width) {
		b.WriteString(p.Paint(style, line) + "\n")
	}
	for _, text := range discords(all) {
		lead := "  " + p.Paint(typeset.Alarm, "!") + " "
		for _, line := range typeset.Fold(text, width-4) {
			b.WriteString(lead + line + "\n")
			lead = "    "
		}
	}
}

// accordSentence counts the cells by accord, and returns the style of the worst.
func accordSentence(all []outcome.Agreement) (sentence string, style typeset.Paint) {
	counts := map[outcome.Accord]int{}
	for _, a := range all {
		counts[a.Accord]++
	}
	sentence = fmt.Sprintf("%s in both worlds: %d agree", words.Many(len(all), "cell"), counts[outcome.Agree])
	style = typeset.Strong
	for _, rest := range []struct {
		accord outcome.Accord
		says   string
		paint  typeset.Paint
	}{{outcome.NoCell, "not applicable", typeset.Strong}, {outcome.NoLive, "not available live", typeset.Strong}, {outcome.Unsure, "undecided", typeset.Doubt}, {outcome.Unexpected, "NOT AS EXPECTED", typeset.Alarm}, {outcome.Disagree, "DISAGREE", typeset.Alarm}} {
		if n := counts[rest.accord]; n > 0 {
			sentence += fmt.Sprintf(", %d %s", n, rest.says)
			style = rest.paint
		}
	}
	return sentence + "." + tooSlow(bothSides(all)), style
}

// discords lists the cells on which the worlds do not agree, undecided ones included, and why.
func discords(all []outcome.Agreement) (out []string) {
	for _, a := range all {
		if a.Accord >= outcome.Unsure {
			out = append(out, fmt.Sprintf("%s · %s · guard %s: %s", a.Row(), a.Backend, a.Guard, strings.Join(a.Why, "; ")))
		}
	}
	return out
}
