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
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// Violations draws, for each family of faults, the share of trials in which each lock service let
// two holders in at once, let them in within their own deadlines, and let money be lost or taken
// twice, without a fence and behind one; with 95 % intervals. A world without results gives nil.
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
	cells    []outcome.Summary // that are in it
	left     []string          // variants that are not in it
	bare     share             // of locks, in scenarios with faults, without a fence
	fenced   share             // the same scenarios behind one
}

// familyPanel is one family of faults.
type familyPanel struct {
	family    Family
	scenarios int
	rows      []violationRow // one for each backend
}

// violationRow is one lock service's result in one family of faults. A share of no trials is not
// drawn. What is left behind a fence counts only scenarios that were also tried without one.
type violationRow struct{ overlap, valid, harm, left share }

// shares are the bars of a row, from top to bottom.
func (r violationRow) shares() []share { return []share{r.overlap, r.valid, r.harm, r.left} }

func newViolations(set *results.Set, world string) violations {
	cells := withBare(bareAndFenced(outcome.OneDiscipline(locksIn(set, world))))
	v := violations{backends: backendsOf(cells)}
	v.compare(set, cells)
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

// bareAndFenced keeps, of each scenario and lock service, the cell without a fence and the one
// behind the best fence that it has (see fences), if any of its trials was run.
func bareAndFenced(cells []outcome.Summary) []outcome.Summary {
	best := map[place]int{}
	rank := func(c outcome.Summary) int { return slices.Index(fences(), c.Guard) }
	for _, c := range cells {
		where := placeOf(c)
		if before, known := best[where]; c.Trials > 0 && rank(c) >= 0 && (!known || rank(c) < before) {
			best[where] = rank(c)
		}
	}
	return slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool {
		if c.Guard == string(ledger.None) {
			return c.Trials == 0
		}
		chosen, known := best[placeOf(c)]
		return c.Trials == 0 || !known || rank(c) != chosen
	})
}

// place is what a cell without a fence and the one behind a fence have in common.
type place struct{ scenario, backend string }

func placeOf(c outcome.Summary) place { return place{c.Scenario, c.Backend} }

// withBare drops cells behind a fence that were not tried without one, as there would be nothing to
// compare them with.
func withBare(cells []outcome.Summary) []outcome.Summary {
	bare := map[place]bool{}
	for _, c := range cells {
		bare[placeOf(c)] = bare[placeOf(c)] || c.Guard == string(ledger.None)
	}
	return slices.DeleteFunc(cells, func(c outcome.Summary) bool { return !bare[placeOf(c)] })
}

// compare adds up the effect of a fence in scenarios with faults, over the scenarios and lock
// services for which both were tried and decided.
func (v *violations) compare(set *results.Set, cells []outcome.Summary) {
	decided := map[place]int{}
	for _, c := range cells {
		if (share{}).plus(c.Damage).decided > 0 {
			decided[placeOf(c)]++
		}
	}
	for _, c := range cells {
		switch {
		case decided[placeOf(c)] < 2 || !isLock(c.Backend) || familyOf(set, c.Scenario) == NoFault:
		case !slices.Contains(v.backends, c.Backend): // not in the chart
		case c.Guard == string(ledger.None):
			v.bare = v.bare.plus(c.Damage)
		default:
			v.fenced = v.fenced.plus(c.Damage)
		}
	}
}

func (r *violationRow) add(c outcome.Summary) {
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
	if v.bare.decided == 0 {
		return "What each lock let happen, by what went wrong"
	}
	return fmt.Sprintf("When something goes wrong, money is lost in %s of the trials with a lock alone, in %s with a fence as well", v.bare, v.fenced)
}

// guards are the fences that the chart shows.
func (v violations) guards() []string {
	return slices.DeleteFunc(fences(), func(guard string) bool {
		return !slices.ContainsFunc(v.cells, func(c outcome.Summary) bool { return c.Guard == guard })
	})
}

// aboutFences explains the bars behind a fence, and the headline.
func (v violations) aboutFences() string {
	guards := v.guards()
	if len(guards) == 0 {
		return "No scenario was tried with one of these lock services both without a fence and behind one."
	}
	text := fmt.Sprintf("Behind a fence (%s): of the scenarios only that were tried with the same lock service without one too.", either(guards))
	if v.bare.decided > 0 {
		return text + " The headline compares where something goes wrong and both were decided: " +
			fmt.Sprintf("%s without a fence, %d behind one.", words.Many(v.bare.decided, "trial"), v.fenced.decided)
	}
	return text + " Nowhere did something go wrong with a lock and both were decided, so the headline compares nothing."
}

func (v violations) says() string {
	parts := []string{
		sentence(about(v.cells)),
		"A bar: share of the trials of all scenarios of its family, with its 95 % interval (Wilson). n: trials that were decided, without a fence / behind one.",
		v.aboutFences(),
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

// violationSheet is the layout of the chart.
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

// corner returns where a panel begins.
func (s *violationSheet) corner(panel int) (x, y vg.Length) {
	column, row := vg.Length(panel%violationCols), vg.Length(panel/violationCols)
	return margin + s.gutter + column*(s.panel+panelApart), s.top + row*(s.panelHeight()+panelApart)
}
