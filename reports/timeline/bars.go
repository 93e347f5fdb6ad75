package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
)

// drawBar draws a bar and labels it inside, if there is room.
func (p *sheet) drawBar(on canvas.Paper, r row, l lane, b bar) {
	x0, x1 := p.x(b.from), p.x(b.to)
	x1 = max(x1, x0+1.2) // a bar too short to see was there all the same
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
		case overrun, knowing:
			boxedText(on, x, y, text)
		case held, granted, balance, remembered, inEffect:
			on.Text(canvas.Regular(labelSize), x, y, canvas.TextOn(under), text)
		}
		return
	}
	if b.style != inEffect || len(b.labels) == 0 {
		return
	}
	// Even a short fault is named, as long as there is room before the next one or after the
	// previous one.
	next, before := p.nextBar(l, b), p.barBefore(l, b)
	for _, text := range b.labels {
		w := canvas.Regular(labelSize).Width(text)
		if x1+6+w+4 <= next || next >= p.right && x1+6+w <= p.right+8 {
			on.Text(canvas.Regular(labelSize), x1+6, y, canvas.Ink, text)
			return
		}
		if x0-6-w-4 >= before {
			on.Text(canvas.Regular(labelSize), x0-6-w, y, canvas.Ink, text)
			return
		}
	}
}

// barBefore returns where the bar before b in its lane ends, including a name that may follow it;
// the beginning of the picture if there is none.
func (p *sheet) barBefore(l lane, b bar) vg.Length {
	before := p.left
	for _, other := range l.bars {
		if other.from >= b.from {
			continue
		}
		end := p.x(other.to)
		if len(other.labels) > 0 {
			end += 6 + canvas.Regular(labelSize).Width(other.labels[0])
		}
		before = max(before, end)
	}
	return before
}

// nextBar returns where the bar after b in its lane begins; the end of the picture if there is
// none.
func (p *sheet) nextBar(l lane, b bar) vg.Length {
	next := p.right
	for _, other := range l.bars {
		if other.from > b.from {
			next = min(next, p.x(other.from))
		}
	}
	return next
}

// paintBar draws the bar itself and returns the colour that text on it has to contrast with.
func paintBar(on canvas.Paper, r row, b bar, x0, x1 vg.Length) canvas.Colour {
	c := canvas.ClientColour(b.client)
	middle := (r.bar + r.bottom) / 2
	switch b.style {
	case waiting:
		on.Pen(1.8, c)
		on.Line(x0, middle, x1, middle)
		on.Line(x0, middle-4, x0, middle+4)
		return canvas.Ground
	case overrun:
		on.Hatch(x0, r.bar, x1, r.bottom, c)
		return canvas.Ground
	case knowing:
		on.Hatch(x0, r.bar, x1, r.bottom, canvas.Slate)
		return canvas.Ground
	case granted:
		on.Rect(x0, r.bar, x1, r.bottom, canvas.Granted(c))
		on.Frame(x0, r.bar, x1, r.bottom, 1, c)
		return canvas.Granted(c)
	case balance:
		c = canvas.Mist
	case inEffect:
		c = canvas.Slate
	case held, remembered: // in the colour of their owner
	}
	on.Rect(x0, r.bar, x1, r.bottom, c)
	return c
}

// roomInBar finds a place for a text in a bar that none of the lane's marks covers.
func (p *sheet) roomInBar(l lane, x0, x1 vg.Length, text string) (x vg.Length, fits bool) {
	const pad = 6
	w := canvas.Regular(labelSize).Width(text)
	x = max(x0+pad, p.left+pad)
	for _, m := range l.marks {
		at, reach := p.x(m.at), vg.Length(6)
		if m.guilty || m.saving {
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

// boxedText writes on white, where lines would make text hard to read.
func boxedText(on canvas.Paper, x, y vg.Length, text string) {
	f := canvas.Regular(labelSize)
	on.Rect(x-2, y-9.5, x+f.Width(text)+2, y+3, canvas.Ground)
	on.Text(f, x, y, canvas.Ink, text)
}

// clearText writes on the lane's own background, so that lines which pass through the lane do not
// run through the text.
func (p *sheet) clearText(on canvas.Paper, l lane, x, y vg.Length, text string) {
	f := canvas.Regular(labelSize)
	x0, x1 := x-2, x+f.Width(text)+2
	lay := func(stretches []interval, c canvas.Colour) {
		for _, each := range stretches {
			from, to := max(x0, p.x(each.from)), min(x1, p.x(each.to))
			if from < to {
				on.Rect(from, y-9.5, to, y+3, c)
			}
		}
	}
	on.Rect(x0, y-9.5, x1, y+3, canvas.Ground)
	lay(l.pauses, canvas.Mist)
	lay(p.bands(), canvas.ViolationTint)
	on.Text(f, x, y, canvas.Ink, text)
}
