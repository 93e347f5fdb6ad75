package datasheet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/margin"
)

// marginRows lists every margin of datasheets, and those that changes of the set-up would give.
func marginRows(sheets []margin.Sheet) [][]string {
	rows := [][]string{{
		"backend", "guard", "discipline", "ttl", "think", "fault", "size", "unit", "harm", "change",
		"without", "with", "without (leases)", "with (leases)", "bound", "undecided", "derived least", "derived most", "condition", "agreement", "why not",
	}}
	for _, s := range sheets {
		about := []string{s.Backend, s.Guard, s.Discipline, s.TTL.String(), s.Think.String()}
		for _, r := range s.Rows {
			fault := append(about[:len(about):len(about)], r.Fault, r.Size, string(r.Unit))
			if r.Why != "" {
				rows = append(rows, append(fault, "", "", "", "", "", "", "", "", "", "", "", "", r.Why))
				continue
			}
			for _, m := range r.Margins {
				rows = append(rows, append(fault[:len(fault):len(fault)], marginFields(s, r, m, "")...))
				for _, c := range r.Changes {
					if c.Margin.Harm == m.Harm {
						rows = append(rows, append(fault[:len(fault):len(fault)], marginFields(s, r, c.Margin, c.What)...))
					}
				}
			}
		}
	}
	return rows
}

// marginFields are the fields of one margin in a row of marginRows.
func marginFields(s margin.Sheet, r margin.Row, m margin.Margin, change string) []string {
	number := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'f', -1, 64)
	}
	leases := func(x *float64) string {
		if x == nil {
			return ""
		}
		in, timed := margin.Leases(r.Unit, *x, s.TTL)
		if !timed {
			return ""
		}
		return strconv.FormatFloat(in, 'f', -1, 64)
	}
	least, most, condition := "", "", ""
	if d := m.Derived; d != nil {
		if condition = d.Condition; !d.Never && !d.Chance {
			least, most = number(&d.Least), number(&d.Most)
		}
	}
	return []string{
		string(m.Harm), change, number(m.Without), number(m.With), leases(m.Without), leases(m.With), number(&m.Bound), strconv.Itoa(m.Undecided),
		least, most, condition, string(m.Agreement), "",
	}
}

// markdownSheet writes a datasheet as a table of faults and harms.
func markdownSheet(b *strings.Builder, s margin.Sheet) {
	fmt.Fprintf(b, "%s: %s.\n\n", typeset.EscapeMarkdown(words.Setup(s.Setup)), typeset.EscapeMarkdown(words.Sheet(s)))
	rows := [][]string{{"fault", "size", words.Harm(margin.Overlap), words.Harm(margin.Damage), words.Harm(margin.NotServed), "what helps"}}
	for _, r := range s.Rows {
		if r.Why != "" {
			rows = append(rows, []string{r.Title, r.Size, "·", "·", "·", "not applicable: " + r.Why})
			continue
		}
		row := []string{r.Title, r.Size}
		for _, h := range margin.Harms() {
			m, _ := r.Margin(h)
			row = append(row, words.Bears(r, m, s.TTL)+agreementSign(m))
		}
		var helps []string
		for _, c := range r.Changes {
			helps = append(helps, fmt.Sprintf("%s with %s: %s", words.Harm(c.Margin.Harm), c.What, words.Bears(r, c.Margin, s.TTL)))
		}
		rows = append(rows, append(row, strings.Join(helps, "; ")))
	}
	typeset.MarkdownTable(b, rows)
}

// agreementSign is the sign of an agreement, with the space before it.
func agreementSign(m margin.Margin) string {
	switch m.Agreement {
	case margin.Agrees:
		return " ="
	case margin.Differs:
		return " ≠"
	case margin.NotDerived, margin.ByChance, margin.CannotTell:
	}
	return ""
}
