package canvas

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// typeface is the font family of all pictures, with its metrics built in: labels measure the same
// on every machine. It is two fonts; gonum's collection has twelve, of which a program with any has all.
var typeface = sync.OnceValue(func() *plotfont.Cache {
	return plotfont.NewCache(plotfont.Collection{
		parse(font.WeightNormal, liberationsansregular.TTF), parse(font.WeightBold, liberationsansbold.TTF),
	})
})

func parse(weight font.Weight, ttf []byte) plotfont.Face {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // it comes with the program
	}
	return plotfont.Face{Font: sans(weight), Face: parsed}
}

func sans(weight font.Weight) plotfont.Font {
	return plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight}
}

func face(size vg.Length, weight font.Weight) *plotfont.Face {
	f := typeface().Lookup(sans(weight), size)
	return &f
}

func Regular(size vg.Length) *plotfont.Face { return face(size, font.WeightNormal) }
func Bold(size vg.Length) *plotfont.Face    { return face(size, font.WeightBold) }

// Wrap breaks a text into lines that fit into width. A word that is too long for a line of its own
// is broken.
func Wrap(f *plotfont.Face, text string, width vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range unbroken(strings.Fields(text)) {
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

// unbroken keeps a number and its unit together.
func unbroken(words []string) []string {
	var out []string
	for _, w := range words {
		unit := strings.TrimRight(w, ".,:;)")
		if n := len(out); n > 0 && slices.Contains([]string{"s", "ms", "µs", "ns"}, unit) && endsInDigit(out[n-1]) {
			out[n-1] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

func endsInDigit(word string) bool {
	last := word[len(word)-1]
	return '0' <= last && last <= '9'
}

// fits returns how many bytes of the text fit into width, always at least one character.
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

// Shorten cuts a text that does not fit into width, and marks the cut.
func Shorten(f *plotfont.Face, text string, width vg.Length) string {
	if f.Width(text) <= width {
		return text
	}
	n := fits(f, text, width-f.Width("…"))
	return strings.TrimRight(text[:n], " ") + "…"
}

// Paper is a canvas whose y axis points down.
type Paper struct {
	vg.Canvas
	height vg.Length
}

func (p Paper) At(x, y vg.Length) vg.Point { return vg.Point{X: x, Y: p.height - y} }

// Text writes with the baseline at y; an empty text writes nothing.
func (p Paper) Text(f *plotfont.Face, x, y vg.Length, c color.Color, s string) {
	if s == "" {
		return
	}
	p.SetColor(c)
	p.FillString(*f, p.At(x, y), s)
}

func (p Paper) Box(x0, y0, x1, y1 vg.Length) vg.Path {
	var path vg.Path
	path.Move(p.At(x0, y0))
	path.Line(p.At(x1, y0))
	path.Line(p.At(x1, y1))
	path.Line(p.At(x0, y1))
	path.Close()
	return path
}

func (p Paper) Rect(x0, y0, x1, y1 vg.Length, c color.Color) {
	p.SetColor(c)
	p.Fill(p.Box(x0, y0, x1, y1))
}

func (p Paper) Frame(x0, y0, x1, y1, width vg.Length, c color.Color) {
	p.Pen(width, c)
	p.Stroke(p.Box(x0, y0, x1, y1))
}

func (p Paper) Pen(width vg.Length, c color.Color, dashes ...vg.Length) {
	p.SetLineWidth(width)
	p.SetLineDash(dashes, 0)
	p.SetColor(c)
}

// Line draws with the pen.
func (p Paper) Line(x0, y0, x1, y1 vg.Length) {
	var path vg.Path
	path.Move(p.At(x0, y0))
	path.Line(p.At(x1, y1))
	p.Stroke(path)
}

func (p Paper) Circle(x, y, r vg.Length) vg.Path {
	var path vg.Path
	path.Move(p.At(x+r, y))
	path.Arc(p.At(x, y), r, 0, 2*math.Pi)
	path.Close()
	return path
}

// Hatch fills a box with slanted lines on white.
func (p Paper) Hatch(x0, y0, x1, y1 vg.Length, c color.Color) {
	const apart = 5
	p.Rect(x0, y0, x1, y1, Ground)
	p.Pen(1.6, c)
	h := y1 - y0
	for x := x0 - h + apart/2; x < x1; x += apart {
		// from (x, y1) up to (x+h, y0), cut at the sides of the box
		left, right := max(x, x0), min(x+h, x1)
		if left < right {
			p.Line(left, y1-(left-x), right, y1-(right-x))
		}
	}
	p.Frame(x0, y0, x1, y1, 1, c)
}

// Arrow draws a line with a head at its end.
func (p Paper) Arrow(x0, y0, x1, y1 vg.Length) {
	p.Line(x0, y0, x1, y1)
	const size, spread = 5, 0.42
	back := math.Atan2(float64(y0-y1), float64(x0-x1))
	for _, side := range []float64{-spread, spread} {
		p.Line(x1, y1, x1+size*vg.Length(math.Cos(back+side)), y1+size*vg.Length(math.Sin(back+side)))
	}
}
