// Package datasheet writes datasheets: how much of each fault a set-up bears.
package datasheet

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/margin"
)

// Write writes datasheets: for each what it comes to, a table of faults and harms, and what there
// is to know about each harm.
func Write(w io.Writer, sheets []margin.Sheet, opts typeset.Options) error {
	switch opts.Format {
	case typeset.CSV:
		return typeset.WriteCSV(w, marginRows(sheets))
	case typeset.JSON:
		return typeset.WriteJSON(w, struct {
			Datasheets []margin.Sheet `json:"datasheets"`
		}{typeset.OrEmpty(sheets)})
	case typeset.Markdown:
		var b strings.Builder
		for i, s := range sheets {
			if i > 0 {
				b.WriteString("\n")
			}
			markdownSheet(&b, s)
		}
		_, err := io.WriteString(w, b.String())
		return err
	case typeset.Table, "":
	}
	var b strings.Builder
	for i, s := range sheets {
		if i > 0 {
			b.WriteString("\n\n")
		}
		writeSheet(&b, typeset.Painter{On: opts.Colour}, s, opts.Width())
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the datasheets: %w", err)
	}
	return nil
}

func writeSheet(b *strings.Builder, p typeset.Painter, s margin.Sheet, width int) {
	for _, line := range typeset.Fold(words.Setup(s.Setup)+": "+words.Sheet(s)+".", width) {
		b.WriteString(p.Paint(typeset.Strong, line) + "\n")
	}
	if s.Model != "" {
		typeset.Hang(b, "", fmt.Sprintf("%s is a library and runs in the live world only; %s stands for it here.", s.Backend, s.Model), width)
	}
	if len(s.Rows) == 0 {
		return
	}
	b.WriteString("\n")
	writeHarmTable(b, p, s, width)
	writeDetails(b, p, s, width)
	writeMisfits(b, s, width)
}

// The columns of the table of harms.
const (
	harmColumn = 13
	unitColumn = 8
	leastFault = 24
)

// writeHarmTable writes a line for each fault, with the size from which on it does each harm.
func writeHarmTable(b *strings.Builder, p typeset.Painter, s margin.Sheet, width int) {
	fault := 0
	for _, r := range s.Rows {
		fault = max(fault, utf8.RuneCountInString(r.Title))
	}
	fault = max(leastFault, min(fault, width-unitColumn-3*harmColumn-2))
	line := func(style typeset.Paint, cells ...string) {
		text := ""
		for i, c := range cells {
			text += typeset.Pad(c, []int{fault + 2, unitColumn, harmColumn, harmColumn, harmColumn}[i])
		}
		b.WriteString(p.Paint(style, strings.TrimRight(text, " ")) + "\n")
	}
	line(typeset.Faint, "harm is done from", "", words.Harm(margin.Overlap), words.Harm(margin.Damage), words.Harm(margin.NotServed))
	for _, r := range s.Rows {
		unit := strings.TrimSpace(words.SizeUnit(r.Unit))
		title := typeset.Fold(r.Title, fault)
		if r.Why != "" {
			line(typeset.Plain, title[0], "", "·", "·", "·")
		} else {
			line(typeset.Plain, title[0], unit, harmCell(r, s, margin.Overlap), harmCell(r, s, margin.Damage), harmCell(r, s, margin.NotServed))
		}
		for _, more := range title[1:] {
			line(typeset.Plain, "  "+more)
		}
	}
	b.WriteString("\n")
	typeset.Hang(b, "", sheetKey(s), width)
}

// harmCell is the size from which on a fault does a harm.
func harmCell(r margin.Row, s margin.Sheet, h margin.Harm) string {
	m, _ := r.Margin(h)
	text := "∞"
	switch {
	case m.Unknown:
		return "?"
	case r.Size == "" && m.Violated():
		text = "yes"
	case r.Size == "":
		text = "no"
	case m.Violated():
		text = words.Bare(r.Unit, *m.With, s.TTL)
	}
	switch m.Agreement {
	case margin.Agrees:
		return text + " ="
	case margin.Differs:
		return text + " ≠"
	case margin.NotDerived, margin.ByChance, margin.CannotTell:
	}
	return text
}

// sheetKey says what the table shows, as far as it needs saying.
func sheetKey(s margin.Sheet) string {
	text := fmt.Sprintf("%s, the same seeds at every size; lengths are told apart by 1/64 of a lease. ∞: at no size that was tried, up to %d leases.",
		words.TrialsEach(s.Setup), margin.MostLeases)
	agree, differ := derivations(s)
	text += fmt.Sprintf(" =: as derived on paper (%d)", agree)
	if differ > 0 {
		text += fmt.Sprintf(", ≠: not as derived (%d)", differ)
	}
	text += fmt.Sprintf(". Not served: a client gives up, or waits for longer than %s.", words.Seconds(margin.Patience(s.Setup)))
	return text
}

func derivations(s margin.Sheet) (agree, differ int) {
	for _, r := range s.Rows {
		for _, m := range r.Margins {
			switch m.Agreement {
			case margin.Agrees:
				agree++
			case margin.Differs:
				differ++
			case margin.NotDerived, margin.ByChance, margin.CannotTell:
			}
		}
	}
	return agree, differ
}

// writeDetails writes about each harm that is done, or is not as derived, or undecided.
func writeDetails(b *strings.Builder, p typeset.Painter, s margin.Sheet, width int) {
	for _, r := range s.Rows {
		var lines strings.Builder
		for _, m := range r.Margins {
			if m.Violated() || m.Agreement == margin.Differs || m.Undecided > 0 || m.Unknown {
				writeMargin(&lines, p, s, r, m, width)
			}
		}
		if lines.Len() == 0 {
			continue
		}
		title := r.Title
		if r.Size != "" {
			title += " (" + r.Size + ")"
		}
		b.WriteString("\n")
		for _, line := range typeset.Fold(title, width) {
			b.WriteString(p.Paint(typeset.Strong, line) + "\n")
		}
		b.WriteString(lines.String())
	}
}

// writeMargin writes where a harm begins, what was derived, and what moves it.
func writeMargin(b *strings.Builder, p typeset.Painter, s margin.Sheet, r margin.Row, m margin.Margin, width int) {
	lead := "  " + typeset.Pad(words.Harm(m.Harm), 13)
	text := words.Bears(r, m, s.TTL)
	if m.With != nil && m.Without != nil {
		text += "; not with " + words.Size(r.Unit, *m.Without, s.TTL)
	}
	if m.Gap != nil {
		text += "; not monotonous: not with " + words.Size(r.Unit, *m.Gap, s.TTL)
	}
	if m.Undecided > 0 && !m.Unknown {
		text += fmt.Sprintf(" (%s undecided)", words.Many(m.Undecided, "trial"))
	}
	typeset.Hang(b, lead, text, width)
	lead = strings.Repeat(" ", 15)
	switch d := m.Derived; {
	case d == nil:
	case d.Chance:
		typeset.Hang(b, lead, "derived: none, it takes chance: "+d.Because, width)
	default:
		text := fmt.Sprintf("derived: %s", d.Condition)
		if !d.Never {
			text += ", which is " + words.DerivedSize(r, *d, s.TTL)
		}
		verdict := ": " + string(m.Agreement)
		if off := m.Off(); off != 0 {
			verdict += fmt.Sprintf(" by %s%s", words.ThreeDigits(off), words.SizeUnit(r.Unit))
		}
		typeset.Hang(b, lead, text+verdict+", because "+d.Because, width)
	}
	for _, c := range r.Live {
		if c.Harm == m.Harm {
			typeset.Hang(b, lead, words.LiveCheck(r, c, s.TTL), width)
		}
	}
	for _, c := range r.Changes {
		if c.Margin.Harm == m.Harm {
			typeset.Hang(b, lead, "with "+c.What+": "+words.Bears(r, c.Margin, s.TTL), width)
		}
	}
}

// writeMisfits says which faults a set-up cannot have, and why.
func writeMisfits(b *strings.Builder, s margin.Sheet, width int) {
	first := true
	for _, r := range s.Rows {
		if r.Why == "" {
			continue
		}
		if first {
			b.WriteString("\n")
			first = false
		}
		typeset.Hang(b, "· ", r.Title+": "+r.Why, width)
	}
}
