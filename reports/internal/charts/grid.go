package charts

import (
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// grid is the data of a matrix.
type grid struct {
	columns []string // lock services
	rows    []gridRow
	cells   []outcome.Summary // that are shown
	left    int               // squares of variants that are not shown
}

// gridRow is a scenario, or a variant of lock services under it.
type gridRow struct {
	scenario string
	family   Family
	options  string // of the lock services in this row; "" means those of the columns
	others   bool   // its clients are not attentive
	squares  []pair // one for each column
}

// pair is a lock service without a fence and behind one.
type pair struct{ bare, fenced square }

// square is one cell of the results.
type square struct {
	state    state
	harm     share
	guard    string
	overlap  bool // two holders at once, in some trial
	valid    bool // the same within their own deadlines
	surprise bool // not as expected
	unsure   bool // an expectation of it is undecided
	nothing  bool // nothing was expected of it
}

// state is what a square is filled with.
type state int8

const (
	absent       state = iota // there is no such cell
	unavailable               // this world cannot run it
	inapplicable              // the script makes no sense with it
	undecided
	whole     // no harm to the account
	sometimes // harm in some trials
	always
)

// fences are the guards that the fenced half of a square may show; it shows the first that exists.
// fence-equal is not among them: it locks rightful holders out.
func fences() []string {
	var names []string
	for _, g := range []ledger.Guard{ledger.FenceAll, ledger.CAS, ledger.FenceWrites, ledger.Mint, ledger.Value, ledger.Unique} {
		names = append(names, string(g))
	}
	return names
}

// newGrid arranges some cells of one world: a row for each scenario in the given order, grouped by
// family. Every grid of a world has the same columns, without those that would be empty. Variants
// of lock services without a column get their own rows if variants is set, or if a scenario has
// nothing else.
func newGrid(set *results.Set, world string, cells []outcome.Summary, variants bool) grid {
	g := grid{columns: slices.DeleteFunc(backendsOf(elsewhere(set, world)), func(name string) bool {
		return !slices.ContainsFunc(cells, func(c outcome.Summary) bool { return c.Backend == name })
	})}
	type place struct{ scenario, options string }
	at := map[place]int{}
	plainRow := map[string]bool{} // of the scenario
	for _, c := range cells {
		plainRow[c.Scenario] = plainRow[c.Scenario] || slices.Contains(g.columns, c.Backend)
	}
	for _, c := range cells {
		where := place{scenario: c.Scenario}
		discipline := outcome.Unusual(c.Discipline)
		column := slices.Index(g.columns, c.Backend)
		if column < 0 {
			where.options = options(c.Backend)
			column = slices.Index(g.columns, battery.Plain(c.Backend))
			if column < 0 {
				g.addColumn(battery.Plain(c.Backend))
				column = slices.Index(g.columns, battery.Plain(c.Backend))
			}
			if !variants && plainRow[c.Scenario] {
				g.left++
				continue
			}
		}
		where.options = strings.TrimSpace(where.options + " " + discipline)
		row, known := at[where]
		if !known {
			row = len(g.rows)
			at[where] = row
			g.rows = append(g.rows, gridRow{scenario: c.Scenario, options: where.options, others: discipline != "", family: familyOf(set, c.Scenario), squares: make([]pair, len(g.columns))})
		}
		g.rows[row].squares[column].put(squareOf(c))
		g.cells = append(g.cells, c)
	}
	g.sortRows()
	return g
}

// addColumn adds a column for a lock service that only occurs in variants.
func (g *grid) addColumn(name string) {
	before := slices.Clone(g.columns)
	g.columns = append(g.columns, name)
	battery.Sort(g.columns)
	for i := range g.rows {
		wider := make([]pair, len(g.columns))
		for j, old := range before {
			wider[slices.Index(g.columns, old)] = g.rows[i].squares[j]
		}
		g.rows[i].squares = wider
	}
}

// sortRows groups the rows by family and, within it, by scenario, in their original order. The
// columns' own lock services come before their variants.
func (g *grid) sortRows() {
	first := map[string]int{}
	for i, r := range g.rows {
		if _, known := first[r.scenario]; !known {
			first[r.scenario] = i
		}
	}
	slices.SortStableFunc(g.rows, func(a, b gridRow) int {
		if a.family != b.family {
			return slices.Index(Families(), a.family) - slices.Index(Families(), b.family)
		}
		if a.scenario != b.scenario {
			return first[a.scenario] - first[b.scenario]
		}
		return min(len(a.options), 1) - min(len(b.options), 1)
	})
}

// put puts a square into its half.
func (p *pair) put(s square) {
	if s.guard == string(ledger.None) {
		p.bare = s
		return
	}
	rank := slices.Index(fences(), s.guard)
	if rank < 0 {
		return
	}
	if before := slices.Index(fences(), p.fenced.guard); before < 0 || rank < before {
		p.fenced = s
	}
}

func squareOf(c outcome.Summary) square {
	s := square{
		guard:    c.Guard,
		harm:     share{}.plus(c.Damage),
		overlap:  c.Tally(check.Overlap).Violated > 0,
		valid:    c.Tally(check.OverlapValid).Violated > 0,
		surprise: c.Outcome == outcome.NotAsExpected,
		unsure:   c.Outcome == outcome.Undecided,
		nothing:  c.Outcome == outcome.NothingExpected,
	}
	switch {
	case c.Outcome == outcome.NotApplicable:
		s.state = inapplicable
	case c.Trials == 0:
		s.state = unavailable
	case s.harm.decided == 0:
		s.state = undecided
	case s.harm.violated == 0:
		s.state = whole
	case s.harm.violated < s.harm.decided:
		s.state = sometimes
	default:
		s.state = always
	}
	return s
}

// text returns the text in a square: the share, `!` if it is a surprise, `?` if something is
// undecided, `·` if nothing was expected, and the fence's letter if it was not fence-all.
func (s square) text() string {
	var text string
	switch s.state {
	case absent, unavailable:
		return ""
	case inapplicable:
		return outcome.NotApplicable.Sign()
	case undecided:
		text = "?"
	case whole, sometimes, always:
		text = s.harm.percent()
		if s.unsure {
			text += "?"
		}
	}
	if s.surprise {
		text += outcome.NotAsExpected.Sign()
	}
	if s.nothing {
		text += outcome.NothingExpected.Sign()
	}
	return text
}

// letter returns the letter of a fence other than fence-all.
func (s square) letter() string {
	switch s.guard {
	case string(ledger.None), string(ledger.FenceAll), "":
		return ""
	}
	return s.guard[:1]
}

// headline is what the matrix shows. It counts nothing: the number of scripts that somebody wrote for a
// lock service says nothing about it.
func (g grid) headline() string {
	if !slices.ContainsFunc(g.rows, func(r gridRow) bool {
		return slices.ContainsFunc(r.squares, func(p pair) bool { return p.bare.state >= whole || p.fenced.state >= whole })
	}) {
		return "Nothing was decided"
	}
	return "Where each script loses money, without a fence and behind one"
}
