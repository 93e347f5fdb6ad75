package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
)

// drawMarks draws a lane's marks on its bar, and their labels on poles above it.
func (p *sheet) drawMarks(on canvas.Paper, r row, l lane) {
	for _, f := range r.tags {
		y := r.bar - 3 - vg.Length(f.row)*tagRow
		m := l.marks[f.mark]
		on.Pen(0.8, canvas.ClientColour(m.client))
		foot := r.bar
		if m.style == turned {
			on.Pen(1, canvas.Vermillion)
			foot = flagTop(r, m)
		}
		on.Line(f.x, foot, f.x, y-tagRow+4)
	}
	for _, reads := range []bool{true, false} { // reads below: there are many, and they did no harm
		for _, m := range l.marks {
			if reads == (m.style == openDot) {
				p.drawMark(on, r, m)
			}
		}
	}
	for _, f := range r.tags {
		m := l.marks[f.mark]
		y := r.bar - 3 - vg.Length(f.row)*tagRow
		p.clearText(on, l, f.left, y-2, m.label)
	}
}

func (p *sheet) drawMark(on canvas.Paper, r row, m mark) {
	x, middle := p.x(m.at), (r.bar+r.bottom)/2
	if m.style == turned {
		drawFlag(on, r, x, m)
		return
	}
	if m.guilty {
		on.Pen(2.2, canvas.Vermillion)
		on.Stroke(on.Circle(x, middle, 8.5))
	}
	drawSymbol(on, x, middle, m.style, m.client)
}

// drawSymbol draws a mark's symbol around a point; white behind it keeps it readable on
// every bar.
func drawSymbol(on canvas.Paper, x, y vg.Length, style markStyle, client int) {
	c := canvas.ClientColour(client)
	switch style {
	case tick:
		on.Pen(5, canvas.White)
		on.Line(x, y-barHeight/2, x, y+barHeight/2)
		on.Pen(2.6, canvas.Ink)
		on.Line(x, y-barHeight/2, x, y+barHeight/2)
	case openDot:
		on.SetColor(canvas.White)
		on.Fill(on.Circle(x, y, 4))
		on.Pen(1.6, canvas.Ink)
		on.Stroke(on.Circle(x, y, 4))
	case cross:
		for _, pen := range []struct {
			width vg.Length
			dark  bool
		}{{5, false}, {2.4, true}} {
			on.Pen(pen.width, canvas.White)
			if pen.dark {
				on.Pen(pen.width, canvas.Ink)
			}
			on.Line(x-4.5, y-4.5, x+4.5, y+4.5)
			on.Line(x-4.5, y+4.5, x+4.5, y-4.5)
		}
	case smallDot:
		on.SetColor(canvas.White)
		on.Fill(on.Circle(x, y, 3.4))
		on.SetColor(c)
		on.Fill(on.Circle(x, y, 2.2))
	case turned: // is a flag, which is drawn elsewhere
	}
}
