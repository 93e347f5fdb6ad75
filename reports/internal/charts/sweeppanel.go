package charts

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
)

// panel is the part of the chart that shows one line.
type panel struct {
	sheet  *sweepSheet
	line   sweep.Line
	top    vg.Length
	colour canvas.Colour
	mark   mark
}

// y returns the position of a share.
func (p panel) y(share float64) vg.Length {
	return p.top + panelHead + panelBody*vg.Length(1-share)
}

func (p panel) draw(on canvas.Paper, last bool) {
	p.drawHead(on)
	p.drawDerivedArea(on)
	p.drawScales(on, last)
	p.drawDerivedLine(on)
	for _, point := range p.sheet.Of(p.line.Name) {
		p.drawPoint(on, point)
	}
}

// drawHead names the line and says what was derived for it.
func (p panel) drawHead(on canvas.Paper) {
	const room = sweepWidth - sweepMargin - sweepLeft
	p.mark.draw(on, sweepLeft+6, p.top+8, 6, p.colour)
	on.Text(canvas.Bold(wordSize), sweepLeft+20, p.top+13, canvas.Ink, canvas.Shorten(canvas.Bold(wordSize), p.line.Name, room-20))
	f := canvas.Regular(wordSize - 1)
	text := "derived: " + p.line.Condition
	if p.line.Condition == "never" || p.line.Condition == "always" {
		text += ", because " + p.line.Because
	}
	on.Text(f, sweepLeft+20, p.top+31, canvas.Slate, canvas.Shorten(f, text, room-20))
}

// drawScales draws the grid, the scale of shares, and, under the last panel, that of the parameter.
func (p panel) drawScales(on canvas.Paper, last bool) {
	f := canvas.Regular(smallSize)
	for _, share := range []struct {
		at   float64
		text string
	}{{0, "0 %"}, {0.5, "50 %"}, {1, "100 %"}} {
		on.Pen(0.8, canvas.Mist)
		on.Line(sweepLeft, p.y(share.at), sweepWidth-sweepMargin, p.y(share.at))
		on.Text(f, sweepLeft-8-f.Width(share.text), p.y(share.at)+4, canvas.Slate, share.text)
	}
	for _, t := range p.sheet.axis.ticks {
		x := p.sheet.axis.x(t.at)
		on.Pen(0.8, canvas.Haze)
		on.Line(x, p.y(1), x, p.y(0))
		on.Pen(1, canvas.Slate)
		on.Line(x, p.y(0), x, p.y(0)+4)
		if last {
			on.Text(f, x-f.Width(t.text)/2, p.y(0)+17, canvas.Ink, t.text)
		}
	}
	on.Pen(1, canvas.Slate)
	on.Line(sweepLeft, p.y(0), sweepWidth-sweepMargin, p.y(0))
	if last {
		name, b := p.sheet.axis.name, canvas.Bold(wordSize-1)
		on.Text(b, (sweepLeft+sweepWidth-sweepMargin-b.Width(name))/2, p.y(0)+37, canvas.Ink, name)
	}
}

// derivedPath is the derived share from one end of the scale to the other.
func (p panel) derivedPath() (points []vg.Point) {
	a, d := p.sheet.axis, p.line.Derived
	put := func(x, share float64) { points = append(points, vg.Point{X: a.x(x), Y: p.y(share)}) }
	_, first := d.Around(a.from, 0)
	put(a.from, first)
	for _, at := range d {
		if at.X > a.from && at.X < a.to {
			put(at.X, at.P)
		}
	}
	_, end := d.Around(a.to, 0)
	put(a.to, end)
	return points
}

func (p panel) drawDerivedArea(on canvas.Paper) {
	points := p.derivedPath()
	var path vg.Path
	path.Move(on.At(points[0].X, p.y(0)))
	for _, each := range points {
		path.Line(on.At(each.X, each.Y))
	}
	path.Line(on.At(points[len(points)-1].X, p.y(0)))
	path.Close()
	on.SetColor(canvas.Tint(p.colour, 0.2))
	on.Fill(path)
}

func (p panel) drawDerivedLine(on canvas.Paper) {
	points := p.derivedPath()
	on.Pen(1.4, p.colour, 5, 3)
	for i, b := range points[1:] {
		on.Line(points[i].X, points[i].Y, b.X, b.Y)
	}
	on.Pen(1, canvas.Ink)
}

// drawPoint draws what was measured at one value. A point that contradicts the derivation has a
// cross over it; one without a decided trial is a question mark.
func (p panel) drawPoint(on canvas.Paper, point sweep.Point) {
	x := p.sheet.axis.x(point.X)
	if point.Decided() == 0 {
		f := canvas.Bold(wordSize)
		on.Text(f, x-f.Width("?")/2, p.y(0.5)+5, canvas.Ink, "?")
		return
	}
	low, high := Wilson(point.Violated, point.Decided())
	on.Pen(1.5, p.colour)
	on.Line(x, p.y(low), x, p.y(high))
	for _, end := range []float64{low, high} {
		on.Line(x-3, p.y(end), x+3, p.y(end))
	}
	y := p.y(float64(point.Violated) / float64(point.Decided()))
	p.mark.draw(on, x, y, 4.5, p.colour)
	if point.Outcome == outcome.NotAsExpected {
		on.Pen(2.5, canvas.Violation)
		on.Line(x-8, y-8, x+8, y+8)
		on.Line(x-8, y+8, x+8, y-8)
	}
}
