package charts

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// priceScenario is the one in which nothing goes wrong and nobody else wants the lock.
const priceScenario = "uncontended"

// Price draws what a lock costs on a good day, in time and in messages, against the number of faults of
// the battery in which money was lost or taken twice, without a guard. A world in which either was not
// measured gives nil.
func Price(set *results.Set, world string) *canvas.Figure {
	p := newPrices(set, world)
	if len(p.locks) == 0 {
		return nil
	}
	s := newPriceSheet(p)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

// prices is the data of the chart.
type prices struct {
	locks  []price
	idle   []string          // lock services without a fault
	unsure []string          // lock services whose trials with a fault are all undecided
	good   []outcome.Summary // cells that the costs come from
	bad    []outcome.Summary // cells that the violations come from
	counts bool              // messages were counted
	most   int               // the largest number of faults that are decided with one lock service
}

// price is what one lock service costs and what it lets happen.
type price struct {
	backend  string
	p50, p99 float64 // of the wait, ms
	messages float64 // per time that a client gets the lock; 0 if none, or not counted
	harmful  int     // faults of the battery in which money was lost, in some trial
	faults   int     // those that are decided
	tried    int     // those that were run
}

func newPrices(set *results.Set, world string) prices {
	var p prices
	ran := func(cells []outcome.Summary) []outcome.Summary {
		return slices.DeleteFunc(cells, func(c outcome.Summary) bool { return c.Guard != string(ledger.None) || c.Trials == 0 })
	}
	cells, faults := ran(outcome.OneDiscipline(locksIn(set, world))), ran(battery.In(set, world))
	var names []string
	cost := map[string]price{}
	for _, c := range cells {
		wait, measured := c.Spread(check.Wait)
		if c.Scenario != priceScenario || !measured {
			continue
		}
		messages, counted := c.Spread(check.Messages)
		p.counts = p.counts || counted
		names = append(names, c.Backend)
		cost[c.Backend] = price{backend: c.Backend, p50: 1e3 * wait.P50, p99: 1e3 * wait.P99, messages: messages.Mean}
		p.good = append(p.good, c)
	}
	battery.Sort(names)
	for _, name := range names {
		lock := cost[name]
		for _, c := range faults {
			if c.Backend != name || familyOf(set, c.Scenario) == NoFault {
				continue
			}
			harm := share{}.plus(c.Damage)
			lock.tried++
			lock.faults += min(1, harm.decided)
			lock.harmful += min(1, harm.violated)
			p.bad = append(p.bad, c)
		}
		switch {
		case lock.faults > 0:
			p.locks = append(p.locks, lock)
			p.most = max(p.most, lock.faults)
		case lock.tried > 0:
			p.unsure = append(p.unsure, name)
		default:
			p.idle = append(p.idle, name)
		}
	}
	return p
}

func (p prices) says() string {
	var fewer []string
	for _, l := range p.locks {
		if l.faults < p.most {
			fewer = append(fewer, fmt.Sprintf("%s %d", l.backend, l.faults))
		}
	}
	parts := []string{
		sentence(about(slices.Concat(p.good, p.bad))),
		"Cost: scenario " + priceScenario + ".",
		"A point: the median (mean of the trials); a line to the right: to the 99th percentile.",
		fmt.Sprintf("Up: of the %d faults of the battery, those in which money was lost in some trial.", p.most),
	}
	if len(fewer) > 0 {
		parts = append(parts, "Not all of them can be done to every lock: "+strings.Join(fewer, ", ")+".")
	}
	if len(p.idle) > 0 {
		parts = append(parts, "Not drawn, as the battery was not run with it: "+words.And(p.idle)+".")
	}
	if len(p.unsure) > 0 {
		parts = append(parts, "Not drawn, as every trial with a fault is undecided: "+words.And(p.unsure)+".")
	}
	if !p.counts {
		parts = append(parts, "Messages are not counted in this world.")
	}
	return strings.Join(parts, " ")
}

const (
	priceWidth  = 1000
	priceLeft   = 56 // room for the scale of shares
	priceHigh   = 380
	priceApart  = 44
	priceInside = 14 // room inside a panel's edges
	zeroBand    = 34 // the place of what costs nothing, beside a scale without a 0
)

// priceSheet is the layout of the chart.
type priceSheet struct {
	page
	prices
	top, height vg.Length
	panels      []pricePanel
}

// pricePanel is one of the two panels: x is a cost.
type pricePanel struct {
	name     string
	from, to vg.Length // left and right edge
	ticks    []tick    // at holds the tick's position, not its value
	spots    []spot
	named    []spot      // the same, with those that lie on each other merged
	ends     []vg.Length // of the lines to the right; 0 if none
	labels   []label
}

func newPriceSheet(p prices) *priceSheet {
	s := &priceSheet{prices: p}
	s.page = newPage(priceWidth, "What a lock costs on a good day, and what it lets happen on a bad one",
		"Up: number of faults in which money is lost or taken twice, without a guard. Right: what the lock costs when nothing goes wrong.",
		p.says(), nil)
	s.top = s.head()
	s.height = s.top + priceHigh + 50 + s.foot()
	left := vg.Length(margin + priceLeft)
	if !p.counts {
		s.panels = []pricePanel{s.waits(left, priceWidth-margin)}
		return s
	}
	wide := (priceWidth - margin - left - priceApart) / 2
	s.panels = []pricePanel{s.waits(left, left+wide), s.sent(left+wide+priceApart, priceWidth-margin)}
	return s
}

// y returns the position of a number of faults.
func (s *priceSheet) y(faults int) vg.Length {
	return s.top + priceInside + (priceHigh-2*priceInside)*(1-vg.Length(faults)/vg.Length(max(1, s.prices.most)))
}

// waits is the panel of waiting times, on a scale of powers of ten.
func (s *priceSheet) waits(from, to vg.Length) pricePanel {
	p := pricePanel{name: "wait for a free lock, ms", from: from, to: to}
	least, most, free := math.Inf(1), 0.0, false
	for _, l := range s.locks {
		if free = free || l.p50 <= 0; l.p50 > 0 {
			least = min(least, l.p50)
		}
		most = max(most, l.p99)
	}
	if most == 0 {
		least, most = 1, 1
	}
	least = min(least, most)
	low, high := math.Floor(math.Log10(least)*2)/2, math.Ceil(math.Log10(most)*2)/2
	if high <= low {
		high = low + 1
	}
	left := from + priceInside
	if free {
		left += zeroBand
		p.ticks = append(p.ticks, tick{float64(from + priceInside), "0"})
	}
	x := func(ms float64) vg.Length {
		if ms <= 0 {
			return from + priceInside
		}
		part := rounded((math.Log10(ms) - low) / (high - low))
		return left + (to-priceInside-left)*vg.Length(part)
	}
	for power := math.Ceil(low); power <= high; power++ {
		p.ticks = append(p.ticks, tick{float64(x(math.Pow(10, power))), words.ThreeDigits(math.Pow(10, power))})
	}
	for power := math.Floor(low); power <= high; power++ {
		for digit := 2.0; digit < 10; digit++ {
			if ms := digit * math.Pow(10, power); math.Log10(ms) >= low && math.Log10(ms) <= high {
				p.ticks = append(p.ticks, tick{float64(x(ms)), ""})
			}
		}
	}
	for _, l := range s.locks {
		end := vg.Length(0)
		if l.p99 > l.p50 {
			end = x(l.p99)
		}
		p.ends = append(p.ends, end)
		p.spots = append(p.spots, spot{x(l.p50), s.y(l.harmful), labelOf(l.backend)})
	}
	s.label(&p)
	return p
}

// sent is the panel of messages.
func (s *priceSheet) sent(from, to vg.Length) pricePanel {
	p := pricePanel{name: "messages from the client for each lock taken", from: from, to: to}
	most := 1.0
	for _, l := range s.locks {
		most = max(most, l.messages)
	}
	most *= 1.25 // leaves room for the labels of the most expensive
	x := func(n float64) vg.Length {
		return from + priceInside + (to-from-2*priceInside)*vg.Length(rounded(n/most))
	}
	step := max(1, niceStep(most))
	for n := 0.0; n <= most; n += step {
		p.ticks = append(p.ticks, tick{float64(x(n)), strconv.FormatFloat(n, 'f', -1, 64)})
	}
	for _, l := range s.locks {
		p.ends = append(p.ends, 0)
		p.spots = append(p.spots, spot{x(l.messages), s.y(l.harmful), labelOf(l.backend)})
	}
	s.label(&p)
	return p
}

// labelOf is a lock service's name at its point.
func labelOf(backend string) []string {
	const width = 170
	return breakName(backend, width)
}

// label finds places for the names: not on a point, nor on a line.
func (s *priceSheet) label(p *pricePanel) {
	const r, thin = 6, 2.5
	var taken []rect
	for i, spot := range p.spots {
		taken = append(taken,
			rect{spot.x - r, spot.y - r, spot.x + r, spot.y + r},
			rect{spot.x, spot.y - thin, max(spot.x, p.ends[i]+3), spot.y + thin})
	}
	p.named = together(p.spots)
	p.labels = placeLabels(canvas.Bold(smallSize), p.named, taken, rect{p.from + 2, s.top + 2, p.to - 2, s.top + priceHigh - 2})
}
