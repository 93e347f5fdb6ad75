package timeline

import (
	"math"
	"slices"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// tag is a mark's label on its pole: it stands to the right of the pole, or to the left
// where it would leave the picture.
type tag struct {
	mark        int // index in the lane's marks
	x           vg.Length
	left, right vg.Length // of the text
	row         int       // 0: right above the lane's bar
}

// maxRows is how many tags may stand above each other; more are left out.
const maxRows = 6

// placeTags gives the labels of a lane places such that no two of them touch and no
// pole runs through another label. dropped says how many found no place. It tries a few
// ways and takes the one that drops the least.
func placeTags(marks []mark, f *plotfont.Face, x func(mark) vg.Length, minX, maxX vg.Length) (tags []tag, dropped int) {
	p := placement{marks: marks, face: f, x: x, minX: minX, maxX: maxX}
	best := math.MaxInt
	for _, byRank := range []bool{false, true} {
		for _, leftToo := range []bool{false, true} {
			standing, cost, lost := p.try(byRank, leftToo)
			if cost < best {
				best, tags, dropped = cost, standing, lost
			}
		}
	}
	return tags, dropped
}

// placement is a lane whose labels look for places.
type placement struct {
	marks      []mark
	face       *plotfont.Face
	x          func(mark) vg.Length
	minX, maxX vg.Length
}

// try places label by label from the right, so that later ones stand lower and earlier
// poles pass them on the left. byRank: the important ones choose first. leftToo: a label
// stands to the left of its pole rather than in a higher row. cost weighs what is lost.
func (p placement) try(byRank, leftToo bool) (tags []tag, cost, lost int) {
	weights := [...]int{100_000, 1000, 10} // what it costs to drop a label, by rank
	for rank := range weights {
		for i := len(p.marks) - 1; i >= 0; i-- {
			m := p.marks[i]
			if m.label == "" || byRank && m.rank() != rank || !byRank && rank > 0 {
				continue
			}
			t, found := p.place(tags, m, leftToo)
			if !found {
				lost++
				cost += weights[m.rank()]
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

// rank says how important a mark's label is: 0 for evidence of a violation, 2 for a read.
func (m mark) rank() int {
	switch {
	case m.guilty:
		return 0
	case m.style != openDot:
		return 1
	}
	return 2
}

// place finds the lowest row in which a label disturbs none of those that stand.
func (p placement) place(standing []tag, m mark, leftToo bool) (tag, bool) {
	const off = 5 // from the pole
	x, width := p.x(m), p.face.Width(m.label)
	right := tag{x: x, left: x + off, right: x + off + width}
	left := tag{x: x, left: x - off - width, right: x - off}
	free := func(t tag) bool {
		return t.left >= p.minX && t.right <= p.maxX && !slices.ContainsFunc(standing, t.disturbs)
	}
	for row := range maxRows {
		right.row, left.row = row, row
		if free(right) {
			return right, true
		}
		if leftToo && free(left) {
			return left, true
		}
	}
	for row := range maxRows {
		if left.row = row; free(left) {
			return left, true
		}
	}
	return tag{}, false
}

// disturbs tells whether two tags touch, or the pole of one runs through the other.
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
