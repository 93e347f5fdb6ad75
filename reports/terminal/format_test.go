package terminal

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim/check"
)

// written returns what write writes in a format.
func written(t *testing.T, f typeset.Format, write func(*bytes.Buffer, typeset.Options) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, typeset.Options{Format: f, Colour: true, Columns: 60}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// formatted returns a writer for everything that has formats.
func formatted(t *testing.T) map[string]func(*bytes.Buffer, typeset.Options) error {
	sources, claims, judged := someClaims(t)
	builtin, err := scenarios.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func(*bytes.Buffer, typeset.Options) error{
		"cells":     func(b *bytes.Buffer, o typeset.Options) error { return Cells(b, mixed(), nil, o) },
		"agreement": func(b *bytes.Buffer, o typeset.Options) error { return Agreement(b, agreements(), o) },
		"claims":    func(b *bytes.Buffer, o typeset.Options) error { return Claims(b, sources, claims, judged, o) },
		"list":      func(b *bytes.Buffer, o typeset.Options) error { return List(b, builtin, o) },
	}
}

func TestFormatsForProgramsAreWhatTheySayWhateverTheTerminal(t *testing.T) {
	for name, write := range formatted(t) {
		t.Run(name, func(t *testing.T) {
			rows, err := csv.NewReader(strings.NewReader(written(t, typeset.CSV, write))).ReadAll() // fails unless every row is as long as the first
			if err != nil || len(rows) < 2 {
				t.Errorf("CSV of %d rows: %v", len(rows), err)
			}
			if titles := slices.Sorted(slices.Values(rows[0])); len(slices.Compact(titles)) != len(rows[0]) {
				t.Errorf("two columns have one title: %q", rows[0])
			}
			if text := written(t, typeset.JSON, write); !json.Valid([]byte(text)) || strings.Contains(text, "null,") && name != "agreement" {
				t.Errorf("JSON:\n%s", text)
			}
			columns := 0
			for line := range strings.Lines(written(t, typeset.Markdown, write)) {
				if strings.Contains(line, "\x1b") {
					t.Errorf("a colour in Markdown: %q", line)
				}
				if !strings.HasPrefix(line, "|") {
					columns = 0
					continue
				}
				n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
				if columns != 0 && n != columns {
					t.Errorf("a row with %d bars below one with %d: %s", n, columns, line)
				}
				columns = n
			}
			if name == "list" {
				return // it changes with every scenario; the command's scripts show parts of it
			}
			for _, f := range []typeset.Format{typeset.CSV, typeset.JSON, typeset.Markdown} {
				golden(t, name+"."+string(f), []byte(written(t, f, write)))
			}
		})
	}
}

func TestCellsReadBackFromJSONSayTheSame(t *testing.T) {
	var got []cellDocument
	decode := json.NewDecoder(strings.NewReader(written(t, typeset.JSON, formatted(t)["cells"])))
	decode.DisallowUnknownFields()
	if err := decode.Decode(&got); err != nil {
		t.Fatal(err)
	}
	for i, c := range mixed() {
		d := got[i]
		if d.Scenario != c.Scenario || d.Backend != c.Backend || d.Guard != c.Guard || d.World != c.World || d.N != c.Trials || d.Why != c.Why {
			t.Errorf("cell %d reads %+v, want %+v", i, d, c)
		}
		for _, p := range d.Properties {
			if want := c.Tally(p.Property); p.Holds != want.Holds || p.Undecided != want.Undecided || p.Violated != want.Violated || p.Expected != expected(want) {
				t.Errorf("cell %d reads %+v, want %+v", i, p, want)
			}
		}
	}
}

func TestCellsReadBackFromCSVSayTheSame(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(written(t, typeset.CSV, formatted(t)["cells"]))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(row int, title string) string { return rows[row+1][slices.Index(rows[0], title)] }
	for i, c := range mixed() {
		if at(i, "backend") != c.Backend || at(i, "outcome") != outcomeName(c) || at(i, "why") != c.Why {
			t.Errorf("row %d: %q", i, rows[i+1])
		}
	}
	if v, e := at(2, "lost-update.violated"), at(2, "lost-update.expected"); v != "1" || e != "holds" {
		t.Errorf("lost-update is violated in %s trials, expected %q; want 1 and holds", v, e)
	}
	if v := at(4, "overlap.holds"); v != "" {
		t.Errorf("overlap holds in %q trials of a cell that was not run", v)
	}
}

func TestWhatChanceDecidesIsExpectedSometimes(t *testing.T) {
	c := tally(check.Overlap, 20, 8, 12, check.Violated)
	c.Sometimes = true
	if got := expected(c); got != "sometimes" {
		t.Errorf("expected %q, want sometimes", got)
	}
}
