package reports

import (
	"image/color"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

// typeface is the family that pictures are set in, with its metrics built in: labels
// are measured the same on every machine.
var typeface = sync.OnceValue(func() *plotfont.Cache { return plotfont.NewCache(liberation.Collection()) })

func face(size vg.Length, weight font.Weight) *plotfont.Face {
	f := typeface().Lookup(plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight}, size)
	return &f
}

func regular(size vg.Length) *plotfont.Face { return face(size, font.WeightNormal) }
func bold(size vg.Length) *plotfont.Face    { return face(size, font.WeightBold) }

// wrap breaks a text into lines that fit into width. A word that is too long for a
// line of its own is broken.
func wrap(f *plotfont.Face, text string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && f.Width(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for f.Width(word) > width {
			n := fits(f, word, width)
			if n == len(word) {
				break // a single character that is too wide
			}
			lines = append(lines, word[:n])
			word = word[n:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fits is how many bytes of the text fit into width; at least one character does.
func fits(f *plotfont.Face, text string, width vg.Length) int {
	n := 0
	for i, r := range text {
		end := i + len(string(r))
		if n > 0 && f.Width(text[:end]) > width {
			break
		}
		n = end
	}
	return n
}

// shorten cuts a text that does not fit into width and shows that it did.
func shorten(f *plotfont.Face, text string, width vg.Length) string {
	if f.Width(text) <= width {
		return text
	}
	n := fits(f, text, width-f.Width("…"))
	return strings.TrimRight(text[:n], " ") + "…"
}

// paper is a canvas whose y axis points down, as one reads.
type paper struct {
	vg.Canvas
	height vg.Length
}

func (p paper) at(x, y vg.Length) vg.Point { return vg.Point{X: x, Y: p.height - y} }

// text writes with the baseline at y.
func (p paper) text(f *plotfont.Face, x, y vg.Length, c color.Color, s string) {
	p.SetColor(c)
	p.FillString(*f, p.at(x, y), s)
}

func (p paper) box(x0, y0, x1, y1 vg.Length) vg.Path {
	var path vg.Path
	path.Move(p.at(x0, y0))
	path.Line(p.at(x1, y0))
	path.Line(p.at(x1, y1))
	path.Line(p.at(x0, y1))
	path.Close()
	return path
}

func (p paper) fill(x0, y0, x1, y1 vg.Length, c color.Color) {
	p.SetColor(c)
	p.Fill(p.box(x0, y0, x1, y1))
}

func (p paper) outline(x0, y0, x1, y1, width vg.Length, c color.Color) {
	p.pen(width, c)
	p.Stroke(p.box(x0, y0, x1, y1))
}

func (p paper) pen(width vg.Length, c color.Color, dashes ...vg.Length) {
	p.SetLineWidth(width)
	p.SetLineDash(dashes, 0)
	p.SetColor(c)
}

// line draws with the pen.
func (p paper) line(x0, y0, x1, y1 vg.Length) {
	var path vg.Path
	path.Move(p.at(x0, y0))
	path.Line(p.at(x1, y1))
	p.Stroke(path)
}

func (p paper) circle(x, y, r vg.Length) vg.Path {
	var path vg.Path
	path.Move(p.at(x+r, y))
	path.Arc(p.at(x, y), r, 0, 2*math.Pi)
	path.Close()
	return path
}

// hatch fills a box with slanted lines on white.
func (p paper) hatch(x0, y0, x1, y1 vg.Length, c color.Color) {
	const apart = 5
	p.fill(x0, y0, x1, y1, white)
	p.pen(1.6, c)
	h := y1 - y0
	for x := x0 - h + apart/2; x < x1; x += apart {
		// from (x, y1) up to (x+h, y0), cut at the sides of the box
		left, right := max(x, x0), min(x+h, x1)
		if left < right {
			p.line(left, y1-(left-x), right, y1-(right-x))
		}
	}
	p.outline(x0, y0, x1, y1, 1, c)
}

// arrow draws a line with a head at its end.
func (p paper) arrow(x0, y0, x1, y1 vg.Length) {
	p.line(x0, y0, x1, y1)
	const size, spread = 5, 0.42
	back := math.Atan2(float64(y0-y1), float64(x0-x1))
	for _, side := range []float64{-spread, spread} {
		p.line(x1, y1, x1+size*vg.Length(math.Cos(back+side)), y1+size*vg.Length(math.Sin(back+side)))
	}
}
