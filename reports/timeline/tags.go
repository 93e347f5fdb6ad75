package timeline

import (
	"math"
	"slices"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// tag is a mark's label on its pole: to the right of the pole, or to the left if it would otherwise
// leave the picture.
type tag struct {
	mark        int // index in the lane's marks
	x           vg.Length
	left, right vg.Length // of the text
	row         int       // 0 is right above the lane's bar
}

// maxRows is how many tags may be stacked; more are left out.
const maxRows = 6

// placeTags places the labels of a lane so that no two of them touch and no pole runs through
// another label. dropped is how many found no place. It tries a few ways and takes the one that
// drops the least; if that drops something most important, it also tries the opposite direction.
func placeTags(marks []mark, f *plotfont.Face, x func(mark) vg.Length, minX, maxX vg.Length) (tags []tag, dropped int) {
	p := placement{marks: marks, face: f, x: x, minX: minX, maxX: maxX}
	best := math.MaxInt
	for _, p.fromLeft = range []bool{false, true} {
		if p.fromLeft && best < dropCost[0] {
			break
		}
		for way := range 12 {
			p.byRank, p.leftToo, p.lifted = way&1 > 0, way&2 > 0, way/4
			standing, cost, lost := p.try()
			if cost < best {
				best, tags, dropped = cost, standing, lost
			}
		}
	}
	return tags, dropped
}

// dropCost is the cost of dropping a label, by rank.
var dropCost = [...]int{100_000, 1000, 10}

// placement is a lane whose labels are being placed in one of several ways.
type placement struct {
	marks      []mark
	face       *plotfont.Face
	x          func(mark) vg.Length
	minX, maxX vg.Length

	fromLeft bool // the earliest choose first, and prefer to be to the left of their pole
	byRank   bool // the important ones choose first
	leftToo  bool // a label is to the left of its pole rather than in a higher row
	lifted   int  // the lowest row for what is wrong or refused: if it is long, others may pass below it
}

// try places label by label: from the right, so that later ones are lower and earlier poles pass
// them on the left. cost weighs what is lost.
func (p *placement) try() (tags []tag, cost, lost int) {
	for rank := range dropCost {
		for n := range p.marks {
			i := n
			if !p.fromLeft {
				i = len(p.marks) - 1 - n
			}
			m := p.marks[i]
			if m.label == "" || p.byRank && m.rank() != rank || !p.byRank && rank > 0 {
				continue
			}
			t, found := p.place(tags, m)
			if !found {
				lost++
				cost += dropCost[m.rank()]
				continue
			}
			t.mark = i
			tags = append(tags, t)
		}
	}
	for _, t := range tags {
		cost += min(t.row, 1) // else the flattest
	}
	return tags, cost, lost
}

// rank returns how important a mark's label is: 0 for evidence of a violation, 2 for a read.
func (m mark) rank() int {
	if m.guilty || m.saving {
		return 0
	}
	switch m.style {
	case turned:
		return 0
	case tick, cross, smallDot, look:
		return 1
	case openDot:
	}
	return 2
}

// longLabel is the width from which a refusal is better placed in a higher row.
const longLabel = vg.Length(120)

// place finds the lowest row in which a label disturbs none of those placed already.
func (p *placement) place(standing []tag, m mark) (tag, bool) {
	const off = 5 // from the pole
	x, width := p.x(m), p.face.Width(m.label)
	right := tag{x: x, left: x + off, right: x + off + width}
	left := tag{x: x, left: x - off - width, right: x - off}
	first, second := right, left
	if p.fromLeft || m.before {
		first, second = left, right
	}
	free := func(t tag) bool {
		return t.left >= p.minX && t.right <= p.maxX && !slices.ContainsFunc(standing, t.disturbs)
	}
	lowest := 0
	if m.style == turned || m.style == cross && width > longLabel {
		lowest = p.lifted
	}
	for row := lowest; row < maxRows; row++ {
		first.row, second.row = row, row
		if free(first) {
			return first, true
		}
		if p.leftToo && free(second) {
			return second, true
		}
	}
	for row := lowest; row < maxRows; row++ {
		if second.row = row; free(second) {
			return second, true
		}
	}
	return tag{}, false
}

// disturbs reports whether two tags touch, or the pole of one runs through the other.
func (n tag) disturbs(o tag) bool {
	const gap = 5
	if n.row == o.row {
		return n.left < o.right+gap && o.left < n.right+gap
	}
	low, high := n, o
	if low.row > high.row {
		low, high = high, low
	}
	return low.left-2 < high.x && high.x < low.right+2
}
