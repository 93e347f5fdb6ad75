package typeset

import (
	"strings"
	"unicode/utf8"
)

// Blanks before a row, and between its columns.
const (
	RowIndent = 2
	ColumnGap = 2
)

// BreakName breaks the name of a lock service before the "+" of its options. An option that is too
// long by itself also breaks after a "-" or "=".
func BreakName(name string, width int) []string {
	if width == 0 || utf8.RuneCountInString(name) <= width {
		return []string{name}
	}
	var lines []string
	line := ""
	put := func(piece string) {
		if line != "" && len(line)+len(piece) > width {
			lines = append(lines, line)
			line = ""
		}
		line += piece
	}
	for _, option := range partsOf(name, "+", false) {
		if len(option) <= width {
			put(option)
			continue
		}
		put(strings.Repeat(" ", width)) // a broken option has lines of its own
		line = ""
		for _, piece := range partsOf(option, "-=", true) {
			put(piece)
		}
		put(strings.Repeat(" ", width))
		line = ""
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// partsOf cuts text before (or, if after is set, after) each of the characters in at.
func partsOf(text, at string, after bool) (parts []string) {
	from := 0
	for i := range len(text) {
		cut := i
		if after {
			cut = i + 1
		}
		if strings.IndexByte(at, text[i]) >= 0 && cut > from && cut < len(text) {
			parts = append(parts, text[from:cut])
			from = cut
		}
	}
	return append(parts, text[from:])
}

// RowsWidth is how many columns WriteRows needs.
func RowsWidth(rows [][]string) int {
	width := RowIndent - ColumnGap
	for _, w := range WidthsOf(rows) {
		width += w + ColumnGap
	}
	return width
}

// WidthsOf returns the width of each column.
func WidthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	return widths
}

// WriteRows writes rows of plain text in columns.
func WriteRows(b *strings.Builder, rows [][]string) {
	widths := WidthsOf(rows)
	for _, row := range rows {
		line := strings.Repeat(" ", RowIndent)
		for i, text := range row {
			line += Pad(text, widths[i]+ColumnGap)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// Fold breaks text at blanks into lines of at most width characters. A name that is longer is
// broken at its options.
func Fold(text string, width int) []string {
	var lines []string
	line := ""
	for _, whole := range strings.Fields(text) {
		for i, word := range BreakName(whole, width) {
			switch {
			case line == "" || i > 0 && utf8.RuneCountInString(line+word) <= width:
				line += word
			case i == 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
				line += " " + word
			default:
				lines = append(lines, line)
				line = word
			}
		}
	}
	return append(lines, line)
}

// Hang writes text folded into lines; the first begins with lead, the others are indented to match.
func Hang(b *strings.Builder, lead, text string, width int) {
	indent := utf8.RuneCountInString(lead)
	for i, line := range Fold(text, width-indent) {
		if i > 0 {
			lead = strings.Repeat(" ", indent)
		}
		b.WriteString(lead + line + "\n")
	}
}

// Pad fills text up to a width with blanks.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
