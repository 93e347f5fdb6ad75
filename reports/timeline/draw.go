package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
)

// draw puts the sheet on paper, from back to front.
func (p *sheet) draw(on canvas.Paper) {
	on.Rect(0, 0, pageWidth, p.height, canvas.Ground)
	p.drawHead(on)
	p.drawGrid(on)
	for i, l := range p.lanes {
		p.drawPauses(on, i, l)
	}
	p.drawBands(on)
	for _, l := range p.links {
		p.drawLink(on, l)
	}
	p.drawLanes(on, func(k laneKind) bool { return k != faultLane })
	p.drawViolations(on)
	p.drawLanes(on, func(k laneKind) bool { return k == faultLane })
	for i, l := range p.lanes {
		p.drawMarks(on, p.rows[i], l)
	}
	p.drawAxis(on)
	p.drawLegend(on)
	p.drawCaption(on)
}

// drawLanes draws the names and bars of some lanes.
func (p *sheet) drawLanes(on canvas.Paper, which func(laneKind) bool) {
	for i, l := range p.lanes {
		if !which(l.kind) {
			continue
		}
		p.drawName(on, p.rows[i], l)
		for _, b := range l.bars {
			p.drawBar(on, p.rows[i], l, b)
		}
		p.drawBeliefs(on, p.rows[i], l)
		p.drawMemory(on, p.rows[i], l)
	}
}

func (p *sheet) drawHead(on canvas.Paper) {
	y := margin + titleSize
	on.Text(canvas.Bold(titleSize), margin, y-3, canvas.Ink, canvas.Shorten(canvas.Bold(titleSize), p.title, pageWidth-2*margin))
	y += labelSize + 6
	on.Text(canvas.Regular(labelSize), margin, y-1, canvas.Slate, canvas.Shorten(canvas.Regular(labelSize), p.subtitle, pageWidth-2*margin))
	y += 10
	c := canvas.Slate
	if p.violated {
		c = canvas.Violation
	}
	height := vg.Length(len(p.verdictLines)) * (verdictSize + 5)
	on.Rect(margin, y, margin+4, y+height, c)
	for i, line := range p.verdictLines {
		on.Text(canvas.Bold(verdictSize), margin+12, y+vg.Length(i+1)*(verdictSize+5)-5, canvas.Ink, line)
	}
}

func (p *sheet) drawName(on canvas.Paper, r row, l lane) {
	room := p.left - margin - 16
	if l.kind == faultLane {
		for i, line := range p.faultName(l) {
			on.Text(canvas.Regular(labelSize), margin, r.bottom-4+vg.Length(i)*faultLine, canvas.Slate, line)
		}
		if len(l.bars) == 0 && l.empty != "" {
			on.Text(canvas.Regular(labelSize), p.left+4, r.bottom-4, canvas.Slate, l.empty)
		}
		return
	}
	c := canvas.Ink
	if l.client != nobody {
		on.Rect(p.left-13, r.bar, p.left-9, r.bottom, canvas.ClientColour(l.client))
	}
	on.Text(canvas.Bold(nameSize), margin, r.bar+11, c, canvas.Shorten(canvas.Bold(nameSize), l.name, room))
	if l.about != "" {
		on.Text(canvas.Regular(labelSize), margin, r.bar+23, canvas.Slate, canvas.Shorten(canvas.Regular(labelSize), l.about, room))
	}
	on.Pen(0.8, canvas.Mist)
	on.Line(p.left, r.bottom, p.right, r.bottom)
	if len(l.bars)+len(l.marks) == 0 && l.empty != "" {
		on.Text(canvas.Regular(labelSize), p.left+4, r.bottom-6, canvas.Slate, l.empty)
	}
}

// drawPauses shades a lane, and the fault's lane above it, while its host stood still.
func (p *sheet) drawPauses(on canvas.Paper, i int, l lane) {
	for _, pause := range l.pauses {
		if pause.to < p.from || pause.from > p.to {
			continue
		}
		top := p.rows[i].top
		if i > 0 && p.lanes[i-1].kind == faultLane {
			top = p.rows[i-1].foot
		}
		on.Rect(p.x(pause.from), top, p.x(pause.to), p.rows[i].foot+4, canvas.Mist)
	}
}

// drawLink draws a message between a client's lane and the ledger's.
func (p *sheet) drawLink(on canvas.Paper, l link) {
	var client, ledger *row
	for i := range p.lanes {
		switch p.lanes[i].kind {
		case clientLane:
			if p.lanes[i].client == l.client {
				client = &p.rows[i]
			}
		case ledgerLane:
			ledger = &p.rows[i]
		case serviceLane, faultLane: // not involved
		}
	}
	if client == nil || ledger == nil {
		return
	}
	if l.write {
		on.Pen(1.3, canvas.ClientColour(l.client))
		on.Arrow(p.x(l.clientAt), client.foot, p.x(l.ledgerAt), ledger.bar)
		return
	}
	on.Pen(0.9, canvas.Recalled(canvas.ClientColour(l.client)), 2.5, 2.5)
	on.Arrow(p.x(l.ledgerAt), ledger.bar, p.x(l.clientAt), client.foot)
}
