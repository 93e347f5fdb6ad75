package canvas

import (
	"bytes"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// trace writes a path's data, relative to the previous point because that is shorter.
func (c *svg) trace(path vg.Path) {
	t := tracer{to: &c.path, pencil: c.now()}
	for _, comp := range path {
		switch comp.Type {
		case vg.MoveComp:
			t.move(comp.Pos)
		case vg.LineComp:
			t.line(comp.Pos)
		case vg.ArcComp:
			t.arc(comp)
		case vg.CurveComp:
			t.curve(comp)
		case vg.CloseComp:
			t.to.WriteByte('z')
			t.x, t.y = t.startX, t.startY
		}
	}
}

// tracer is the position of the pen, in hundredths.
type tracer struct {
	to             *bytes.Buffer
	pencil         *pencil
	x, y           int64
	startX, startY int64
	begun          bool
}

// reach moves the pen and returns how far.
func (t *tracer) reach(at vg.Point) (dx, dy int64) {
	x, y := t.pencil.place(at)
	nx, ny := hundredths(x), hundredths(y)
	dx, dy = nx-t.x, ny-t.y
	t.x, t.y = nx, ny
	return dx, dy
}

func (t *tracer) move(at vg.Point) {
	t.reach(at)
	t.startX, t.startY, t.begun = t.x, t.y, true
	t.to.WriteString("M" + pair(t.x, t.y))
}

func (t *tracer) line(at vg.Point) {
	if !t.begun {
		t.move(at)
		return
	}
	dx, dy := t.reach(at)
	switch {
	case dy == 0:
		t.to.WriteString("h" + number(dx))
	case dx == 0:
		t.to.WriteString("v" + number(dy))
	default:
		t.to.WriteString("l" + pair(dx, dy))
	}
}

// arc draws part of a circle, in halves, as an SVG arc cannot end where it begins.
func (t *tracer) arc(comp vg.PathComp) {
	on := func(angle float64) vg.Point {
		sin, cos := math.Sincos(angle)
		return vg.Point{X: comp.Pos.X + comp.Radius*vg.Length(cos), Y: comp.Pos.Y + comp.Radius*vg.Length(sin)}
	}
	if x, y := t.pencil.place(on(comp.Start)); !t.begun || hundredths(x) != t.x || hundredths(y) != t.y {
		t.line(on(comp.Start))
	}
	r := hundredths(comp.Radius.Points() * t.pencil.stretch())
	turns := "1"
	if mirrored := t.pencil.xx*t.pencil.yy-t.pencil.xy*t.pencil.yx < 0; mirrored == (comp.Angle > 0) {
		turns = "0" // turns left if y points up
	}
	for _, part := range []float64{0.5, 1} {
		dx, dy := t.reach(on(comp.Start + comp.Angle*part))
		t.to.WriteString("a" + pair(r, r) + " 0 0 " + turns + after(pair(dx, dy)))
	}
}

func (t *tracer) curve(comp vg.PathComp) {
	command := map[int]string{1: "Q", 2: "C"}[len(comp.Control)]
	for i, at := range append(slices.Clone(comp.Control), comp.Pos) {
		t.reach(at)
		if i > 0 {
			command += " "
		}
		command += pair(t.x, t.y)
	}
	t.to.WriteString(command)
}

// after separates a number from the one before it.
func after(number string) string {
	if number[0] == '-' {
		return number
	}
	return " " + number
}

// pair writes two numbers; a minus sign separates them as well as a space.
func pair(a, b int64) string {
	return number(a) + after(number(b))
}
