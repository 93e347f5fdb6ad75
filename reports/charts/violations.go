package charts

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// Violations draws, for each family of faults, in what share of the trials each lock service
// let two holders in at once, let them in within their own deadlines, and let money be lost
// or taken twice, without a fence and behind one; with 95 % intervals. A world without
// results gives nil.
func Violations(set *results.Set, world string) *canvas.Figure {
	v := newViolations(set, world)
	if len(v.panels) == 0 {
		return nil
	}
	s := newViolationSheet(v)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

// violations is the data of the chart.
type violations struct {
	backends []string // rows of every panel
	panels   []familyPanel
	cells    []scenarios.Summary // that are in it
	left     []string            // variants that are not
}

// familyPanel is one family of faults.
type familyPanel struct {
	family    Family
	scenarios int
	rows      []violationRow // one a backend
}

// violationRow is what became of one lock service in one family of faults. A share of no
// trials is not drawn.
type violationRow struct{ overlap, valid, harm, left share }

// shares are the bars of a row, from top to bottom.
func (r violationRow) shares() []share { return []share{r.overlap, r.valid, r.harm, r.left} }

func newViolations(set *results.Set, world string) violations {
	cells := bareAndFenced(set.In(world))
	v := violations{backends: backendsOf(cells)}
	for _, family := range Families() {
		panel := familyPanel{family: family, rows: make([]violationRow, len(v.backends))}
		var names []string
		for _, c := range cells {
			row := slices.Index(v.backends, c.Backend)
			switch {
			case familyOf(set, c.Scenario) != family:
				continue
			case row < 0:
				if !slices.Contains(v.left, c.Backend) {
					v.left = append(v.left, c.Backend)
				}
				continue
			}
			panel.rows[row].add(c)
			v.cells = append(v.cells, c)
			if !slices.Contains(names, c.Scenario) {
				names = append(names, c.Scenario)
			}
		}
		if panel.scenarios = len(names); panel.scenarios > 0 {
			v.panels = append(v.panels, panel)
		}
	}
	return v
}

// bareAndFenced leaves of each scenario and lock service the cell without a fence and that
// behind the best one that it has (see fences), if any trial of it was run.
func bareAndFenced(cells []scenarios.Summary) []scenarios.Summary {
	type place struct{ scenario, backend string }
	best := map[place]int{}
	rank := func(c scenarios.Summary) int { return slices.Index(fences(), c.Guard) }
	for _, c := range cells {
		where := place{c.Scenario, c.Backend}
		if before, known := best[where]; c.Trials > 0 && rank(c) >= 0 && (!known || rank(c) < before) {
			best[where] = rank(c)
		}
	}
	return slices.DeleteFunc(slices.Clone(cells), func(c scenarios.Summary) bool {
		if c.Guard == string(ledger.None) {
			return c.Trials == 0
		}
		chosen, known := best[place{c.Scenario, c.Backend}]
		return c.Trials == 0 || !known || rank(c) != chosen
	})
}

func (r *violationRow) add(c scenarios.Summary) {
	if c.Guard != string(ledger.None) {
		r.left = r.left.plus(c.Damage)
		return
	}
	r.overlap = r.overlap.plus(c.Tally(check.Overlap))
	r.valid = r.valid.plus(c.Tally(check.OverlapValid))
	r.harm = r.harm.plus(c.Damage)
}

// headline says what stands out: without a fence and behind one, over all faults.
func (v violations) headline() string {
	var bare, left share
	for _, p := range v.panels {
		if p.family == NoFault {
			continue
		}
		for i, r := range p.rows {
			if isLock(v.backends[i]) {
				bare = share{bare.violated + r.harm.violated, bare.decided + r.harm.decided}
				left = share{left.violated + r.left.violated, left.decided + r.left.decided}
			}
		}
	}
	if bare.decided == 0 || left.decided == 0 {
		return "What each lock let happen, by what went wrong"
	}
	return fmt.Sprintf("When something goes wrong, money is lost in %s of the trials with a lock alone, in %s with a fence as well", bare, left)
}

func (v violations) says() string {
	parts := []string{
		sentence(about(v.cells)),
		"A bar: share of the trials of all scenarios of its family, with its 95 % interval (Wilson). n: trials without a fence / behind one (fence-all, or cas where a lock has no token).",
		"The scenarios differ from lock to lock, as each has faults of its own; an interval speaks of chance, not of their choice.",
	}
	if n := len(v.left); n > 0 {
		parts = append(parts, fmt.Sprintf("Not shown: %s that few scenarios have.", words.Many(n, "variant")))
	}
	return strings.Join(parts, " ")
}

const (
	violationWidth = 1200
	violationCols  = 3
	barHeight      = 6.5
	rowGap         = 9
	panelTitle     = 26
	panelScale     = 24
	panelApart     = 26
	countWidth     = 58
)

// violationSheet is where everything of the chart goes.
type violationSheet struct {
	page
	violations
	names         [][]string // lines of the lock services' names
	gutter, panel vg.Length  // width of the names, of a panel with its counts
	top, height   vg.Length
}

func newViolationSheet(v violations) *violationSheet {
	s := &violationSheet{violations: v}
	s.page = newPage(violationWidth, v.headline(), "Share of trials in which it happened, by family of faults", v.says(), violationKeys())
	const longest = 150
	f := canvas.Regular(smallSize)
	for _, name := range v.backends {
		lines := fitName(f, name, longest)
		s.names = append(s.names, lines)
		for _, line := range lines {
			s.gutter = max(s.gutter, f.Width(line)+12)
		}
	}
	columns := min(violationCols, len(v.panels))
	s.panel = (violationWidth - 2*margin - s.gutter - vg.Length(columns-1)*panelApart) / vg.Length(columns)
	s.top = s.head()
	rows := vg.Length((len(v.panels) + violationCols - 1) / violationCols)
	s.height = s.top + rows*(s.panelHeight()+panelApart) - panelApart + s.foot()
	return s
}

func (s *violationSheet) rowHeight() vg.Length {
	high := vg.Length(4*barHeight + rowGap)
	for _, lines := range s.names {
		high = max(high, vg.Length(len(lines))*headLine+6)
	}
	return high
}

func (s *violationSheet) panelHeight() vg.Length {
	return panelTitle + vg.Length(len(s.backends))*s.rowHeight() + panelScale
}

// corner is where a panel begins.
func (s *violationSheet) corner(panel int) (x, y vg.Length) {
	column, row := vg.Length(panel%violationCols), vg.Length(panel/violationCols)
	return margin + s.gutter + column*(s.panel+panelApart), s.top + row*(s.panelHeight()+panelApart)
}
