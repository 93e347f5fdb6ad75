package diagram

import (
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"gonum.org/v1/plot/vg"
)

// Lengths are in points.
const (
	leastWidth = vg.Length(900)
	margin     = vg.Length(16)

	titleSize   = vg.Length(17)
	verdictSize = vg.Length(13)
	nameSize    = vg.Length(12)
	labelSize   = vg.Length(10)

	axisWidth = vg.Length(66)  // the times
	sideWidth = vg.Length(122) // left of the first column and right of the last, for labels
	leastGap  = vg.Length(92)  // between two columns

	barWidth  = vg.Length(7)
	stopWidth = vg.Length(30)
	dotRadius = vg.Length(3.4)

	breakHeight = vg.Length(20) // of a period that is cut short
	besideBreak = labelSize/2 + 4
)

// longPause is how long nothing has to happen for time to be cut short.
const longPause = 100 * time.Millisecond

// sheet is a scene arranged on paper.
type sheet struct {
	*scene
	width, height vg.Length
	verdictLines  []string
	xs            []vg.Length // of the columns
	top, bottom   vg.Length   // of the columns
	moments       []time.Duration
	ys            []vg.Length // of the moments
	breaks        []pause
	labels        []label
	unlabelled    int
}

// pause is a period that is cut short.
type pause struct {
	top, bottom vg.Length
	text        string
	omitted     string
}

// arrange finds a place for everything; the page is as high as that needs.
func arrange(s *scene) *sheet {
	p := &sheet{scene: s}
	n := len(s.columns)
	p.width = max(leastWidth, 2*margin+axisWidth+2*sideWidth+vg.Length(n-1)*p.gap())
	left, right := margin+axisWidth+sideWidth, p.width-margin-sideWidth
	for i := range n {
		x := (left + right) / 2
		if n > 1 {
			x = left + vg.Length(i)*(right-left)/vg.Length(n-1)
		}
		p.xs = append(p.xs, x)
	}
	p.verdictLines = canvas.Wrap(canvas.Bold(verdictSize), s.verdict, p.width-2*margin-12)
	p.top = margin + titleSize + 6 + labelSize + 10 + vg.Length(len(p.verdictLines))*(verdictSize+5) + 14 + 34
	p.collect()
	extra := make([]vg.Length, len(p.moments))
	for range maxPushes {
		p.spread(extra)
		at, crowded := p.placeLabels(extra)
		if !crowded {
			break
		}
		extra[at] += labelSize
	}
	p.bottom = p.ys[len(p.ys)-1] + 14
	p.height = p.bottom + 16 + p.legendHeight() + vg.Length(len(p.captionLines()))*(labelSize+4) + margin
	return p
}

// gap returns the minimum distance between two columns.
func (p *sheet) gap() vg.Length {
	const widest = 160
	gap := leastGap
	for _, c := range p.columns {
		gap = max(gap, canvas.Bold(nameSize).Width(string(c.host))+24)
	}
	return min(gap, widest)
}

// collect lists the moments at which something is drawn, each once.
func (p *sheet) collect() {
	add := func(at ...time.Duration) {
		for _, t := range at {
			if t >= p.from && t <= p.to {
				p.moments = append(p.moments, t)
			}
		}
	}
	add(p.from, p.to)
	for _, a := range p.arrows {
		add(a.Sent)
		if a.Lost != 0 {
			add(a.Lost)
		}
		if a.Fate == sim.Arrived {
			add(a.speaks(), a.Arrived)
		}
	}
	for _, d := range p.dots {
		add(d.at)
	}
	for _, b := range p.bars {
		add(b.from, b.to)
	}
	for _, s := range p.stops {
		add(s.from, s.to)
	}
	for _, c := range p.cuts {
		add(c.at)
	}
	slices.Sort(p.moments)
	p.moments = slices.Compact(p.moments)
}

// spread gives each moment its height. The scale is logarithmic from one moment to the next, and
// long periods are cut short.
func (p *sheet) spread(extra []vg.Length) {
	const least, steep = 2.5, 9.0
	p.ys, p.breaks = p.ys[:0], p.breaks[:0]
	y := p.top + 10
	for i, at := range p.moments {
		if i > 0 {
			gone := at - p.moments[i-1]
			if gone >= longPause {
				y += besideBreak
				p.breaks = append(p.breaks, p.pause(y, p.moments[i-1], at))
				y += breakHeight + besideBreak
			} else {
				y += least + vg.Length(steep*math.Log10(1+float64(gone)/float64(20*time.Microsecond)))
			}
		}
		y += extra[i]
		p.ys = append(p.ys, y)
	}
}

func (p *sheet) pause(y vg.Length, from, to time.Duration) pause {
	b := pause{top: y, bottom: y + breakHeight, text: words.Seconds(to - from)}
	first, _ := slices.BinarySearch(p.omitted, from)
	last, _ := slices.BinarySearch(p.omitted, to)
	if n := last - first; n > 0 {
		b.omitted = words.Many(n, "message") + " not drawn"
	}
	return b
}

// y returns the position of a moment, interpolated between two that have positions.
func (p *sheet) y(at time.Duration) vg.Length {
	i, found := slices.BinarySearch(p.moments, at)
	switch {
	case found:
		return p.ys[i]
	case i == 0:
		return p.ys[0]
	case i == len(p.moments):
		return p.ys[i-1]
	}
	part := float64(at-p.moments[i-1]) / float64(p.moments[i]-p.moments[i-1])
	return p.ys[i-1] + vg.Length(part)*(p.ys[i]-p.ys[i-1])
}

// index returns the number of a moment.
func (p *sheet) index(at time.Duration) int {
	i, _ := slices.BinarySearch(p.moments, at)
	return min(i, len(p.moments)-1)
}

func (p *sheet) captionLines() []string {
	var lines []string
	for _, n := range p.notes {
		lines = append(lines, canvas.Wrap(canvas.Regular(labelSize), n, p.width-2*margin)...)
	}
	return lines
}
