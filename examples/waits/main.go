// Command waits draws a chart of its own from the folder of a run: how long each lock service lets
// a client wait when nothing goes wrong. It writes waits.svg and waits.png.
//
//	locklab run uncontended && go run . out/latest
package main

import (
	"cmp"
	"context"
	"fmt"
	"gonum.org/v1/plot/vg"
	"math"
	"os"
	"slices"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// scenario is the one whose waits are drawn, unless another is named.
const scenario = "uncontended"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "waits:", err)
		os.Exit(3)
	}
}

func run(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("%d arguments, expected the folder of a run and, if it is not %s, a scenario without a fault", len(args), scenario)
	}
	set, err := results.Read(context.Background(), args[:1], nil)
	if err != nil {
		return err
	}
	of := scenario
	if len(args) == 2 {
		of = args[1]
	}
	if card := set.Card(of); card == nil || len(card.Faults) > 0 {
		return fmt.Errorf("%s has no scenario %s without a fault: run one with `locklab run %s`, or name another", args[0], of, scenario)
	}
	cells := slices.DeleteFunc(set.Cells, func(c outcome.Summary) bool { return c.Scenario != of || c.Trials == 0 })
	if len(cells) == 0 {
		return fmt.Errorf("%s has no trial of scenario %s: run it to its end", args[0], of)
	}
	c := chartOf(cells)
	figure := &canvas.Figure{Width: width, Height: c.bottom() + below, Draw: c.draw}
	if err := figure.SaveSVG("waits.svg"); err != nil {
		return err
	}
	return figure.SavePNG("waits.png")
}

// row is one lock service; waits are in ms.
type row struct {
	name     string
	p50, p99 float64
}

// chart is what is drawn: a scale in powers of ten from low to high, and a row for each service.
type chart struct {
	title     string
	rows      []row
	low, high float64
	from      vg.Length // left edge of the scale
}

const (
	width, margin, line, top, below = 760, 24, 26, 92, 42
	right                           = width - margin - 90 // leaves room for the figures behind the longest line
)

// chartOf draws one world and one guard, those of the first cell: other waits cannot be compared.
func chartOf(cells []outcome.Summary) chart {
	first := cells[0]
	c := chart{low: math.Inf(1), high: math.Inf(-1)}
	c.title = fmt.Sprintf("How long a lock keeps a client waiting: %s, %s world", first.Scenario, first.World)
	for _, cell := range outcome.OneDiscipline(cells) {
		wait, _ := cell.Spread(check.Wait)
		if cell.World != first.World || cell.Guard != first.Guard || wait.P50 <= 0 {
			continue // without a lock nobody waits, and a logarithmic scale has no zero
		}
		r := row{canvas.Shorten(canvas.Regular(13), cell.Backend, 200), 1e3 * wait.P50, 1e3 * wait.P99}
		c.rows = append(c.rows, r)
		c.low, c.high = min(c.low, math.Floor(math.Log10(r.p50))), max(c.high, math.Ceil(math.Log10(r.p99)))
		c.from = max(c.from, margin+canvas.Regular(13).Width(r.name)+24)
	}
	c.high = max(c.high, c.low+1)
	slices.SortStableFunc(c.rows, func(a, b row) int { return cmp.Compare(a.p50, b.p50) })
	return c
}

func (c chart) bottom() vg.Length { return vg.Length(top + line*len(c.rows)) }

func (c chart) x(ms float64) vg.Length {
	return c.from + (right-c.from)*vg.Length((math.Log10(ms)-c.low)/(c.high-c.low))
}

// draw tells the two figures apart by shape: a disc is the median, a bar across the 99th percentile.
func (c chart) draw(on canvas.Paper) {
	regular := canvas.Regular(13)
	on.Rect(0, 0, width, c.bottom()+below, canvas.Ground)
	on.Text(canvas.Bold(18), margin, 40, canvas.Ink, canvas.Shorten(canvas.Bold(18), c.title, width-2*margin))
	on.Text(regular, margin, 64, canvas.Slate, "When nothing goes wrong. Disc: median, bar: 99th percentile; means of the trials. Logarithmic scale.")
	for power := c.low; power <= c.high; power++ {
		ms := math.Pow(10, power)
		on.Pen(0.8, canvas.Mist)
		on.Line(c.x(ms), top-6, c.x(ms), c.bottom())
		text := words.ThreeDigits(ms) + " ms"
		on.Text(regular, c.x(ms)-regular.Width(text)/2, c.bottom()+18, canvas.Ink, text)
	}
	for i, r := range c.rows {
		y := vg.Length(top + line*i + line/2)
		on.Text(regular, margin, y+4, canvas.Ink, r.name)
		on.Pen(2, canvas.Tint(canvas.Blue, 0.55))
		on.Line(c.x(r.p50), y, c.x(r.p99), y)
		on.Line(c.x(r.p99), y-5, c.x(r.p99), y+5)
		on.SetColor(canvas.Blue)
		on.Fill(on.Circle(c.x(r.p50), y, 5))
		both := words.ThreeDigits(r.p50) + " – " + words.ThreeDigits(r.p99)
		on.Rect(c.x(r.p99)+8, y-8, c.x(r.p99)+12+regular.Width(both), y+8, canvas.Ground) // no grid behind figures
		on.Text(regular, c.x(r.p99)+10, y+4, canvas.Slate, both)
	}
}
