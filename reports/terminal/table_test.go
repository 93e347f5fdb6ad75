package terminal

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// tally counts the verdicts of n trials: h holds, v violated, the rest undecided.
func tally(p check.Property, n, h, v int, expected ...check.Verdict) outcome.Tally {
	t := outcome.Tally{Property: p, Holds: h, Violated: v, Undecided: n - h - v}
	if len(expected) > 0 {
		t.Expected, t.Because = &expected[0], "the paused client cannot know that its lease has ended"
	}
	return t
}

func cell(scenario, backend, guard, world string, n int, o outcome.Outcome, tallies ...outcome.Tally) outcome.Summary {
	return outcome.Summary{Scenario: scenario, Backend: backend, Guard: guard, Discipline: "attentive", World: world, Trials: n, Outcome: o, Tallies: tallies}
}

// asPredicted returns cells that all came out as their scenarios expect.
func asPredicted() []outcome.Summary {
	const n = 20
	good, bad := check.Holds, check.Violated
	all := func(lost, stale int) []outcome.Tally {
		verdict := map[int]check.Verdict{0: good, n: bad}
		return []outcome.Tally{
			tally(check.Overlap, n, 0, n, bad), tally(check.OverlapValid, n, n, 0, good),
			tally(check.LostUpdate, n, n-lost, lost, verdict[lost]), tally(check.StaleWrite, n, n-stale, stale, verdict[stale]),
			tally(check.TokenOrder, n, n, 0, good), tally(check.FreshRefused, n, n, 0, good),
		}
	}
	return []outcome.Summary{
		cell("no-fault", "redis", "none", "virtual", n, outcome.AsExpected, tally(check.Overlap, n, n, 0, good), tally(check.LostUpdate, n, n, 0, good), tally(check.StaleWrite, n, n, 0)),
		cell("no-fault", "none", "none", "virtual", n, outcome.AsExpected, tally(check.Overlap, n, 0, n, bad), tally(check.LostUpdate, n, 7, 13), tally(check.StaleWrite, n, 0, 0)),
		cell("gc-pause", "redis", "none", "virtual", n, outcome.AsExpected, all(n, n)...),
		cell("gc-pause", "redis", "cas", "virtual", n, outcome.AsExpected, all(0, 0)...),
		cell("gc-pause", "redis+elapsed-check", "fence-all", "virtual", n, outcome.AsExpected, all(0, 0)...),
		cell("no-fault", "perfect", "none", "virtual", n, outcome.AsExpected, tally(check.Overlap, n, n, 0, good)),
	}
}

// mixed returns cells that ran with different outcomes in both worlds, and one that is not
// available.
func mixed() []outcome.Summary {
	cells := asPredicted()[2:4]
	live := cell("gc-pause", "redis+elapsed-check", "fence-writes", "live", 20, outcome.NotAsExpected,
		tally(check.Overlap, 20, 8, 12, check.Violated), tally(check.OverlapValid, 20, 20, 0, check.Violated),
		tally(check.LostUpdate, 20, 19, 1, check.Holds), tally(check.StaleWrite, 20, 15, 0, check.Holds),
		tally(check.TokenOrder, 20, 0, 0), tally(check.FreshRefused, 0, 0, 0))
	doubtful := cell("gc-pause", "redis", "none", "live", 5, outcome.Undecided,
		tally(check.Overlap, 5, 0, 0, check.Violated), tally(check.LostUpdate, 5, 0, 4, check.Violated))
	missing := outcome.Summary{Scenario: "clock-rate", Backend: "redis", Guard: "none", Discipline: "attentive", World: "live",
		Outcome: outcome.NotAvailable, Why: "a live host's clock cannot be made to run fast or slow: all hosts share the machine's clock; run this scenario in the virtual world"}
	return append(cells, live, doubtful, missing)
}

func TestTableGolden(t *testing.T) {
	for _, test := range []struct {
		name  string
		cells []outcome.Summary
		opts  typeset.Options
	}{
		{"as-predicted", asPredicted(), typeset.Options{}},
		{"mixed", mixed(), typeset.Options{}},
		{"mixed-colour", mixed(), typeset.Options{Colour: true}},
		{"undecided", mixed()[3:4], typeset.Options{}},
		{"not-available", mixed()[4:], typeset.Options{}},
		{"one", asPredicted()[:1], typeset.Options{}},
		{"nothing", nil, typeset.Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := Cells(&got, test.cells, nil, test.opts); err != nil {
				t.Fatal(err)
			}
			golden(t, "table-"+test.name+".golden", got.Bytes())
		})
	}
}

// golden compares got with a file in testdata, or rewrites the file under -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the golden file (go test -update writes it): %v", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestAColumnAppearsWhenThereIsSomethingToSee(t *testing.T) {
	head := func(tallies ...outcome.Tally) string {
		var b strings.Builder
		if err := Cells(&b, []outcome.Summary{cell("x", "redis", "none", "virtual", 1, outcome.AsExpected, tallies...)}, nil, typeset.Options{}); err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(b.String(), "\n\n")
		head, _, _ := strings.Cut(table, "\n")
		return head
	}
	for _, test := range []struct {
		name  string
		tally outcome.Tally
		shown bool
	}{
		{"it holds and nobody asked", tally(check.Availability, 1, 1, 0), false},
		{"it is undecided and nobody asked", tally(check.Availability, 1, 0, 0), false},
		{"it holds as expected", tally(check.Availability, 1, 1, 0, check.Holds), true},
		{"it is violated and nobody asked", tally(check.Availability, 1, 0, 1), true},
	} {
		if got := strings.Contains(head(test.tally), "avail"); got != test.shown {
			t.Errorf("%s: the column is shown: %t", test.name, got)
		}
	}
	if !strings.Contains(head(), "overlap  valid  lost") {
		t.Errorf("both senses of overlap are always shown, but the head is %q", head())
	}
}

func TestTableSaysTheSameWithAndWithoutColour(t *testing.T) {
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	var plain, coloured bytes.Buffer
	if err := Cells(&plain, mixed(), nil, typeset.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Cells(&coloured, mixed(), nil, typeset.Options{Colour: true}); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(plain.Bytes(), coloured.Bytes()) {
		t.Error("there is no colour in it")
	}
	if got := escapes.ReplaceAll(coloured.Bytes(), nil); !bytes.Equal(got, plain.Bytes()) {
		t.Errorf("without its colours it reads:\n%s\nwant:\n%s", got, plain.Bytes())
	}
}

func TestPredictedViolationIsNoSurprise(t *testing.T) {
	for _, test := range []struct {
		name  string
		tally outcome.Tally
		want  string
	}{
		{"all violated, as predicted", tally(check.Overlap, 20, 0, 20, check.Violated), "violated ✓"},
		{"all violated, nothing predicted", tally(check.Overlap, 20, 0, 20), "violated"},
		{"all violated, against the prediction", tally(check.Overlap, 20, 0, 20, check.Holds), "violated !"},
		{"one violated, against the prediction", tally(check.Overlap, 20, 19, 1, check.Holds), "1/20 violated !"},
		{"some violated, nothing predicted", tally(check.Overlap, 20, 8, 12), "12/20 violated"},
		{"a predicted violation that did not come", tally(check.Overlap, 20, 20, 0, check.Violated), "holds !"},
		{"a predicted violation that came only sometimes", tally(check.Overlap, 20, 8, 12, check.Violated), "12/20 violated !"},
		{"a predicted violation, some trials undecided", tally(check.Overlap, 20, 0, 12, check.Violated), "12/20 violated ✓"},
		{"holds, as predicted", tally(check.Overlap, 20, 20, 0, check.Holds), "holds"},
		{"all undecided", tally(check.Overlap, 20, 0, 0, check.Holds), "undecided"},
		{"some undecided", tally(check.Overlap, 20, 15, 0, check.Holds), "5/20 undecided"},
		{"no trials", tally(check.Overlap, 0, 0, 0, check.Holds), "—"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := tallyWord(test.tally, full).text; got != test.want {
				t.Errorf("the table says %q, want %q", got, test.want)
			}
		})
	}
}

// A column shows that two clients worked at once only if that says more than that two believed they
// held the lock.
func TestAColumnThatOnlyRepeatsAnotherIsLeftOut(t *testing.T) {
	overlapped := tally(check.Overlap, 20, 0, 20, check.Violated)
	const repeats = "no column, same result as overlap everywhere: work-overlap"
	for _, test := range []struct {
		name         string
		cells        []outcome.Tally // findings on work-overlap, cell by cell; overlap is always violated
		shown, quiet bool
	}{
		{"it came out alike", []outcome.Tally{tally(check.WorkOverlap, 20, 0, 20)}, false, true},
		{"it came out otherwise in one cell", []outcome.Tally{tally(check.WorkOverlap, 20, 0, 20), tally(check.WorkOverlap, 20, 1, 19)}, true, false},
		{"something is expected of it", []outcome.Tally{tally(check.WorkOverlap, 20, 0, 20, check.Violated)}, true, false},
		{"no trial could tell", []outcome.Tally{tally(check.WorkOverlap, 20, 0, 0)}, false, true},
		{"it was never judged", []outcome.Tally{{Property: check.WorkOverlap}}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var cells []outcome.Summary
			for _, work := range test.cells {
				cells = append(cells, cell("gc-pause", "redis", "none", "virtual", 20, outcome.AsExpected, overlapped, work))
			}
			var b bytes.Buffer
			if err := Cells(&b, cells, nil, typeset.Options{Columns: 120}); err != nil {
				t.Fatal(err)
			}
			head := slices.Contains(strings.Fields(b.String()), "work")
			if head != test.shown || strings.Contains(b.String(), repeats) != test.quiet {
				t.Errorf("a column: %v, want %v; said that it only repeats: want %v\n%s", head, test.shown, test.quiet, b.String())
			}
		})
	}
}
