package reports

import (
	"image/color"

	"gonum.org/v1/plot/vg"
)

// drawBar draws a bar and writes into it what it is, where there is room.
func (p *sheet) drawBar(on paper, r row, l lane, b bar) {
	x0, x1 := p.x(b.from), p.x(b.to)
	x1 = max(x1, x0+1.2) // what was too short to see was there all the same
	under := paintBar(on, r, b, x0, x1)
	y := (r.bar+r.bottom)/2 + 4
	room := x1
	if b.style == inEffect {
		room = min(x1, p.nextBar(l, b)) // the next one may begin before this one ends
	}
	for _, text := range b.labels {
		x, fits := p.roomInBar(l, x0, room, text)
		if !fits {
			continue
		}
		switch b.style {
		case waiting:
			p.clearText(on, l, x, y, text)
		case overrun:
			boxedText(on, x, y, text)
		default:
			on.text(regular(labelSize), x, y, textOn(under), text)
		}
		return
	}
	if b.style != inEffect || len(b.labels) == 0 {
		return
	}
	// A fault is named even if it was short, as long as there is room before the next, or
	// after the one before.
	next, before := p.nextBar(l, b), p.barBefore(l, b)
	for _, text := range b.labels {
		w := regular(labelSize).Width(text)
		if x1+6+w+4 <= next || next >= p.right && x1+6+w <= p.right+8 {
			on.text(regular(labelSize), x1+6, y, ink, text)
			return
		}
		if x0-6-w-4 >= before {
			on.text(regular(labelSize), x0-6-w, y, ink, text)
			return
		}
	}
}

// barBefore is where what comes before b in its lane ends, with a name that may stand behind
// it; the beginning of the picture if there is nothing.
func (p *sheet) barBefore(l lane, b bar) vg.Length {
	before := p.left
	for _, other := range l.bars {
		if other.from >= b.from {
			continue
		}
		end := p.x(other.to)
		if len(other.labels) > 0 {
			end += 6 + regular(labelSize).Width(other.labels[0])
		}
		before = max(before, end)
	}
	return before
}

// nextBar is where the bar that follows b in its lane begins; the end of the picture if
// there is none.
func (p *sheet) nextBar(l lane, b bar) vg.Length {
	next := p.right
	for _, other := range l.bars {
		if other.from > b.from {
			next = min(next, p.x(other.from))
		}
	}
	return next
}

// paintBar draws the bar itself and gives the colour that text on it has to stand out
// from.
func paintBar(on paper, r row, b bar, x0, x1 vg.Length) color.NRGBA {
	c := colourOf(b.client)
	middle := (r.bar + r.bottom) / 2
	switch b.style {
	case waiting:
		on.pen(1.8, c)
		on.line(x0, middle, x1, middle)
		on.line(x0, middle-4, x0, middle+4)
		return white
	case overrun:
		on.hatch(x0, r.bar, x1, r.bottom, c)
		return white
	case granted:
		on.fill(x0, r.bar, x1, r.bottom, tint(c, 0.35))
		on.outline(x0, r.bar, x1, r.bottom, 1, c)
		return tint(c, 0.35)
	case balance:
		c = mist
	case inEffect:
		c = slate
	}
	on.fill(x0, r.bar, x1, r.bottom, c)
	return c
}

// roomInBar finds a place for a text in a bar that none of the lane's marks covers.
func (p *sheet) roomInBar(l lane, x0, x1 vg.Length, text string) (x vg.Length, fits bool) {
	const pad = 6
	w := regular(labelSize).Width(text)
	x = max(x0+pad, p.left+pad)
	for _, m := range l.marks {
		at, reach := p.x(m.at), vg.Length(6)
		if m.guilty {
			reach = 10
		}
		if at+reach < x {
			continue
		}
		if x+w <= at-reach {
			break
		}
		x = at + reach + 2
	}
	return x, x+w+pad <= min(x1, p.right)
}

// textBeside writes to the right of what lies between x0 and x1, or to the left of it.
func (p *sheet) textBeside(on paper, x0, x1, y vg.Length, text string) {
	w := regular(labelSize).Width(text)
	if x1+6+w <= p.right+8 || x0-6-w < p.left {
		on.text(regular(labelSize), x1+6, y, ink, text)
		return
	}
	on.text(regular(labelSize), x0-6-w, y, ink, text)
}

// boxedText writes on white, where lines would make text hard to read.
func boxedText(on paper, x, y vg.Length, text string) {
	f := regular(labelSize)
	on.fill(x-2, y-9.5, x+f.Width(text)+2, y+3, white)
	on.text(f, x, y, ink, text)
}

// clearText writes on the lane's own ground, so that lines which pass through the lane
// do not run through the text.
func (p *sheet) clearText(on paper, l lane, x, y vg.Length, text string) {
	f := regular(labelSize)
	x0, x1 := x-2, x+f.Width(text)+2
	lay := func(over []interval, c color.NRGBA) {
		for _, each := range over {
			from, to := max(x0, p.x(each.from)), min(x1, p.x(each.to))
			if from < to {
				on.fill(from, y-9.5, to, y+3, c)
			}
		}
	}
	on.fill(x0, y-9.5, x1, y+3, white)
	lay(l.pauses, mist)
	lay(p.bands(), violationTint)
	on.text(f, x, y, ink, text)
}
