package timeline

import (
	"slices"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/beliefs"
	"gonum.org/v1/plot/vg"
)

// legendItem is a sample and what it stands for.
type legendItem struct {
	text   string
	sample func(on canvas.Paper, x, y vg.Length) // draws around y, sampleWidth wide
}

type legendRow struct {
	y     vg.Length // middle of the row
	items []placedItem
}

type placedItem struct {
	legendItem
	x vg.Length
}

const sampleWidth = vg.Length(26)

// arrangeLegend explains what the picture uses, and nothing else.
func (p *sheet) arrangeLegend(y vg.Length) ([]legendRow, vg.Length) {
	const rowHeight, apart, gap = 19, 6, 20
	f := canvas.Regular(labelSize)
	if len(p.legendItems()) == 0 {
		return nil, y
	}
	y += 14
	rows := []legendRow{{y: y}}
	x := margin
	for _, item := range p.legendItems() {
		w := sampleWidth + apart + f.Width(item.text)
		last := &rows[len(rows)-1]
		if x+w > pageWidth-margin && len(last.items) > 0 {
			y += rowHeight
			rows = append(rows, legendRow{y: y})
			last = &rows[len(rows)-1]
			x = margin
		}
		last.items = append(last.items, placedItem{item, x})
		x += w + gap
	}
	return rows, y + rowHeight
}

func (p *sheet) drawLegend(on canvas.Paper) {
	f := canvas.Regular(labelSize)
	for _, r := range p.legend {
		for _, item := range r.items {
			item.sample(on, item.x, r.y)
			on.Text(f, item.x+sampleWidth+6, r.y+4, canvas.Ink, item.text)
		}
	}
}

func (p *sheet) drawCaption(on canvas.Paper) {
	lines := p.captionLines()
	y := p.height - margin - vg.Length(len(lines))*(labelSize+4)
	for i, line := range lines {
		on.Text(canvas.Regular(labelSize), margin, y+vg.Length(i+1)*(labelSize+4)-3, canvas.Slate, line)
	}
}

func (p *sheet) legendItems() []legendItem {
	const half = 6
	c := canvas.ClientColour(0)
	var items []legendItem
	add := func(used bool, text string, sample func(on canvas.Paper, x, y vg.Length)) {
		if used {
			items = append(items, legendItem{text, sample})
		}
	}
	add(p.usesBar(held), "client believes it holds the lock", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-half, x+sampleWidth, y+half, c)
	})
	add(p.usesBar(overrun), "the same, past its own deadline", func(on canvas.Paper, x, y vg.Length) {
		on.Hatch(x, y-half, x+sampleWidth, y+half, c)
	})
	add(p.usesBar(knowing), "works on, though it was told", func(on canvas.Paper, x, y vg.Length) {
		on.Hatch(x, y-half, x+sampleWidth, y+half, canvas.Slate)
	})
	add(p.mistaken(beliefs.TheLock), "wrong: the lock is not its own", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-half, x+sampleWidth, y+half, c)
		wrongEdge(on, x+7, x+sampleWidth, y-half, y+half)
		wedge(on, x+7, y-half)
	})
	add(p.goesBy(), "goes by what it read", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-stripHeight/2, x+sampleWidth, y+stripHeight/2, canvas.Recalled(c))
	})
	add(p.mistaken(beliefs.TheAccount), "which is old", func(on canvas.Paper, x, y vg.Length) {
		on.Hatch(x, y-stripHeight/2, x+sampleWidth, y+stripHeight/2, canvas.Violation)
	})
	add(p.usesBar(granted), "lock service: granted", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-half, x+sampleWidth, y+half, canvas.Granted(c))
		on.Frame(x, y-half, x+sampleWidth, y+half, 1, c)
	})
	add(p.usesBar(waiting), "waits for the lock", func(on canvas.Paper, x, y vg.Length) {
		on.Pen(1.8, c)
		on.Line(x, y, x+sampleWidth, y)
		on.Line(x, y-4, x, y+4)
	})
	add(p.pauses(), "host does nothing", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-half, x+sampleWidth, y+half, canvas.Mist)
	})
	done := "write"
	if slices.ContainsFunc(p.lanes, func(l lane) bool { return l.kind == serviceLane && l.uses(tick) }) {
		done = "write, or end of a lease"
	}
	type symbol struct {
		style markStyle
		text  string
	}
	symbols := []symbol{{openDot, "read"}, {look, "looks at its lease"}, {tick, done}, {cross, "refused, lost, given up or unanswered"}, {smallDot, "lease renewed"}}
	if p.adds {
		symbols = []symbol{{smallDot, "element acknowledged"}, {openDot, "acknowledged, and lost"}, {cross, "refused, or not acknowledged"}, {tick, "the set is read"}}
	}
	for _, s := range symbols {
		add(p.usesMark(s.style), s.text, func(on canvas.Paper, x, y vg.Length) {
			drawSymbol(on, x+sampleWidth/2, y, s.style, 0)
		})
	}
	add(p.saved, "the guard saves the account", func(on canvas.Paper, x, y vg.Length) {
		drawSymbol(on, x+sampleWidth/2, y, cross, 0)
		on.Pen(2.2, canvas.Ink)
		on.Stroke(on.Circle(x+sampleWidth/2, y, 8.5))
	})
	add(len(p.violations) > 0, "violation", func(on canvas.Paper, x, y vg.Length) {
		on.Rect(x, y-half, x+sampleWidth, y+half, canvas.ViolationTint)
		on.Pen(2.2, canvas.Violation)
		on.Stroke(on.Circle(x+sampleWidth/2, y, half))
	})
	return items
}

// usesBar reports whether there is a bar of a style. A deadline that was exceeded only for a moment
// cannot be seen, and needs no explanation.
func (p *sheet) usesBar(style barStyle) bool {
	for _, l := range p.lanes {
		for _, b := range l.bars {
			if b.style == style && (style != overrun || p.x(b.to)-p.x(b.from) >= 1) {
				return true
			}
		}
	}
	return false
}

func (p *sheet) usesMark(style markStyle) bool {
	return slices.ContainsFunc(p.lanes, func(l lane) bool { return l.uses(style) })
}

func (l lane) uses(style markStyle) bool {
	return slices.ContainsFunc(l.marks, func(m mark) bool { return m.style == style })
}

func (p *sheet) pauses() bool {
	for _, l := range p.lanes {
		if len(l.pauses) > 0 {
			return true
		}
	}
	return false
}

// mistaken reports whether a client is wrong about something.
func (p *sheet) mistaken(about beliefs.Subject) bool {
	for _, l := range p.lanes {
		for _, m := range l.mistakes {
			if m.about == about {
				return true
			}
		}
	}
	return false
}

func (p *sheet) goesBy() bool {
	for _, l := range p.lanes {
		if len(l.knows) > 0 {
			return true
		}
	}
	return false
}
