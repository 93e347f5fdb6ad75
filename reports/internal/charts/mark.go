package charts

import (
	"image/color"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// mark is the shape of a line's points, by the line's index: nothing is told apart by colour alone.
type mark int

// draw draws it around a point; r is about its radius.
func (m mark) draw(on canvas.Paper, x, y, r vg.Length, c color.Color) {
	on.SetColor(c)
	switch m % 5 {
	case 0:
		on.Fill(on.Circle(x, y, r))
	case 1:
		on.Rect(x-r*0.9, y-r*0.9, x+r*0.9, y+r*0.9, c)
	case 2:
		on.Fill(polygon(on, x, y-r*1.2, x+r*1.15, y+r*0.9, x-r*1.15, y+r*0.9))
	case 3:
		on.Fill(polygon(on, x, y-r*1.3, x+r*1.3, y, x, y+r*1.3, x-r*1.3, y))
	case 4:
		on.Fill(polygon(on, x-r*1.15, y-r*0.9, x+r*1.15, y-r*0.9, x, y+r*1.2))
	}
}

// polygon joins points, given as alternating x and y.
func polygon(on canvas.Paper, at ...vg.Length) vg.Path {
	var path vg.Path
	path.Move(on.At(at[0], at[1]))
	for i := 2; i < len(at); i += 2 {
		path.Line(on.At(at[i], at[i+1]))
	}
	path.Close()
	return path
}
