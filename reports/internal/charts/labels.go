package charts

import (
	"math"
	"slices"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// rect is a rectangle of the paper.
type rect struct{ x0, y0, x1, y1 vg.Length }

func (r rect) meets(o rect) bool { return r.x0 < o.x1 && o.x0 < r.x1 && r.y0 < o.y1 && o.y0 < r.y1 }

func (r rect) holds(o rect) bool {
	return r.x0 <= o.x0 && o.x1 <= r.x1 && r.y0 <= o.y0 && o.y1 <= r.y1
}

// spot is a point that needs a label.
type spot struct {
	x, y  vg.Length
	lines []string // of its label
}

// label is the position of a spot's label; away means so far away that a line leads to it.
type label struct {
	rect
	found, away bool
}

// placeLabels finds each spot's label a place near it, on the ground, where it covers nothing in
// taken, no other label, and no line to one. A label for which there is no room at all is not
// found.
func placeLabels(f *plotfont.Face, spots []spot, taken []rect, ground rect) []label {
	p := placing{taken: taken, ground: ground}
	labels := make([]label, len(spots))
	for i, s := range spots {
		width := vg.Length(0)
		for _, line := range s.lines {
			width = max(width, f.Width(line))
		}
		high := vg.Length(len(s.lines)) * labelLine
		if labels[i] = p.place(s, width, high); !labels[i].found {
			crowded := placing{ground: ground, taken: slices.Concat(taken, p.labels)} // lines may cross
			labels[i] = crowded.place(s, width, high)
		}
		if l := labels[i]; l.found {
			p.labels = append(p.labels, l.rect)
			p.lines = append(p.lines, l.leader(s)...)
		}
	}
	return labels
}

// together merges spots that lie on each other into one, with the names of all.
func together(spots []spot) []spot {
	const near = 4
	var out []spot
	for _, s := range spots {
		i := slices.IndexFunc(out, func(o spot) bool { return max(o.x-s.x, s.x-o.x) < near && max(o.y-s.y, s.y-o.y) < near })
		if i < 0 {
			out = append(out, s)
			continue
		}
		out[i].lines = slices.Concat(out[i].lines, s.lines)
	}
	return out
}

// placing is what labels must keep clear of.
type placing struct {
	ground               rect
	taken, labels, lines []rect
}

const labelLine = 14

// place tries places in rings around the spot, starting each ring on the right, so that a label is
// to the right if possible.
func (p *placing) place(s spot, width, high vg.Length) label {
	const near, step, turns = 8, 6, 16
	for ring := range 40 {
		off := vg.Length(near + ring*step)
		for turn := range turns {
			angle := 2 * math.Pi * float64((turn+1)/2) / turns
			if turn%2 == 0 {
				angle = -angle
			}
			cos, sin := vg.Length(rounded(math.Cos(angle))), vg.Length(rounded(math.Sin(angle)))
			// The nearest point of the label's edge is at distance off from the spot.
			left, top := s.x+off*cos-width*(1-cos)/2, s.y+off*sin-high*(1-sin)/2
			l := label{rect{left, top, left + width, top + high}, true, ring > 1}
			if p.free(l, s) {
				return l
			}
		}
	}
	return label{}
}

func (p *placing) free(l label, s spot) bool {
	if !p.ground.holds(l.rect) || slices.ContainsFunc(slices.Concat(p.taken, p.labels, p.lines), l.meets) {
		return false
	}
	return !slices.ContainsFunc(l.leader(s), func(piece rect) bool { return slices.ContainsFunc(p.labels, piece.meets) })
}

// end returns where the line from the spot meets its label.
func (l label) end(s spot) (x, y vg.Length) {
	return min(max(s.x, l.x0), l.x1), min(max(s.y, l.y0), l.y1)
}

// leader returns the line from the spot to its label in small pieces, none if the label is near.
func (l label) leader(s spot) (pieces []rect) {
	const half, parts = 1, 24
	if !l.away {
		return nil
	}
	x, y := l.end(s)
	for i := range parts {
		part := vg.Length(i) / parts
		cx, cy := s.x+(x-s.x)*part, s.y+(y-s.y)*part
		pieces = append(pieces, rect{cx - half, cy - half, cx + half, cy + half})
	}
	return pieces
}

// rounded makes choices independent of the last bits of a computation, in which processors differ.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }
