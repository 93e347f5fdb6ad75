package reports

import (
	"gonum.org/v1/plot/vg"
)

// legendItem is a sample and what it stands for.
type legendItem struct {
	text   string
	sample func(on paper, x, y vg.Length) // draws around y, sampleWidth wide
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
	f := regular(labelSize)
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

func (p *sheet) drawLegend(on paper) {
	f := regular(labelSize)
	for _, r := range p.legend {
		for _, item := range r.items {
			item.sample(on, item.x, r.y)
			on.text(f, item.x+sampleWidth+6, r.y+4, ink, item.text)
		}
	}
}

func (p *sheet) drawCaption(on paper) {
	lines := p.captionLines()
	y := p.height - margin - vg.Length(len(lines))*(labelSize+4)
	for i, line := range lines {
		on.text(regular(labelSize), margin, y+vg.Length(i+1)*(labelSize+4)-3, slate, line)
	}
}

func (p *sheet) legendItems() []legendItem {
	const half = 6
	c := colourOf(0)
	var items []legendItem
	add := func(used bool, text string, sample func(on paper, x, y vg.Length)) {
		if used {
			items = append(items, legendItem{text, sample})
		}
	}
	add(p.usesBar(held), "client believes it holds the lock", func(on paper, x, y vg.Length) {
		on.fill(x, y-half, x+sampleWidth, y+half, c)
	})
	add(p.usesBar(overrun), "the same, past its own deadline", func(on paper, x, y vg.Length) {
		on.hatch(x, y-half, x+sampleWidth, y+half, c)
	})
	add(p.usesBar(granted), "lock service: granted", func(on paper, x, y vg.Length) {
		on.fill(x, y-half, x+sampleWidth, y+half, tint(c, 0.35))
		on.outline(x, y-half, x+sampleWidth, y+half, 1, c)
	})
	add(p.usesBar(waiting), "waits for the lock", func(on paper, x, y vg.Length) {
		on.pen(1.8, c)
		on.line(x, y, x+sampleWidth, y)
		on.line(x, y-4, x, y+4)
	})
	add(p.pauses(), "host stands still", func(on paper, x, y vg.Length) {
		on.fill(x, y-half, x+sampleWidth, y+half, mist)
	})
	for _, s := range []struct {
		style markStyle
		text  string
	}{{openDot, "read"}, {tick, "write"}, {cross, "refused, failed or unanswered"}, {smallDot, "lease renewed"}} {
		add(p.usesMark(s.style), s.text, func(on paper, x, y vg.Length) {
			drawSymbol(on, x+sampleWidth/2, y, s.style, 0)
		})
	}
	add(len(p.violations) > 0, "violation", func(on paper, x, y vg.Length) {
		on.fill(x, y-half, x+sampleWidth, y+half, violationTint)
		on.pen(2.2, vermillion)
		on.Stroke(on.circle(x+sampleWidth/2, y, half))
	})
	return items
}

func (p *sheet) usesBar(style barStyle) bool {
	for _, l := range p.lanes {
		for _, b := range l.bars {
			if b.style == style {
				return true
			}
		}
	}
	return false
}

func (p *sheet) usesMark(style markStyle) bool {
	for _, l := range p.lanes {
		for _, m := range l.marks {
			if m.style == style {
				return true
			}
		}
	}
	return false
}

func (p *sheet) pauses() bool {
	for _, l := range p.lanes {
		if len(l.pauses) > 0 {
			return true
		}
	}
	return false
}
