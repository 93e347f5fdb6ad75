package diagram

import (
	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
)

// label is a text that has found its place. Its box is white, so that it is readable over lines.
type label struct {
	box
	text   string
	colour canvas.Colour
	bold   bool
}

// box is a rectangle of the paper; y points down.
type box struct{ x0, y0, x1, y1 vg.Length }

func (b box) touches(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

// maxPushes bounds how often things are moved apart to make room for a label.
const maxPushes = 150

// maxExtra is how far a moment may be moved for labels; labels that need more are dropped.
const maxExtra = 3 * labelSize

// placer puts labels where they touch nothing.
type placer struct {
	*sheet
	solid []box // what no label may cover: dots
	said  map[saying]bool
}

// saying is the text of a message; several hosts may be told the same at one moment.
type saying struct {
	from int
	sent int64
	text string
}

// placeLabels finds a place for every label. If one has none, crowded is true and at is the moment
// at which room should be made.
func (p *sheet) placeLabels(extra []vg.Length) (at int, crowded bool) {
	p.labels, p.unlabelled = p.labels[:0], 0
	q := placer{sheet: p, said: map[saying]bool{}}
	for _, d := range p.dots {
		x, y := p.xs[d.column], p.y(d.at)
		q.solid = append(q.solid, box{x - dotRadius, y - dotRadius, x + dotRadius, y + dotRadius})
	}
	for _, a := range p.arrows {
		if a.Lost != 0 {
			x, y := p.crossing(a)
			q.solid = append(q.solid, box{x - crossArm, y - crossArm, x + crossArm, y + crossArm})
		}
	}
	full := func(i int) bool { return extra[i] >= maxExtra }
	for _, s := range p.stops {
		if i := p.index(s.from); !q.placeStop(s) && !full(i) {
			return i, true
		}
	}
	for _, c := range p.cuts {
		if i := p.index(c.at); !q.placeCut(c) {
			if !full(i) {
				return i, true
			}
			p.unlabelled++
		}
	}
	for _, d := range p.dots {
		if i := p.index(d.at); d.label != "" && !q.placeDot(d) {
			if !full(i) {
				return i, true
			}
			p.unlabelled++
		}
	}
	for _, d := range p.dots {
		if d.saying != "" && !q.placeSaying(d) {
			if i := min(p.index(d.at)+1, len(p.moments)-1); !full(i) {
				return i, true
			}
			p.unlabelled++
		}
	}
	for _, a := range p.arrows {
		key := saying{a.from, int64(a.Sent), a.label}
		placed := a.label == "" || q.placeArrow(a)
		if placed {
			q.said[key] = true
			continue
		}
		if q.said[key] {
			continue // its twin to another host says the same
		}
		if i := min(max(p.index(a.speaks()), 1), len(p.moments)-1); !full(i) { // above the first there is nothing to move
			return i, true
		}
		p.unlabelled++
	}
	return 0, false
}

// put places lines of text, with the middle of the first one at y, if there is room.
func (q *placer) put(lines []string, x, y vg.Length, align float64, c canvas.Colour, bold, inBreaks bool) bool {
	f := canvas.Regular(labelSize)
	if bold {
		f = canvas.Bold(labelSize)
	}
	var found []label
	for i, text := range lines {
		w, y := f.Width(text), y+vg.Length(i)*(labelSize+2)
		l := label{text: text, colour: c, bold: bold}
		l.box = box{x - vg.Length(align)*w - 1.5, y - labelSize/2 - 0.5, x + vg.Length(1-align)*w + 1.5, y + labelSize/2 + 1.5}
		if !q.free(l.box, inBreaks) {
			return false
		}
		found = append(found, l)
	}
	q.labels = append(q.labels, found...)
	return true
}

// free reports whether the box touches nothing that a label must not touch.
func (q *placer) free(b box, inBreaks bool) bool {
	if b.x0 < margin+axisWidth-4 || b.x1 > q.width-margin/2 {
		return false
	}
	for _, o := range q.labels {
		if b.touches(o.box) {
			return false
		}
	}
	for _, o := range q.solid {
		if b.touches(o) {
			return false
		}
	}
	for _, o := range q.breaks {
		whole := box{0, o.top, q.width, o.bottom}
		if b.touches(whole) && (!inBreaks || b.x1 > q.width-margin-sideWidth) {
			return false
		}
	}
	return true
}

const (
	toTheRight = 0.0
	centred    = 0.5
	toTheLeft  = 1.0
)

// placeDot puts an event's words beside its column, on the outside of the first and last columns.
func (q *placer) placeDot(d dot) bool {
	x, y := q.xs[d.column], q.y(d.at)
	c, f := canvas.Ink, canvas.Regular(labelSize)
	if d.guilty {
		c, f = canvas.Violation, canvas.Bold(labelSize)
	}
	const off = dotRadius + 4
	sides := []float64{toTheRight, toTheLeft}
	if d.column < (len(q.columns)+1)/2 && q.columns[d.column].kind == clientColumn || d.column == 0 {
		sides = []float64{toTheLeft, toTheRight}
	}
	for _, side := range sides {
		at := x + off
		if side == toTheLeft {
			at = x - off
		}
		lines := canvas.Wrap(f, d.label, q.room(d.column, side == toTheLeft)-off-4)
		if q.put(lines, at, y, side, c, d.guilty, false) {
			return true
		}
	}
	return false
}

// placeSaying writes what is violated under an event's words: outside the last column in as many
// lines as needed, elsewhere in one.
func (q *placer) placeSaying(d dot) bool {
	const off = dotRadius + 4
	x, y := q.xs[d.column], q.y(d.at)+labelSize+3
	lines := []string{d.saying}
	if d.column == len(q.xs)-1 {
		lines = canvas.Wrap(canvas.Bold(labelSize), d.saying, q.room(d.column, false)-off-4)
	}
	return q.put(lines, x+off, y, toTheRight, canvas.Violation, true, false) ||
		q.put([]string{d.saying}, x-off, y, toTheLeft, canvas.Violation, true, false)
}

// room returns how much paper there is beside a column.
func (q *placer) room(column int, left bool) vg.Length {
	switch {
	case left && column == 0:
		return q.xs[0] - margin - axisWidth
	case left:
		return q.xs[column] - q.xs[column-1] - stopWidth/2
	case column == len(q.xs)-1:
		return q.width - margin - q.xs[column]
	}
	return q.xs[column+1] - q.xs[column] - stopWidth/2
}

// placeStop writes the host's state beside its column: where the stop begins, or in a period that
// is cut short, where there is little else.
func (q *placer) placeStop(s stop) bool {
	from, to := q.y(s.from), q.y(s.to)
	heights := []vg.Length{from + labelSize}
	for _, b := range q.breaks {
		if b.top >= from && b.bottom <= to {
			heights = append(heights, (b.top+b.bottom)/2)
		}
	}
	for i, y := range heights {
		for _, side := range []float64{toTheLeft, toTheRight} {
			x := q.xs[s.column] + stopWidth/2 + 3
			if side == toTheLeft {
				x = q.xs[s.column] - stopWidth/2 - 3
			}
			if q.put([]string{s.label}, x, y, side, canvas.Slate, true, i > 0) {
				return true
			}
		}
	}
	return false
}

func (q *placer) placeCut(c cut) bool {
	x0, x1 := q.xs[c.columns[0]], q.xs[c.columns[len(c.columns)-1]]
	text := canvas.Shorten(canvas.Bold(labelSize), c.label, q.width-2*margin-axisWidth)
	middle := (x0 + x1) / 2
	half := canvas.Bold(labelSize).Width(text)/2 + 3
	middle = min(max(middle, margin+axisWidth+half), q.width-margin-half)
	put := func(x vg.Length, align float64) bool {
		return q.put([]string{text}, x, q.y(c.at), align, canvas.Slate, true, false)
	}
	// In the middle, or beside what followed from the stop at that moment.
	const off = dotRadius + 4
	return put(middle, centred) || put(x0-off, toTheLeft) || put(x1+off, toTheRight)
}
