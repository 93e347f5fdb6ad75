package timeline

import (
	"slices"

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
			on.Pen(1, canvas.Violation)
			foot = flagTop(r, m)
		}
		on.Line(f.x, foot, f.x, y-tagRow+4)
	}
	for _, reads := range []bool{true, false} { // reads go below: there are many, and they did no harm
		for _, m := range l.marks {
			if reads == (m.style == openDot) {
				p.drawMark(on, r, l, m)
			}
		}
	}
	for _, f := range r.tags {
		m := l.marks[f.mark]
		y := r.bar - 3 - vg.Length(f.row)*tagRow
		p.clearText(on, l, f.left, y-2, m.label)
	}
}

func (p *sheet) drawMark(on canvas.Paper, r row, l lane, m mark) {
	x, middle := p.x(m.at), (r.bar+r.bottom)/2
	if m.style == turned {
		drawFlag(on, r, x, m)
		return
	}
	if m.guilty {
		on.Pen(2.2, canvas.Violation)
		on.Stroke(on.Circle(x, middle, 8.5))
	}
	if m.saving {
		on.Pen(2.2, canvas.Ink)
		on.Stroke(on.Circle(x, middle, 8.5))
	}
	if m.style == look && (m.before || p.hidden(l, m)) {
		x = max(x-lookSize-2, p.left+lookSize) // before the pause or the write that came next, not half under it
	}
	if m.style == look && l.told(m) {
		return // its words suffice: the sign of what it was told is already there
	}
	drawSymbol(on, x, middle, m.style, m.client)
}

// told reports whether a client was told of a loss or refusal right before this mark.
func (l lane) told(m mark) bool {
	return slices.ContainsFunc(l.marks, func(o mark) bool { return o.style == cross && o.seq < m.seq && m.at-o.at < atOnce })
}

// hidden reports whether the sign of a later mark covers this one's.
func (p *sheet) hidden(l lane, m mark) bool {
	return slices.ContainsFunc(l.marks, func(o mark) bool {
		return o.seq > m.seq && o.style != turned && p.x(o.at)-p.x(m.at) < lookSize+2
	})
}

// lookSize is half the size of the sign of a look.
const lookSize = vg.Length(6)

// drawSymbol draws a mark's symbol around a point; white behind it keeps it readable on every bar.
func drawSymbol(on canvas.Paper, x, y vg.Length, style markStyle, client int) {
	c := canvas.ClientColour(client)
	switch style {
	case tick:
		on.Pen(5, canvas.Ground)
		on.Line(x, y-barHeight/2, x, y+barHeight/2)
		on.Pen(2.6, canvas.Ink)
		on.Line(x, y-barHeight/2, x, y+barHeight/2)
	case look:
		var eye vg.Path // a diamond
		for i, corner := range [][2]vg.Length{{0, -lookSize}, {lookSize, 0}, {0, lookSize}, {-lookSize, 0}} {
			at := on.At(x+corner[0], y+corner[1])
			if i == 0 {
				eye.Move(at)
			} else {
				eye.Line(at)
			}
		}
		eye.Close()
		on.SetColor(canvas.Ground)
		on.Fill(eye)
		on.Pen(1.6, canvas.Ink)
		on.Stroke(eye)
		on.SetColor(canvas.Ink)
		on.Fill(on.Circle(x, y, 1.8))
	case openDot:
		on.SetColor(canvas.Ground)
		on.Fill(on.Circle(x, y, 4))
		on.Pen(1.6, canvas.Ink)
		on.Stroke(on.Circle(x, y, 4))
	case cross:
		for _, pen := range []struct {
			width vg.Length
			dark  bool
		}{{5, false}, {2.4, true}} {
			on.Pen(pen.width, canvas.Ground)
			if pen.dark {
				on.Pen(pen.width, canvas.Ink)
			}
			on.Line(x-4.5, y-4.5, x+4.5, y+4.5)
			on.Line(x-4.5, y+4.5, x+4.5, y-4.5)
		}
	case smallDot:
		on.SetColor(canvas.Ground)
		on.Fill(on.Circle(x, y, 3.4))
		on.SetColor(c)
		on.Fill(on.Circle(x, y, 2.2))
	case turned: // a flag, which is drawn elsewhere
	}
}
