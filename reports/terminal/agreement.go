package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// Agreement writes the two worlds side by side, cell by cell: each verdict of the virtual
// world before that of the live one, the time from the fault to the next grant in each, and
// whether they agree. First comes one sentence, and every disagreement.
func Agreement(w io.Writer, all []scenarios.Agreement, opts TableOptions) error {
	var b strings.Builder
	p := painter{on: opts.Colour}
	writeAccords(&b, p, all)
	g := &grid{in: terse}
	var cells []scenarios.Summary
	for _, a := range all {
		cells = append(cells, a.Virtual, a.Live)
	}
	g.columns, g.quiet = telling(cells)
	for _, title := range []string{"backend", "guard", "n"} {
		g.head = append(g.head, word{text: title, paint: faint})
	}
	for _, c := range g.columns {
		g.head = append(g.head, word{text: c.title, paint: faint})
	}
	g.head = append(g.head, word{text: "next grant after the fault", paint: faint}, word{text: "worlds", paint: faint})
	for _, a := range all {
		if n := len(g.groups); n == 0 || g.groups[n-1].scenario != a.Scenario {
			g.groups = append(g.groups, group{scenario: a.Scenario})
		}
		last := &g.groups[len(g.groups)-1]
		last.rows = append(last.rows, g.pair(a))
	}
	if len(g.groups) > 0 {
		g.measure()
		g.write(&b, p)
		b.WriteString("\nvirtual · live in each place; one word where both say the same. Windows in leases: least to most over all trials.\n")
		writeKey(&b, p, g)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the agreement of the worlds: %w", err)
	}
	return nil
}

// pair makes the row of one cell.
func (t *grid) pair(a scenarios.Agreement) gridRow {
	r := gridRow{words: []word{{text: a.Backend}, {text: a.Guard}}}
	if a.Accord == scenarios.NoLive {
		r.words = append(r.words, word{text: "—", paint: faint})
		r.note = "not available live: " + strings.Join(a.Why, "; ")
		return r
	}
	r.words = append(r.words, word{text: fmt.Sprintf("%d · %d", a.Virtual.Trials, a.Live.Trials)})
	for _, c := range t.columns {
		v, l := c.word(a.Virtual, terse), c.word(a.Live, terse)
		both := v
		if v.text != l.text {
			both.text += " · " + l.text
			both.paint = max(v.paint, l.paint)
		}
		r.words = append(r.words, both)
	}
	r.words = append(r.words, word{text: window(a.Virtual) + " · " + window(a.Live)}, accordWord(a.Accord))
	return r
}

// window writes how long it took from the fault to the next grant, in leases.
func window(s scenarios.Summary) string {
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

func accordWord(a scenarios.Accord) word {
	w := word{text: a.String()}
	switch a {
	case scenarios.Unsure:
		w.paint = doubt
	case scenarios.Disagree:
		w.paint = alarm
	}
	return w
}

// writeAccords counts how the cells came out, and names those that do not agree.
func writeAccords(b *strings.Builder, p painter, all []scenarios.Agreement) {
	counts := map[scenarios.Accord]int{}
	for _, a := range all {
		counts[a.Accord]++
	}
	sentence := fmt.Sprintf("%s in both worlds: %d agree", words.Many(len(all), "cell"), counts[scenarios.Agree])
	style := strong
	for _, rest := range []struct {
		accord scenarios.Accord
		says   string
		paint  paint
	}{{scenarios.NoLive, "not available live", strong}, {scenarios.Unsure, "undecided", doubt}, {scenarios.Disagree, "DISAGREE", alarm}} {
		if n := counts[rest.accord]; n > 0 {
			sentence += fmt.Sprintf(", %d %s", n, rest.says)
			style = rest.paint
		}
	}
	b.WriteString(p.paint(style, sentence+".") + "\n")
	for _, a := range all {
		if a.Accord != scenarios.Disagree && a.Accord != scenarios.Unsure {
			continue
		}
		hang(b, "  "+p.paint(alarm, "!")+" ", fmt.Sprintf("%s · %s · guard %s: %s", a.Scenario, a.Backend, a.Guard, strings.Join(a.Why, "; ")), pageColumns)
	}
}
