package terminal

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

const longName = "sentinel+replicas=2+min-replicas-to-write=1+min-replicas-max-lag=1ttl"

// fits reports an error for each line that is wider than width or ends in blanks.
func fits(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > width && !strings.Contains(line, "again: ") {
			t.Errorf("%d columns, more than %d: %s", n, width, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("blanks at the end of the line: %q", line)
		}
	}
}

// crowded returns cells with something to say in every column, and a name that fills a line.
func crowded() []outcome.Summary {
	var all []outcome.Tally
	for _, p := range check.Properties() {
		all = append(all, tally(p, 20, 0, 20, check.Violated))
	}
	all[0] = tally(check.Overlap, 20, 3, 17, check.Violated)
	return append(mixed(),
		cell("gc-pause", "redis+elapsed-check", "fence-writes", "virtual", 20, outcome.AsExpected, all...),
		cell("split-brain", longName, "none", "virtual", 10_000, outcome.AsExpected, all[:4]...),
		cell("split-brain", longName, "cas", "virtual", 10_000, outcome.Undecided, tally(check.Overlap, 10_000, 7000, 2999)))
}

func agreements() []outcome.Agreement {
	var cells []outcome.Summary
	for _, c := range crowded() {
		if c.World == "live" {
			c.Outcome = outcome.AsExpected
		}
		cells = append(cells, c)
		c.World, c.Trials = "live", 1
		if c.Backend == longName {
			c.Tallies = []outcome.Tally{tally(check.Overlap, 1, 1, 0)}
			c.Spreads = []outcome.Spread{{Measure: check.NextGrant, Trials: 1, Least: 2.5, Most: 2.6}}
			c.TTL = 2e9
		}
		cells = append(cells, c)
	}
	return outcome.Agreements(cells)
}

func TestTablesTakeTheWidthOfTheTerminal(t *testing.T) {
	for _, width := range []int{60, 80, 120, 200} {
		for _, test := range []struct {
			name  string
			write func(*bytes.Buffer) error
		}{
			{"crowded", func(b *bytes.Buffer) error { return Cells(b, crowded(), nil, typeset.Options{Columns: width}) }},
			{"agreement", func(b *bytes.Buffer) error { return Agreement(b, agreements(), typeset.Options{Columns: width}) }},
		} {
			t.Run(fmt.Sprintf("%s-%d", test.name, width), func(t *testing.T) {
				var b bytes.Buffer
				if err := test.write(&b); err != nil {
					t.Fatal(err)
				}
				golden(t, fmt.Sprintf("%s-%d.golden", test.name, width), b.Bytes())
				fits(t, b.String(), width)
			})
		}
	}
}

func TestATableIsNotStretched(t *testing.T) {
	var wide, wider bytes.Buffer
	for columns, b := range map[int]*bytes.Buffer{200: &wide, 400: &wider} {
		if err := Cells(b, asPredicted(), nil, typeset.Options{Columns: columns}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(wide.Bytes(), wider.Bytes()) {
		t.Errorf("at 200 columns:\n%s\nat 400 columns:\n%s", &wide, &wider)
	}
}

func TestEveryWidthFits(t *testing.T) {
	for width := 40; width < 220; width++ {
		var b bytes.Buffer
		if err := Cells(&b, crowded(), nil, typeset.Options{Columns: width}); err != nil {
			t.Fatal(err)
		}
		if err := Agreement(&b, agreements(), typeset.Options{Columns: width}); err != nil {
			t.Fatal(err)
		}
		fits(t, b.String(), max(width, typeset.LeastColumns))
		if !strings.Contains(b.String(), "!") {
			t.Errorf("at %d columns the surprise is not marked", width)
		}
	}
}

func TestColumnsInWhichSomethingHappenedStayLongest(t *testing.T) {
	well := func(c column) bool { return c.property == check.TokenOrder || c.property == check.Overlap }
	left := slices.Clone(columns)
	var gone []check.Property
	for len(left) > 1 {
		i, _ := leastTelling(left, well)
		gone = append(gone, left[i].property)
		left = slices.Delete(left, i, i+1)
	}
	if gone[0] != check.TokenOrder || gone[len(gone)-1] != check.LostUpdate || left[0].property != check.Overlap {
		t.Errorf("left out in this order: %q; last stands %q", gone, left[0].property)
	}
}

// Pictures, page and table use the same words for a violation, except where the key below a table
// has no room for them: it puts two entries on a line.
func TestWordsAreBriefOnlyForWantOfRoom(t *testing.T) {
	for _, p := range check.Properties() {
		entry := fmt.Sprintf("%-9s%s (%s)  ", p.Row().Column, p.Row().Violation, p)
		if brief := p.Row().Brief; (brief != "") != (len(entry) > typeset.PageColumns/2) && string(p) != p.Row().Column {
			t.Errorf("%s is called %q in the key, and %q has %d columns with what is around it", p, brief, p.Row().Violation, len(entry))
		}
	}
}
