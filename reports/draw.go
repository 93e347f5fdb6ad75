package reports

import "gonum.org/v1/plot/vg"

// draw puts the sheet on paper, from back to front.
func (p *sheet) draw(on paper) {
	on.fill(0, 0, pageWidth, p.height, white)
	p.drawHead(on)
	p.drawGrid(on)
	for i, l := range p.lanes {
		p.drawPauses(on, i, l)
	}
	p.drawBands(on)
	for _, l := range p.links {
		p.drawLink(on, l)
	}
	for i, l := range p.lanes {
		p.drawName(on, p.rows[i], l)
		for _, b := range l.bars {
			p.drawBar(on, p.rows[i], l, b)
		}
	}
	p.drawViolations(on)
	for i, l := range p.lanes {
		p.drawMarks(on, p.rows[i], l)
	}
	p.drawAxis(on)
	p.drawLegend(on)
	p.drawCaption(on)
}

func (p *sheet) drawHead(on paper) {
	y := margin + titleSize
	on.text(bold(titleSize), margin, y-3, ink, shorten(bold(titleSize), p.title, pageWidth-2*margin))
	y += labelSize + 6
	on.text(regular(labelSize), margin, y-1, slate, shorten(regular(labelSize), p.subtitle, pageWidth-2*margin))
	y += 10
	c := slate
	if p.violated {
		c = vermillion
	}
	height := vg.Length(len(p.verdictLines)) * (verdictSize + 5)
	on.fill(margin, y, margin+4, y+height, c)
	for i, line := range p.verdictLines {
		on.text(bold(verdictSize), margin+12, y+vg.Length(i+1)*(verdictSize+5)-5, ink, line)
	}
}

func (p *sheet) drawName(on paper, r row, l lane) {
	room := p.left - margin - 16
	if l.kind == faultLane {
		on.text(regular(labelSize), margin, r.bottom-4, slate, shorten(regular(labelSize), l.name, room))
		if len(l.bars) == 0 && l.empty != "" {
			on.text(regular(labelSize), p.left+4, r.bottom-4, slate, l.empty)
		}
		return
	}
	c := ink
	if l.client != nobody {
		on.fill(p.left-13, r.bar, p.left-9, r.bottom, colourOf(l.client))
	}
	on.text(bold(nameSize), margin, r.bar+11, c, shorten(bold(nameSize), l.name, room))
	if l.about != "" {
		on.text(regular(labelSize), margin, r.bar+23, slate, shorten(regular(labelSize), l.about, room))
	}
	on.pen(0.8, mist)
	on.line(p.left, r.bottom, p.right, r.bottom)
	if len(l.bars)+len(l.marks) == 0 && l.empty != "" {
		on.text(regular(labelSize), p.left+4, r.bottom-6, slate, l.empty)
	}
}

// drawPauses shades a lane, and the fault's lane above it, while its host stood still.
func (p *sheet) drawPauses(on paper, i int, l lane) {
	for _, pause := range l.pauses {
		if pause.to < p.from || pause.from > p.to {
			continue
		}
		top := p.rows[i].top
		if i > 0 && p.lanes[i-1].kind == faultLane {
			top = p.rows[i-1].bottom
		}
		on.fill(p.x(pause.from), top, p.x(pause.to), p.rows[i].bottom+4, mist)
	}
}

// drawLink draws a message between a client's lane and the ledger's.
func (p *sheet) drawLink(on paper, l link) {
	var client, ledger *row
	for i := range p.lanes {
		switch {
		case p.lanes[i].kind == clientLane && p.lanes[i].client == l.client:
			client = &p.rows[i]
		case p.lanes[i].kind == ledgerLane:
			ledger = &p.rows[i]
		}
	}
	if client == nil || ledger == nil {
		return
	}
	if l.write {
		on.pen(1.3, colourOf(l.client))
		on.arrow(p.x(l.clientAt), client.bottom, p.x(l.ledgerAt), ledger.bar)
		return
	}
	on.pen(0.9, tint(colourOf(l.client), 0.6), 2.5, 2.5)
	on.arrow(p.x(l.ledgerAt), ledger.bar, p.x(l.clientAt), client.bottom)
}
