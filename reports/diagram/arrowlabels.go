package diagram

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// placeArrow puts a message's words right above its arrow: into a gap between two columns that it
// crosses, near its sender if there is room; else across columns, where they hide no belief; else
// as many of them as fit into a gap.
func (q *placer) placeArrow(a arrow) bool {
	f := canvas.Regular(labelSize)
	return q.placeInGap(a, a.label) || q.placeAcross(a) || q.placeInGap(a, canvas.Shorten(f, a.label, q.xs[1]-q.xs[0]-12))
}

func (q *placer) placeInGap(a arrow, text string) bool {
	half := canvas.Regular(labelSize).Width(text) / 2
	step := 1
	if a.to < a.from {
		step = -1
	}
	for column := a.from; column != a.to; column += step {
		x0, x1 := q.xs[column], q.xs[column+step]
		for _, part := range []vg.Length{0.5, 0.4, 0.6, 0.3, 0.7} {
			x := x0 + part*(x1-x0)
			if lo, hi := min(x0, x1), max(x0, x1); x-half < lo+5 || x+half > hi-5 {
				continue
			}
			if q.put([]string{text}, x, q.above(a, x), centred, canvas.Ink, false, false) {
				return true
			}
		}
	}
	return false
}

func (q *placer) placeAcross(a arrow) bool {
	half := canvas.Regular(labelSize).Width(a.label) / 2
	x0, x1 := q.xs[a.from], q.xs[a.to]
	for part := vg.Length(0.1); part < 0.95; part += 0.05 {
		x := x0 + part*(x1-x0)
		y := q.above(a, x)
		b := box{x - half - 3, y - labelSize, x + half + 3, y + labelSize}
		if b.x0 < min(x0, x1)+5 || b.x1 > max(x0, x1)-5 || q.hidesBar(b) {
			continue
		}
		if q.put([]string{a.label}, x, y, centred, canvas.Ink, false, false) {
			return true
		}
	}
	return false
}

// above returns the height of the words over the arrow at x.
func (q *placer) above(a arrow, x vg.Length) vg.Length {
	x0, x1, y0, y1 := q.mainPart(a)
	return y0 + (x-x0)/(x1-x0)*(y1-y0) - labelSize/2 - 2
}

func (q *placer) hidesBar(b box) bool {
	for _, bar := range q.bars {
		x := q.xs[bar.column]
		if b.touches(box{x - barWidth, q.y(bar.from), x + barWidth, q.y(bar.to)}) {
			return true
		}
	}
	return false
}
