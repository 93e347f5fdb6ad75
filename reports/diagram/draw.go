package diagram

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/reports/canvas"

	"github.com/locklab/locklab/sim"
	"gonum.org/v1/plot/vg"
)

// draw puts the sheet on paper, from back to front.
func (p *sheet) draw(on canvas.Paper) {
	on.Rect(0, 0, p.width, p.height, canvas.Ground)
	p.drawHead(on)
	for _, b := range p.breaks {
		on.Rect(margin, b.top, p.width-margin, b.bottom, canvas.Haze)
	}
	for _, s := range p.stops {
		x := p.xs[s.column]
		on.Rect(x-stopWidth/2, p.y(s.from), x+stopWidth/2, p.y(s.to), canvas.Mist)
	}
	for i, c := range p.columns {
		p.drawColumn(on, i, c)
	}
	for _, b := range p.bars {
		p.drawBar(on, b)
	}
	for _, c := range p.cuts {
		p.drawCut(on, c)
	}
	for _, a := range p.arrows {
		p.drawArrow(on, a)
	}
	for _, l := range p.labels {
		p.drawLabel(on, l)
	}
	for _, d := range p.dots {
		p.drawDot(on, d)
	}
	p.drawAxis(on)
	p.drawLegend(on, p.bottom+16)
	y := p.bottom + 16 + p.legendHeight()
	for _, line := range p.captionLines() {
		y += labelSize + 4
		on.Text(canvas.Regular(labelSize), margin, y-4, canvas.Slate, line)
	}
}

func (p *sheet) drawHead(on canvas.Paper) {
	room := p.width - 2*margin
	y := margin + titleSize
	on.Text(canvas.Bold(titleSize), margin, y-3, canvas.Ink, canvas.Shorten(canvas.Bold(titleSize), p.title, room))
	y += labelSize + 6
	on.Text(canvas.Regular(labelSize), margin, y-1, canvas.Slate, canvas.Shorten(canvas.Regular(labelSize), p.subtitle, room))
	y += 10
	c := canvas.Slate
	if p.violated {
		c = canvas.Violation
	}
	on.Rect(margin, y, margin+4, y+vg.Length(len(p.verdictLines))*(verdictSize+5), c)
	for i, line := range p.verdictLines {
		on.Text(canvas.Bold(verdictSize), margin+12, y+vg.Length(i+1)*(verdictSize+5)-5, canvas.Ink, line)
	}
}

var titles = map[columnKind]string{clientColumn: "client", serverColumn: "lock server", accountColumn: "account"}

func (p *sheet) drawColumn(on canvas.Paper, i int, c column) {
	x := p.xs[i]
	on.Pen(1, canvas.Stone)
	on.Line(x, p.top, x, p.bottom)
	name := canvas.Bold(nameSize)
	text := canvas.Shorten(name, string(c.host), p.gap()-12)
	half := max(name.Width(text)/2+8, 32)
	ground := canvas.Mist
	if c.client != nobody {
		ground = canvas.ClientColour(c.client)
	}
	on.Rect(x-half, p.top-34, x+half, p.top, ground)
	on.Text(name, x-name.Width(text)/2, p.top-20, canvas.TextOn(ground), text)
	small := canvas.Regular(labelSize - 1)
	on.Text(small, x-small.Width(titles[c.kind])/2, p.top-7, canvas.TextOn(ground), titles[c.kind])
}

func (p *sheet) drawBar(on canvas.Paper, b bar) {
	x, y0, y1 := p.xs[b.column], p.y(b.from), p.y(b.to)
	c := canvas.ClientColour(b.client)
	switch b.style {
	case overrun:
		on.Hatch(x-barWidth/2, y0, x+barWidth/2, y1, c)
	case granted:
		on.Rect(x-barWidth/2, y0, x+barWidth/2, y1, canvas.Granted(c))
		on.Frame(x-barWidth/2, y0, x+barWidth/2, y1, 0.8, c)
	case held:
		on.Rect(x-barWidth/2, y0, x+barWidth/2, y1, c)
	}
}

func (p *sheet) drawCut(on canvas.Paper, c cut) {
	y := p.y(c.at)
	on.Pen(1.2, canvas.Slate, 4, 3)
	x0, x1 := p.xs[c.columns[0]], p.xs[c.columns[len(c.columns)-1]]
	on.Line(x0-stopWidth/2, y, x1+stopWidth/2, y)
}

func (p *sheet) drawArrow(on canvas.Paper, a arrow) {
	c := canvas.Stone
	if a.client != nobody {
		c = canvas.ClientColour(a.client)
	}
	x0, x1, y0, y1 := p.mainPart(a)
	switch {
	case a.Fate == sim.Arrived:
		on.Pen(1.3, c)
		on.Arrow(x0, y0, x1, y1)
		if a.Lost != 0 {
			p.drawLoss(on, a, c)
		}
	case a.Lost != 0:
		p.drawLoss(on, a, c)
	default:
		on.Pen(1.3, c, 4, 2)
		on.Line(x0, y0, x1, y1)
	}
}

// drawLoss draws a message's way up to where the network lost it.
func (p *sheet) drawLoss(on canvas.Paper, a arrow, c canvas.Colour) {
	x, y := p.crossing(a)
	on.Pen(1.3, c, 4, 2.5)
	on.Line(p.xs[a.from], p.y(a.Sent), x, y)
	on.Pen(1.8, canvas.Ink)
	on.Line(x-crossArm, y-crossArm, x+crossArm, y+crossArm)
	on.Line(x-crossArm, y+crossArm, x+crossArm, y-crossArm)
}

func (p *sheet) drawLabel(on canvas.Paper, l label) {
	f := canvas.Regular(labelSize)
	if l.bold {
		f = canvas.Bold(labelSize)
	}
	on.Rect(l.x0, l.y0, l.x1, l.y1, canvas.Ground)
	on.Text(f, l.x0+1.5, l.y1-3.5, l.colour, l.text)
}

func (p *sheet) drawDot(on canvas.Paper, d dot) {
	c := canvas.Ink
	if d.client != nobody {
		c = canvas.ClientColour(d.client)
	}
	if d.guilty {
		c = canvas.Violation
	}
	x, y := p.xs[d.column], p.y(d.at)
	on.SetColor(canvas.Ground)
	on.Fill(on.Circle(x, y, dotRadius+1.2))
	on.SetColor(c)
	on.Fill(on.Circle(x, y, dotRadius))
}

// drawAxis writes the true time at the left edge, wherever there is room, and the length of periods
// that are cut short.
func (p *sheet) drawAxis(on canvas.Paper) {
	small := canvas.Regular(labelSize)
	for _, b := range p.breaks {
		text := "… " + b.text + " …"
		on.Text(canvas.Bold(labelSize), margin+4, b.bottom-6, canvas.Slate, text)
		on.Text(small, p.width-margin-4-small.Width(b.omitted), b.bottom-6, canvas.Slate, b.omitted)
	}
	last, before := vg.Length(0), ""
	for i, at := range p.moments {
		y := p.ys[i]
		text := clockTime(at)
		if y-last < labelSize+3 || text == before || p.inBreak(y) {
			continue
		}
		last, before = y, text
		on.Text(small, margin+axisWidth-10-small.Width(text), y+3.5, canvas.Slate, text)
		on.Pen(0.8, canvas.Stone)
		on.Line(margin+axisWidth-7, y, margin+axisWidth-3, y)
	}
}

func (p *sheet) inBreak(y vg.Length) bool {
	for _, b := range p.breaks {
		if y > b.top-labelSize/2-1 && y < b.bottom+labelSize/2+1 {
			return true
		}
	}
	return false
}

// clockTime formats a point of true time, always with the same number of digits.
func clockTime(at time.Duration) string {
	if at == 0 {
		return "0"
	}
	return fmt.Sprintf("%.4f s", at.Seconds())
}
