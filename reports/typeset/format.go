// Package typeset is how everything that is written as text is set: the formats and their widths, lines
// that are folded, rows in columns, and colours.
package typeset

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/words"
)

// Format is how results are written.
type Format string

// The formats. The last three are for programs and web pages: they contain nothing but the results,
// in an order that does not change from run to run.
const (
	Table    Format = "table" // for a person at a terminal
	CSV      Format = "csv"   // comma-separated values (RFC 4180): a line of titles, then one row each
	JSON     Format = "json"  // one document
	Markdown Format = "md"    // a table as GitHub renders it
)

// Formats lists all formats.
func Formats() []Format { return []Format{Table, CSV, JSON, Markdown} }

// ParseFormat parses the name of a format.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("%q is not a format, expected %s", name, words.Or(Formats()...))
}

// Options control how something is written.
type Options struct {
	Format Format // empty: Table
	// Colour adds ANSI colours for a terminal. They only repeat what words and marks already say,
	// and people with colour blindness can tell them apart.
	Colour bool
	// Columns is the width of the terminal; 0 means PageColumns. Below LeastColumns, tables are
	// written as for LeastColumns.
	Columns int
}

// The widths that tables are designed for.
const (
	PageColumns  = 120 // if the width is unknown
	LeastColumns = 60
)

// Width is how many columns there are to write in.
func (o Options) Width() int {
	if o.Columns == 0 {
		return PageColumns
	}
	return max(o.Columns, LeastColumns)
}

// WriteCSV writes rows as comma-separated values.
func WriteCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write the results as CSV: %w", err)
	}
	return nil
}

// WriteJSON writes one document.
func WriteJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("write the results as JSON: %w", err)
	}
	return nil
}

// MarkdownTable writes rows of plain text; the first row holds the titles.
func MarkdownTable(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		b.WriteString("|")
		for _, text := range row {
			b.WriteString(" " + EscapeMarkdown(text) + " |")
		}
		b.WriteByte('\n')
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "\\`", "[", `\[`, "\n", " ")

// EscapeMarkdown makes Markdown show text unchanged, even inside a table.
func EscapeMarkdown(text string) string { return markdownEscapes.Replace(text) }

// OrEmpty turns nil into an empty list, which JSON shows as [].
func OrEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
