package page

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/canvas"
)

// measure is a script that shows an SVG alone, one pixel per point, and measures every text: where
// the browser puts it, and how far its letters reach above and below the baseline. The canvas
// rounds, so it is given letters ten times as large.
const measure = `((svg) => {
	const source = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
	const [, , width, height] = source.getAttribute("viewBox").split(" ").map(Number);
	let root = document.documentElement;
	if (root.tagName !== "svg") {
		root = document.importNode(source, true);
		document.body.style.margin = 0;
		document.body.replaceChildren(root);
	}
	root.setAttribute("width", width);
	root.setAttribute("height", height);
	const pen = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas").getContext("2d");
	const texts = [], boxes = [];
	for (const e of root.querySelectorAll("text, path")) {
		const number = (name) => Number(e.getAttribute(name));
		const rectangle = /^M([\d.-]+) ([\d.-]+)h([\d.]+)v([\d.]+)h-[\d.]+z$/;
		const m = e.tagName === "path" && e.getAttribute("fill") !== "none" && rectangle.exec(e.getAttribute("d"));
		if (e.tagName === "path" && !m) continue;
		const style = getComputedStyle(e);
		const paint = [...style.fill.matchAll(/[\d.]+/g)].map(Number);
		if (m) {
			const [x, y, w, h] = m.slice(1).map(Number);
			boxes.push({ x0: x, y0: y, x1: x + w, y1: y + h, paint, opacity: Number(style.fillOpacity) });
			continue;
		}
		pen.font = style.fontWeight + " " + 10 * parseFloat(style.fontSize) + "px " + style.fontFamily;
		const ink = pen.measureText(e.textContent), shown = e.getBoundingClientRect();
		texts.push({
			text: e.textContent, turned: e.hasAttribute("transform"), size: number("font-size"), bold: style.fontWeight > 400,
			natural: ink.width / 10, x: number("x"), long: number("textLength"), after: boxes.length, paint,
			covers: { x0: shown.left, y0: number("y") - ink.actualBoundingBoxAscent / 10, x1: shown.right, y1: number("y") + ink.actualBoundingBoxDescent / 10 },
		});
	}
	return { width, height, texts, boxes };
})`

// measured is a picture as the browser shows it, in points.
type measured struct {
	Width, Height float64
	Texts         []shownText
	Boxes         []filledBox // in drawing order
}

type shownText struct {
	Text         string
	Turned, Bold bool
	Size         float64
	Natural      float64 // its length without textLength
	X, Long      float64 // where it should begin, and how long it should be
	Covers       area
	After        int // how many boxes are drawn before it
	Paint        []float64
}

type filledBox struct {
	area
	Paint   []float64
	Opacity float64
}

type area struct{ X0, Y0, X1, Y1 float64 }

// near is the tolerance, in points.
const near = 0.5

func (a area) holds(o area) bool {
	return a.X0 <= o.X0+near && o.X1 <= a.X1+near && a.Y0 <= o.Y0+near && o.Y1 <= a.Y1+near
}

func (a area) meets(o area) bool {
	return a.X0+near < o.X1 && o.X0+near < a.X1 && a.Y0+near < o.Y1 && o.Y0+near < a.Y1
}

// faults lists what is wrong with the places of a picture's texts.
func (m *measured) faults() (all []string) {
	say := func(t shownText, format string, args ...any) {
		all = append(all, fmt.Sprintf("%q (%.1f) %s", t.Text, t.Covers, fmt.Sprintf(format, args...)))
	}
	for i, t := range m.Texts {
		switch {
		case t.Turned:
			say(t, "is turned, and this test cannot measure that")
		case strings.TrimSpace(t.Text) == "":
			say(t, "is empty")
		case !(area{0, 0, m.Width, m.Height}).holds(t.Covers):
			say(t, "leaves the picture of %g by %g", m.Width, m.Height)
		case math.Abs(t.Covers.X0-t.X) > 1 || math.Abs(t.Covers.X1-t.X-t.Long) > 1:
			say(t, "was meant to begin at %g and be %g long", t.X, t.Long)
		}
		if in := m.boxesOf(t); len(in) > 0 && !slices.ContainsFunc(in, func(a area) bool { return a.holds(t.Covers) }) {
			say(t, "leaves its box: %.1f", in)
		}
		for _, other := range m.Texts[:i] {
			if other.Covers.meets(t.Covers) {
				say(t, "lies over %q (%.1f)", other.Text, other.Covers)
			}
		}
	}
	return all
}

// below lists the boxes under the middle of a text, from the lowest.
func (m *measured) below(t shownText) (all []filledBox) {
	x, y := (t.Covers.X0+t.Covers.X1)/2, (t.Covers.Y0+t.Covers.Y1)/2
	for _, b := range m.Boxes[:t.After] {
		if b.X0 <= x && x <= b.X1 && b.Y0 <= y && y <= b.Y1 {
			all = append(all, b)
		}
	}
	return all
}

// boxesOf lists the boxes that a text is written into; there are several where the background is
// pieced together. Taller boxes do not count: they lie behind many things.
func (m *measured) boxesOf(t shownText) (all []area) {
	const highest = 45
	for _, b := range m.below(t) {
		if b.Y1-b.Y0 <= highest {
			all = append(all, b.area)
		}
	}
	return all
}

// boxed counts the texts that are written into a box.
func (m *measured) boxed() (n int) {
	for _, t := range m.Texts {
		n += min(1, len(m.boxesOf(t)))
	}
	return n
}

// faint lists the texts that do not stand out from what lies under their middle, by WCAG 2, which
// demands less of large letters, and of bold ones that are almost as large.
func (m *measured) faint() (all []string) {
	for _, t := range m.Texts {
		least := 4.5
		if t.Size >= 18 || t.Bold && t.Size >= 14 {
			least = 3
		}
		var ground color.NRGBA
		for _, b := range m.below(t) {
			over := canvas.Colour{Light: paint(b.Paint)}
			over.Light.A = uint8(255*b.Opacity + 0.5)
			ground = canvas.Over(over, canvas.Colour{Light: ground}).Light
		}
		if got := canvas.Contrast(paint(t.Paint), ground); got < least {
			all = append(all, fmt.Sprintf("the contrast of %q (%v) with its ground (%v) is %.2f, want %g", t.Text, paint(t.Paint), ground, got, least))
		}
	}
	return all
}

func paint(rgb []float64) color.NRGBA {
	return color.NRGBA{R: uint8(rgb[0]), G: uint8(rgb[1]), B: uint8(rgb[2]), A: 0xFF}
}
