package terminal

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

// The formats. The last three are for programs and web pages: nothing but the results is
// in them, in an order that does not change from run to run.
const (
	Table    Format = "table" // for a person at a terminal
	CSV      Format = "csv"   // comma-separated values, as RFC 4180 has them: one line of titles, then a row each
	JSON     Format = "json"  // one document
	Markdown Format = "md"    // a table as GitHub renders it
)

// Formats lists them all.
func Formats() []Format { return []Format{Table, CSV, JSON, Markdown} }

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("%q is not a format, expected %s", name, words.Or(Formats()...))
}

// Options say how something is to be written.
type Options struct {
	Format Format // empty: Table
	// Colour adds ANSI colours for a terminal. They only repeat what the words and marks
	// already say, and stay apart for people with colour blindness.
	Colour bool
	// Columns is how many columns the terminal has; 0: PageColumns. With fewer than
	// LeastColumns a table is written as for LeastColumns.
	Columns int
}

// The widths that tables are made for.
const (
	PageColumns  = 120 // where nobody says how wide the page is
	LeastColumns = 60
)

func (o Options) columns() int {
	if o.Columns == 0 {
		return PageColumns
	}
	return max(o.Columns, LeastColumns)
}

func writeCSV(w io.Writer, rows [][]string) error {
	c := csv.NewWriter(w)
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write the results as CSV: %w", err)
	}
	return nil
}

func writeJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("write the results as JSON: %w", err)
	}
	return nil
}

// markdownTable writes rows of plain text, the first of which are the titles.
func markdownTable(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		b.WriteString("|")
		for _, text := range row {
			b.WriteString(" " + markdown(text) + " |")
		}
		b.WriteByte('\n')
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
}

// markdown writes a text so that it reads as it stands, also inside a table.
var markdownEscapes = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "\\`", "[", `\[`, "\n", " ")

func markdown(text string) string { return markdownEscapes.Replace(text) }

// orEmpty makes a list that JSON shows as [] when there is nothing in it.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
