package diagram

import (
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/sim"
	"gonum.org/v1/plot/vg"
)

// legendEntry is a sign and its meaning.
type legendEntry struct {
	text string
	draw func(on canvas.Paper, x, y vg.Length) // around y, signWidth wide
}

const (
	signWidth = vg.Length(24)
	legendRow = vg.Length(18)
)

// legend lists the signs that the picture uses.
func (p *sheet) legend() []legendEntry {
	entries := []legendEntry{
		{"a message, from when it was sent to when it arrived", func(on canvas.Paper, x, y vg.Length) {
			on.Pen(1.3, canvas.Blue)
			on.Arrow(x, y-3, x+signWidth, y+3)
		}},
	}
	add := func(wanted bool, text string, draw func(on canvas.Paper, x, y vg.Length)) {
		if wanted {
			entries = append(entries, legendEntry{text, draw})
		}
	}
	has := func(style barStyle) bool {
		for _, b := range p.bars {
			if b.style == style {
				return true
			}
		}
		return false
	}
	lost, waits, guilty := false, false, false
	for _, a := range p.arrows {
		lost = lost || a.Lost != 0
		waits = waits || a.Lost == 0 && a.Fate != sim.Arrived
	}
	for _, d := range p.dots {
		guilty = guilty || d.guilty
	}
	box := func(on canvas.Paper, x, y vg.Length) (x0, y0, x1, y1 vg.Length) {
		return x + 8, y - 7, x + 8 + barWidth, y + 7
	}
	add(lost, "lost by the network", func(on canvas.Paper, x, y vg.Length) {
		on.Pen(1.3, canvas.Blue, 4, 2.5)
		on.Line(x, y-2, x+16, y+2)
		on.Pen(1.8, canvas.Ink)
		on.Line(x+12, y-2, x+20, y+6)
		on.Line(x+12, y+6, x+20, y-2)
	})
	add(waits, "still under way at the end", func(on canvas.Paper, x, y vg.Length) {
		on.Pen(1.3, canvas.Blue, 4, 2)
		on.Line(x, y-4, x+16, y+5)
	})
	add(has(held), "believes it holds the lock", func(on canvas.Paper, x, y vg.Length) {
		x0, y0, x1, y1 := box(on, x, y)
		on.Rect(x0, y0, x1, y1, canvas.Blue)
	})
	add(has(overrun), "still does, past its own deadline", func(on canvas.Paper, x, y vg.Length) {
		x0, y0, x1, y1 := box(on, x, y)
		on.Hatch(x0, y0, x1, y1, canvas.Blue)
	})
	add(has(granted), "the server holds it for that client", func(on canvas.Paper, x, y vg.Length) {
		x0, y0, x1, y1 := box(on, x, y)
		on.Rect(x0, y0, x1, y1, canvas.Granted(canvas.Blue))
		on.Frame(x0, y0, x1, y1, 0.8, canvas.Blue)
	})
	add(len(p.stops) > 0, "the host does nothing", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-7, x+signWidth, y+7, canvas.Mist)
	})
	add(guilty, "evidence of the violation", func(on canvas.Paper, x, y vg.Length) {
		on.SetColor(canvas.Violation)
		on.Fill(on.Circle(x+12, y, dotRadius))
	})
	add(len(p.breaks) > 0, "time is cut short by as much as is said there", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-6, x+signWidth, y+6, canvas.Haze)
		on.Text(canvas.Bold(labelSize), x+7, y+2, canvas.Slate, "…")
	})
	return entries
}

// flow calls do for each entry with its position, line by line.
func (p *sheet) flow(do func(e legendEntry, x, y vg.Length)) (height vg.Length) {
	f := canvas.Regular(labelSize)
	x, y := margin, legendRow/2
	for _, e := range p.legend() {
		w := signWidth + 6 + f.Width(e.text) + 18
		if x > margin && x+w > p.width-margin {
			x, y = margin, y+legendRow
		}
		do(e, x, y)
		x += w
	}
	return y + legendRow/2
}

func (p *sheet) legendHeight() vg.Length {
	return p.flow(func(legendEntry, vg.Length, vg.Length) {}) + 4
}

func (p *sheet) drawLegend(on canvas.Paper, top vg.Length) {
	p.flow(func(e legendEntry, x, y vg.Length) {
		e.draw(on, x, top+y)
		on.Text(canvas.Regular(labelSize), x+signWidth+6, top+y+3.5, canvas.Slate, e.text)
	})
}
