package charts

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Named is a chart with what a page says about it.
type Named struct {
	Name    string // for a file, without an extension: "matrix.virtual"
	Title   string
	Caption string // one sentence
	Chapter Chapter
	Figure  *canvas.Figure
}

// Chapter is a part of the charts on a page.
type Chapter string

// The chapters, in their order. What compares lock services is in the first: it does the same to all of
// them.
const (
	Compared Chapter = "Every lock service, and the same done to each"
	Scripts  Chapter = "Scripts of their own: not every lock service has every one"
	Sweeps   Chapter = "One number changes"
)

// All draws all comparison charts for which there are results, separately for each world and always
// in the same order.
func All(set *results.Set) []Named {
	var all []Named
	for _, world := range worldsOf(set) {
		for _, c := range chartsOf(set, world) {
			if figure := c.draw(); figure != nil {
				all = append(all, Named{
					Name: c.name + "." + world, Title: fmt.Sprintf("%s (%s world)", c.title, world),
					Caption: sentence(c.shows + ": " + about(c.cells)), Chapter: c.chapter, Figure: figure,
				})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Named) int {
		rank := func(n Named) int { return slices.Index([]Chapter{Compared, Scripts}, n.Chapter) }
		return rank(a) - rank(b)
	})
	return all
}

// Missing says in a sentence each which charts All leaves out, and why.
func Missing(set *results.Set) []string {
	var missing []string
	for _, world := range worldsOf(set) {
		for _, c := range chartsOf(set, world) {
			if c.needs != "" && c.draw() == nil {
				missing = append(missing, fmt.Sprintf("There is no chart %s.%s: it needs %s.", c.name, world, c.needs))
			}
		}
	}
	return missing
}

// worldsOf lists the worlds in which trials were run, the virtual one first.
func worldsOf(set *results.Set) []string {
	var worlds []string
	for _, c := range set.Cells {
		if c.Trials > 0 && !slices.Contains(worlds, c.World) {
			worlds = append(worlds, c.World)
		}
	}
	slices.SortFunc(worlds, func(a, b string) int {
		rank := func(world string) int {
			return slices.Index([]string{sim.LiveWorld, sim.VirtualWorld}, world)
		}
		return cmp.Or(rank(b)-rank(a), cmp.Compare(a, b))
	})
	return worlds
}

// locksIn returns the cells of a world in which clients take a lock. Charts compare locks; clients
// that add elements to a set take none, and what the set loses is not money.
func locksIn(set *results.Set, world string) []outcome.Summary {
	return slices.DeleteFunc(set.In(world), func(c outcome.Summary) bool {
		card := set.Card(c.Scenario)
		return card != nil && card.Adds
	})
}

// chart is a chart that may be drawn.
type chart struct {
	name, title, shows string
	chapter            Chapter
	cells              []outcome.Summary // the source of its figures
	needs              string            // the results that it requires; "" if nobody would miss it
	draw               func() *canvas.Figure
}

func chartsOf(set *results.Set, world string) []chart {
	overview := newGrid(set, world, elsewhere(set, world), false)
	_, sides := sidesOf(locksIn(set, world))
	cost := newPrices(set, world)
	all := []chart{
		{"battery", "The same faults for every lock", "what each fault does with each lock service", Compared, battery.In(set, world),
			"results of the battery (locklab run battery)", func() *canvas.Figure { return Battery(set, world) }},
		{"cap", "CAP: who is served while the network is split", "what share of the requests is served on each side of a split, and what comes of it", Compared, sides,
			"results of " + sidesScenario, func() *canvas.Figure { return CAP(set, world) }},
		{"price", "The price of safety", "what a lock costs when nothing goes wrong, and in how many faults of the battery money is lost", Compared, slices.Concat(cost.good, cost.bad),
			"results of " + priceScenario + " and of the battery", func() *canvas.Figure { return Price(set, world) }},
		storyOf(set, world),
		{"matrix", "All other scenarios and lock services", "per cent of the trials in which money was lost or taken twice", Scripts, overview.cells,
			"", func() *canvas.Figure { return Matrix(set, world) }},
	}
	return append(all, familiesOf(set, world, overview)...)
}

// storyOf is the matrix of the scenarios that tell the debate, unless there are no others.
func storyOf(set *results.Set, world string) chart {
	var told []outcome.Summary
	more := false
	for _, c := range elsewhere(set, world) {
		if slices.Contains(Story(), c.Scenario) {
			told = append(told, c)
		} else {
			more = true
		}
	}
	return chart{"matrix-story", "The scenarios that tell the debate", "per cent of the trials in which money was lost or taken twice", Scripts, told, "", func() *canvas.Figure {
		if !more {
			return nil
		}
		return MatrixOf(set, world, Story())
	}}
}

// familiesOf returns the matrices of the families that show more than the overview.
func familiesOf(set *results.Set, world string, overview grid) []chart {
	var all []chart
	for _, family := range Families() {
		cells := cellsOf(set, world, family)
		if len(cells) == 0 || overview.left == 0 && len(cells) == len(elsewhere(set, world)) {
			continue
		}
		all = append(all, chart{"matrix-" + family.slug(), "Scenarios of one family: " + string(family), "per cent of the trials in which money was lost or taken twice", Scripts, cells, "",
			func() *canvas.Figure { return MatrixFamily(set, world, family) }})
	}
	return all
}
