package reports

import "gonum.org/v1/plot/vg"

// drawMarks draws a lane's marks on its bar, and their labels on poles above it.
func (p *sheet) drawMarks(on paper, r row, l lane) {
	for _, f := range r.tags {
		y := r.bar - 3 - vg.Length(f.row)*tagRow
		on.pen(0.8, colourOf(l.marks[f.mark].client))
		on.line(f.x, r.bar, f.x, y-tagRow+4)
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

func (p *sheet) drawMark(on paper, r row, m mark) {
	x, middle := p.x(m.at), (r.bar+r.bottom)/2
	if m.guilty {
		on.pen(2.2, vermillion)
		on.Stroke(on.circle(x, middle, 8.5))
	}
	drawSymbol(on, x, middle, m.style, m.client)
}

// drawSymbol draws a mark's symbol around a point; white behind it keeps it readable on
// every bar.
func drawSymbol(on paper, x, y vg.Length, style markStyle, client int) {
	c := colourOf(client)
	switch style {
	case tick:
		on.pen(5, white)
		on.line(x, y-barHeight/2, x, y+barHeight/2)
		on.pen(2.6, ink)
		on.line(x, y-barHeight/2, x, y+barHeight/2)
	case openDot:
		on.SetColor(white)
		on.Fill(on.circle(x, y, 4))
		on.pen(1.6, ink)
		on.Stroke(on.circle(x, y, 4))
	case cross:
		for _, pen := range []struct {
			width vg.Length
			dark  bool
		}{{5, false}, {2.4, true}} {
			on.pen(pen.width, white)
			if pen.dark {
				on.pen(pen.width, ink)
			}
			on.line(x-4.5, y-4.5, x+4.5, y+4.5)
			on.line(x-4.5, y+4.5, x+4.5, y-4.5)
		}
	case smallDot:
		on.SetColor(white)
		on.Fill(on.circle(x, y, 3.4))
		on.SetColor(c)
		on.Fill(on.circle(x, y, 2.2))
	}
}
