package charts

import (
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// sidesScenario is the one in which the network splits with clients on both sides.
const sidesScenario = "partition-sides"

// CAP draws what each lock service does while the network is split: the share of requests that it
// serves on either side, and the consequences. Its label, CP or AP, is what was measured. A world
// in which this was not measured gives nil.
func CAP(set *results.Set, world string) *canvas.Figure {
	rows, cells := sidesOf(locksIn(set, world))
	if len(rows) == 0 {
		return nil
	}
	s := newCAPSheet(rows, cells)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

// sides is one lock service while the network is split.
type sides struct {
	backend            string
	majority, minority float64 // share of requests served there, mean of the trials
	overlap, harm      share   // without a fence
	left               share   // the harm that remains behind one
}

func sidesOf(cells []outcome.Summary) (rows []sides, used []outcome.Summary) {
	cells = slices.DeleteFunc(bareAndFenced(outcome.OneDiscipline(cells)), func(c outcome.Summary) bool { return c.Scenario != sidesScenario })
	var names []string
	for _, c := range cells {
		if !slices.Contains(names, c.Backend) {
			names = append(names, c.Backend)
		}
	}
	battery.Sort(names)
	for _, name := range names {
		row, measured := sides{backend: name}, false
		for _, c := range cells {
			switch {
			case c.Backend != name:
				continue
			case c.Guard != string(ledger.None):
				row.left = row.left.plus(c.Damage)
				used = append(used, c)
				continue
			}
			major, one := c.Spread(check.ServedMajority)
			minor, two := c.Spread(check.ServedMinority)
			row.majority, row.minority, measured = major.Mean, minor.Mean, one && two
			row.overlap, row.harm = share{}.plus(c.Tally(check.Overlap)), share{}.plus(c.Damage)
			used = append(used, c)
		}
		if measured {
			rows = append(rows, row)
		}
	}
	return rows, used
}

// choice returns which of consistency and availability a service kept, and what it did.
func (s sides) choice() (name, means string) {
	const mostly = 0.5 // of the requests on its worse side
	worse, better := min(s.majority, s.minority), max(s.majority, s.minority)
	kept := s.overlap.violated == 0
	switch {
	case s.overlap.decided == 0:
		return "?", "undecided"
	case better == 0 && kept:
		return "C", "turns both sides away"
	case worse == 0 && kept:
		return "CP", "turns one side away"
	case kept:
		return "?", "serves both, and no overlap was seen"
	case worse == 0:
		return "neither", "turns one side away, and overlaps"
	case worse < mostly:
		return "AP", "serves both for a while, two holders"
	}
	return "AP", "serves both, two holders"
}

const (
	capWidth  = 1000
	capRow    = 46
	capBar    = 13
	capHead   = 40
	capValue  = 46 // room for "100 %" beside a bar
	capChoice = 164
	capApart  = 30
)

// capSheet is the layout of the chart.
type capSheet struct {
	page
	rows                     []sides
	names                    [][]string
	served, choice, violated vg.Length // where these columns begin
	scale                    vg.Length // width of 100 %
	top, row, height         vg.Length
}

func newCAPSheet(rows []sides, cells []outcome.Summary) *capSheet {
	s := &capSheet{rows: rows}
	const gutter = 176
	for _, r := range rows {
		s.names = append(s.names, breakName(r.backend, gutter-16))
	}
	s.row = capRow
	for _, lines := range s.names {
		s.row = max(s.row, vg.Length(len(lines))*headLine+6)
	}
	s.page = newPage(capWidth, capHeadline(rows),
		"While the network is split: what share of the requests for the lock is served on each side, and what comes of it",
		sentence(about(cells))+" Share served: mean of the trials, of requests made from beginning to end during the split. Majority: the side that has most of the lock's servers; of a single server, the side that has it. "+
			"CP: one side was turned away, and no two clients held the lock at once. AP: both sides were served, and two did. Violations: share of the trials, with its 95 % interval (Wilson) where it happened in some trials only.",
		s.keys())
	s.served = margin + gutter
	s.scale = (capWidth - 2*margin - gutter - capChoice - 2*capApart - 2*capValue) / 2
	s.choice = s.served + s.scale + capValue + capApart
	s.violated = s.choice + capChoice + capApart
	s.top = s.head() + capHead
	s.height = s.top + vg.Length(len(rows))*s.row + 22 + s.foot()
	return s
}

// capHeadline sums up the measurement.
func capHeadline(rows []sides) string {
	var turned, both []string
	kept := true
	for _, r := range rows {
		switch name, _ := r.choice(); name {
		case "CP":
			turned = append(turned, r.backend)
		case "AP":
			both = append(both, r.backend)
		default:
			kept = false
		}
	}
	switch {
	case !kept || len(turned)+len(both) == 0:
		return "Who is served while the network is split"
	case len(turned) == 0:
		return "Every lock served both sides of the split, and none kept them apart"
	case len(both) == 0:
		return "Every lock turned one side of the split away, and let no two holders in"
	}
	return "No lock served both sides of the split and kept them apart"
}
