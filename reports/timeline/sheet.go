package timeline

import (
	"fmt"
	"math"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"gonum.org/v1/plot/vg"
)

// Lengths are in points; 900 of them are 1200 pixels at 96 to the inch.
const (
	pageWidth = vg.Length(900)
	margin    = vg.Length(16)

	titleSize   = vg.Length(17)
	verdictSize = vg.Length(13)
	nameSize    = vg.Length(12)
	labelSize   = vg.Length(10.5)

	tagRow    = vg.Length(14) // height of one row of labels
	barHeight = vg.Length(20)
	thinBar   = vg.Length(15) // faults and violations
	between   = vg.Length(13) // between two lanes
	faultLine = vg.Length(12) // a further line of a fault's name
)

// sheet is a scene arranged on paper.
type sheet struct {
	*scene
	verdictLines []string
	left, right  vg.Length // of the part where time runs
	rows         []row     // one for each lane
	noted        []vg.Length
	top, bottom  vg.Length // of the lanes, including violations
	legend       []legendRow
	height       vg.Length
}

// row is the position of a lane: tags from top, then the bar down to bottom.
type row struct {
	top, bar, bottom vg.Length
	foot             vg.Length // the bottom, including what is under the bar
	tags             []tag
}

// arrange finds a place for everything; the page is as high as that needs.
func arrange(s *scene) *sheet {
	p := &sheet{scene: s}
	p.verdictLines = canvas.Wrap(canvas.Bold(verdictSize), s.verdict, pageWidth-2*margin-12)
	y := margin + titleSize + 6 + labelSize + 10
	y += vg.Length(len(p.verdictLines))*(verdictSize+5) + 14

	p.left, p.right = margin+vg.Length(math.Ceil(p.gutter().Points())), pageWidth-margin-8
	p.stretch()
	p.top = y
	for range s.violations {
		p.noted = append(p.noted, y)
		y += thinBar + 5
	}
	if len(s.violations) > 0 {
		y += between - 5
	}
	dropped := 0
	for _, l := range s.lanes {
		var r row
		var lost int
		r, y, lost = p.place(l, y)
		p.rows = append(p.rows, r)
		dropped += lost
	}
	p.bottom = y
	switch {
	case dropped == 1:
		s.notes = append(s.notes, "1 label found no room; its mark is drawn.")
	case dropped > 1:
		s.notes = append(s.notes, fmt.Sprintf("%d labels found no room; their marks are drawn.", dropped))
	}
	y += p.axisHeight()
	p.legend, y = p.arrangeLegend(y)
	y += vg.Length(len(p.captionLines())) * (labelSize + 4)
	p.height = y + margin
	return p
}

// place arranges one lane below y and returns the y below it.
func (p *sheet) place(l lane, y vg.Length) (r row, below vg.Length, dropped int) {
	r.top = y
	if l.kind == faultLane {
		lines := len(p.faultName(l))
		r.bar, r.bottom = y, y+thinBar
		r.foot = r.bottom + vg.Length(max(lines-1, 0))*faultLine
		return r, r.foot + 3, 0
	}
	r.tags, dropped = placeTags(l.marks, canvas.Regular(labelSize),
		func(m mark) vg.Length { return p.x(m.at) }, p.left, p.right+8)
	rows := 0
	for _, f := range r.tags {
		rows = max(rows, f.row+1)
	}
	if rows > 0 {
		y += vg.Length(rows)*tagRow + 3
	}
	r.bar, r.bottom = y, y+barHeight
	r.foot = r.bottom
	if len(l.knows) > 0 {
		r.foot += stripGap + stripHeight
	}
	if len(l.memory) > 0 {
		r.foot += stripGap + memoryHeight
	}
	return r, r.foot + between, dropped
}

// gutter is the width of the lanes' names.
func (p *sheet) gutter() vg.Length {
	const narrowest, widest = 70, 170
	w := max(vg.Length(narrowest), canvas.Regular(labelSize).Width(p.leaseScale())+14)
	for _, l := range p.lanes {
		w = max(w, canvas.Bold(nameSize).Width(l.name)+20, canvas.Regular(labelSize).Width(l.about)+20)
	}
	for _, v := range p.violations {
		w = max(w, canvas.Bold(nameSize).Width(words.Property(v.property))+14)
	}
	return min(w, widest)
}

// x returns the position of a moment; moments outside the window are at its edge.
func (p *sheet) x(at time.Duration) vg.Length {
	at = min(max(at, p.from), p.to)
	part := float64(at-p.from) / float64(p.to-p.from)
	// Rounded, so that everything computed from it is the same on every machine.
	return p.left + vg.Length(math.Round(part*100*(p.right-p.left).Points())/100)
}

// stretch extends time past the last event, so that its label has room and the final balance can be
// read.
func (p *sheet) stretch() {
	if p.windowed {
		return
	}
	const least, most = 1.07, 1.35
	span, width := float64(p.to-p.from), p.right-p.left
	want := span * least
	for _, l := range p.lanes {
		for _, m := range l.marks {
			if w := canvas.Regular(labelSize).Width(m.label) + 8; w < width/2 {
				want = max(want, float64(m.at-p.from)*float64(width/(width-w)))
			}
		}
	}
	p.to = p.from + time.Duration(min(want, span*most))
	for i := range p.lanes {
		if l := &p.lanes[i]; l.kind == ledgerLane && len(l.bars) > 0 {
			l.bars[len(l.bars)-1].to = p.to // the balance outlives the trial
			if n := len(l.memory); n > 0 {
				l.memory[n-1].to = p.to
			}
		}
	}
}

func (p *sheet) captionLines() []string {
	var lines []string
	for _, n := range p.notes {
		lines = append(lines, canvas.Wrap(canvas.Regular(labelSize), n, pageWidth-2*margin)...)
	}
	return lines
}
