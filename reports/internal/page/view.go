package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/plaintext"
)

// view is what the template shows.
type view struct {
	Title, Headline string
	Remarks         []string
	Surprises       []chip
	Columns         []string // lock services
	Span            int      // columns of the matrix
	Sections        []section
	Scenarios       []*scenario
	Sources         []source
	Charts          []picture
	NoCharts        []string
	Dark            template.CSS // how all pictures look on dark
	Stories         []packed
	Runs            []run
	Filters         []filter
	Levels          []level
	Properties      [][2]string
	Guards          [][2]string
	Leases          string
	Cells           int
	LeftOut         int
}

// section holds the scenarios of one kind of fault.
type section struct {
	Name string
	Rows []*scenario
}

// scenario is a row of the matrix and a part of the page.
type scenario struct {
	Address, Name, Title, Text string
	Claims                     []link
	Own                        []string // how single clients differ
	Seconds                    []string // what lengths in seconds amount to under this lease
	Faults                     []string
	FaultWords                 []string
	FaultList, Search          string // for filters
	Boxes                      []box
	Cells                      []*cell
	SVG                        template.HTML // of the telling trial
	SVGOf                      string        // its id
	family                     sim.FaultKind // the kind of fault that it is filed under
	file                       string
	adds                       bool // clients add elements to a set, and take no lock
}

// box holds the cells of one lock service in one scenario: a group for each variant and world.
type box struct {
	Column int
	Name   string // of the column
	Groups []group
}

type group struct {
	Variant, World string
	Tag            string // the world, if there are several
	Chips          []chip
}

// chip is a cell in the matrix.
type chip struct {
	Address, Label, Name            string // Name is for those who cannot see the mark
	Level                           level
	Rate                            string
	Surprise                        bool
	Nothing                         bool // nothing is expected
	Scenario, Backend, Guard, World string
	Discipline                      string
}

// cell is everything about one cell.
type cell struct {
	chip
	Count, Seeds, Lease, Outcome string
	Rated                        string // Rate in more words, where that says more
	Unavailable                  string
	Judgements                   []judgement
	Quiet                        []string
	Measures                     [][2]string
	Kept                         []kept
}

// kept is a trial of a cell whose history was kept.
type kept struct {
	ID, Verdict, Command string
	Seed                 uint64
	Violated, Inline     bool
	Surprises            []string
	Tried                string // how often, and why; empty if once
}

type source struct {
	Name   string
	Claims []claimRow
}

type claimRow struct {
	results.Claim
	Address string
}

type picture struct {
	Chapter                 string // set on the first picture of a chapter
	Address, Title, Caption string
	SVG                     template.HTML
}

// link leads to another part of the page, or nowhere if it has no address.
type link struct{ Address, Text string }

type packed struct {
	ID     string
	Packed template.HTML
}

type run struct {
	Command, Version, Go, Started, World, Seeds, Path, Trials string
}

type filter struct {
	Name, Label string
	Options     [][2]string // value and text
}

func newView(c Content) (*view, error) {
	a := addresses{"matrix": true, "claims": true, "charts": true, "words": true, "made": true, "top": true}
	v := &view{
		Title: c.Title, Headline: c.Headline, Remarks: c.Remarks, Levels: levels(),
		Cells: len(c.Set.Cells), LeftOut: c.LeftOut, NoCharts: c.NoCharts,
	}
	if v.Headline == "" {
		v.Headline = fmt.Sprintf("%s, %s.", words.Many(len(c.Set.Cells), "cell"), words.Many(c.Set.Trials, "trial"))
	}
	claims := v.addClaims(c.Set.Claims, a)
	if err := v.addCells(c, a); err != nil {
		return nil, err
	}
	for _, s := range v.Scenarios {
		for i := range s.Claims {
			s.Claims[i].Address = claims[s.Claims[i].Text]
		}
	}
	v.file(c)
	if err := v.addPictures(c, a); err != nil {
		return nil, err
	}
	for _, r := range c.Set.Runs {
		v.Runs = append(v.Runs, run{
			Command: plaintext.Shell(r.Command...), Version: r.Version, Go: r.Go, World: r.World, Seeds: r.Seeds,
			Started: r.Started.UTC().Format("2 January 2006, 15:04:05 UTC"), Trials: finishedOf(r), Path: r.Path,
		})
	}
	v.explain()
	return v, nil
}

// addPictures adds the charts, and how they and the timelines look on dark.
func (v *view) addPictures(c Content, a addresses) (err error) {
	dark, chapter := darkSheet{}, ""
	for _, chart := range c.Charts {
		s, err := drawing(chart.SVG)
		if err != nil {
			return fmt.Errorf("chart %s: %w", chart.Name, err)
		}
		dark.add(s)
		begins := chart.Chapter
		if chart.Chapter == chapter {
			begins = ""
		}
		chapter = chart.Chapter
		v.Charts = append(v.Charts, picture{begins, a.of("chart", chart.Name), chart.Title, chart.Caption, s.markup})
	}
	for _, t := range c.Trials {
		dark.add(t.sketch)
	}
	v.Dark, err = dark.text()
	return err
}

// finishedOf says how many trials a run has finished, and of how many if it has not ended.
func finishedOf(r results.Run) string {
	if r.Finished < r.About.Trials {
		return fmt.Sprintf("%d of %d finished", r.Finished, r.About.Trials)
	}
	return strconv.Itoa(r.Finished)
}

// addClaims adds the claims and returns the address of each.
func (v *view) addClaims(claims []results.Claim, a addresses) map[string]string {
	at := map[string]string{}
	for _, c := range claims {
		name := c.Source
		if c.World == sim.LiveWorld {
			name += " (live world)"
		}
		if n := len(v.Sources); n == 0 || v.Sources[n-1].Name != name {
			v.Sources = append(v.Sources, source{Name: name})
		}
		row := claimRow{c, a.of("claim", c.ID)}
		last := &v.Sources[len(v.Sources)-1]
		last.Claims = append(last.Claims, row)
		at[c.ID] = row.Address
	}
	return at
}

// file sorts scenarios into sections and lists the filters.
func (v *view) file(c Content) {
	for _, f := range faultNames {
		s := section{Name: f.name}
		for _, sc := range v.Scenarios {
			if sc.family == f.kind {
				s.Rows = append(s.Rows, sc)
			}
		}
		if len(s.Rows) > 0 {
			v.Sections = append(v.Sections, s)
		}
	}
	fault := filter{Name: "fault", Label: "Fault"}
	for _, f := range faultNames {
		if slices.ContainsFunc(v.Scenarios, func(s *scenario) bool { return s.family == f.kind || slices.Contains(s.Faults, string(f.kind)) }) {
			fault.Options = append(fault.Options, [2]string{cmp.Or(string(f.kind), "none"), f.name})
		}
	}
	backend := filter{Name: "column", Label: "Lock service"}
	for _, name := range v.Columns {
		backend.Options = append(backend.Options, [2]string{name, name})
	}
	v.Filters = []filter{fault, backend,
		pick("guard", "Guard", c.Set.Cells, func(c outcome.Summary) string { return c.Guard }),
		pick("discipline", "Clients", c.Set.Cells, func(c outcome.Summary) string { return c.Discipline }),
		pick("world", "World", c.Set.Cells, func(c outcome.Summary) string { return c.World }),
	}
	v.Filters = slices.DeleteFunc(v.Filters, func(f filter) bool { return len(f.Options) < 2 })
}

// pick lists the options of a filter in the order in which they first appear.
func pick(name, label string, cells []outcome.Summary, of func(outcome.Summary) string) filter {
	f := filter{Name: name, Label: label}
	for _, c := range cells {
		if option := [2]string{of(c), of(c)}; !slices.Contains(f.Options, option) {
			f.Options = append(f.Options, option)
		}
	}
	return f
}

// explain fills in the meanings of the words that the page uses.
func (v *view) explain() {
	for _, p := range check.Properties() {
		v.Properties = append(v.Properties, [2]string{words.Property(p), p.Row().Violation})
	}
	used := map[string]bool{}
	for _, s := range v.Scenarios {
		for _, c := range s.Cells {
			used[c.Guard] = true
		}
	}
	for _, g := range ledger.AllGuards() {
		if used[string(g)] {
			v.Guards = append(v.Guards, [2]string{string(g), g.Rule()})
		}
	}
}
