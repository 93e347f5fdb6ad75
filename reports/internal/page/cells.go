package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// addCells builds the scenarios, the matrix and the stories from the cells of a set.
func (v *view) addCells(c Content, a addresses) error {
	known := map[string]bool{}
	for _, s := range c.Set.Cells {
		name, _, _ := strings.Cut(s.Backend, "+")
		known[name] = true
	}
	trials := map[outcome.CellName][]Trial{}
	for _, t := range c.Trials {
		name := t.Kept.Result.Cell()
		trials[name] = append(trials[name], t)
	}
	place := map[string]*scenario{}
	leases := []time.Duration{}
	for _, s := range c.Set.Cells {
		sc := place[s.Scenario]
		if sc == nil {
			sc = newScenario(s.Scenario, c.Set.Card(s.Scenario), a)
			place[s.Scenario] = sc
			v.Scenarios = append(v.Scenarios, sc)
		}
		column, variant := service(s.Backend, known)
		variant = strings.TrimSpace(variant + " " + outcome.Unusual(s.Discipline))
		at := slices.Index(v.Columns, column)
		if at < 0 {
			at = len(v.Columns)
			v.Columns = append(v.Columns, column)
		}
		each := newCell(s, sc, a)
		sc.Cells = append(sc.Cells, each)
		sc.put(at, variant, each.chip)
		if each.Surprise {
			v.Surprises = append(v.Surprises, each.chip)
		}
		if !slices.Contains(leases, s.TTL) && s.Outcome.Ran() {
			leases = append(leases, s.TTL)
		}
		for _, t := range trials[s.Name()] {
			v.addTrial(t, sc, each)
		}
	}
	worlds := map[string]bool{}
	for _, s := range c.Set.Cells {
		worlds[s.World] = true
	}
	for _, sc := range v.Scenarios {
		sc.fill(v.Columns, len(worlds) > 1)
	}
	v.Span = len(v.Columns) + 1
	slices.Sort(leases)
	var told []string
	for _, l := range leases {
		told = append(told, words.Seconds(l))
	}
	v.Leases = strings.Join(told, ", ")
	return nil
}

func newScenario(name string, card *outcome.Card, a addresses) *scenario {
	sc := &scenario{Address: a.of(name), Name: name, Title: name, FaultList: "none", Search: strings.ToLower(name)}
	if card == nil {
		return sc
	}
	sc.Search = strings.ToLower(strings.Join(append([]string{name, card.Title}, card.Claims...), " "))
	sc.Title, sc.Text, sc.file = cmp.Or(card.Title, name), card.Text, card.File
	sc.Seconds, sc.Own, sc.adds = card.Seconds, card.Own, card.Adds
	for _, id := range card.Claims {
		sc.Claims = append(sc.Claims, link{Text: id})
	}
	for _, f := range card.Faults {
		sc.Faults = append(sc.Faults, string(f))
	}
	sc.FaultList = cmp.Or(strings.Join(sc.Faults, " "), "none")
	for _, f := range faultNames {
		if slices.Contains(card.Faults, f.kind) {
			sc.FaultWords = append(sc.FaultWords, strings.ToLower(f.name))
			// The scenario is filed under the last kind in that list, which is the weightiest.
			sc.family = f.kind
		}
	}
	return sc
}

func newCell(s outcome.Summary, sc *scenario, a addresses) *cell {
	worst, n := levelOf(s)
	c := &cell{
		chip: chip{
			Address: a.of(addressParts(s)...), Label: sc.label(s.Guard), Level: worst,
			Scenario: s.Scenario, Backend: s.Backend, Guard: s.Guard, Discipline: s.Discipline, World: s.World,
			Surprise: s.Outcome == outcome.NotAsExpected, Nothing: s.Outcome == outcome.NothingExpected,
		},
		Count: words.Many(s.Trials, "trial"), Seeds: seeds(s.Seeds), Lease: words.Seconds(s.TTL), Outcome: s.Outcome.Sign() + " " + s.Outcome.String(), Unavailable: s.Why,
	}
	c.Name = fmt.Sprintf("%s, %s, guard %s, %s clients, %s world: %s", sc.Title, s.Backend, s.Guard, s.Discipline, s.World, worst.Word)
	if n.violated > 0 {
		c.Rate = n.String()
		c.Name += " " + n.words()
		if n.of != "" || n.decided < n.trials {
			c.Rated = n.words()
		}
	}
	if c.Surprise {
		c.Name += ", not as expected"
	}
	if s.Outcome.Ran() {
		c.Judgements, c.Quiet = judgements(s)
		c.Measures = measures(s)
	}
	return c
}

// addressParts returns the parts of the cell's address in the page, with the discipline only if it
// is unusual.
func addressParts(s outcome.Summary) []string {
	parts := []string{s.Scenario, s.Backend, s.Guard, s.World}
	if d := outcome.Unusual(s.Discipline); d != "" {
		parts = append(parts, d)
	}
	return parts
}

// label is the text on the box of a cell: its guard, if there is something to guard.
func (sc *scenario) label(guard string) string {
	switch {
	case sc.adds:
		return "no lock"
	case guard == "none":
		return "unfenced"
	}
	return guard
}

func seeds(s outcome.Seeds) string {
	if s.First == s.Last {
		return "seed " + strconv.FormatUint(s.First, 10)
	}
	return fmt.Sprintf("seeds %d to %d", s.First, s.Last)
}

func measures(s outcome.Summary) (out [][2]string) {
	for _, each := range s.Spreads {
		m := check.Measured{Measure: each.Measure, Least: each.Least, Most: each.Most}
		out = append(out, [2]string{each.Measure.Means(), strings.ReplaceAll(bound.ShowMeasured(m, s.TTL), "ttl", " leases")})
	}
	return out
}

// put adds a chip to the box of a column.
func (sc *scenario) put(column int, variant string, ch chip) {
	at := slices.IndexFunc(sc.Boxes, func(b box) bool { return b.Column == column })
	if at < 0 {
		at = len(sc.Boxes)
		sc.Boxes = append(sc.Boxes, box{Column: column})
	}
	groups := &sc.Boxes[at].Groups
	g := slices.IndexFunc(*groups, func(g group) bool { return g.Variant == variant && g.World == ch.World })
	if g < 0 {
		g = len(*groups)
		*groups = append(*groups, group{Variant: variant, World: ch.World})
	}
	(*groups)[g].Chips = append((*groups)[g].Chips, ch)
}

// fill adds empty boxes, so that there is one for each column.
func (sc *scenario) fill(columns []string, tagged bool) {
	boxes := make([]box, len(columns))
	for _, b := range sc.Boxes {
		boxes[b.Column] = b
	}
	for i := range boxes {
		boxes[i].Column, boxes[i].Name = i, columns[i]
		for j := range boxes[i].Groups {
			if g := &boxes[i].Groups[j]; tagged {
				g.Tag = g.World
			}
		}
	}
	sc.Boxes = boxes
}

func (v *view) addTrial(t Trial, sc *scenario, c *cell) {
	r := t.Kept.Result
	k := kept{
		ID: t.Kept.ID, Seed: r.Seed, Command: r.Replay(sc.file), Surprises: r.Surprises, Tried: r.Tried(),
	}
	k.Verdict, k.Violated = t.verdict, t.violated
	if t.sketch.markup != "" && sc.SVG == "" {
		sc.SVG, sc.SVGOf, k.Inline = t.sketch.markup, t.Kept.ID, true
	}
	c.Kept = append(c.Kept, k)
	v.Stories = append(v.Stories, packed{t.Kept.ID, template.HTML(t.packed)})
}
