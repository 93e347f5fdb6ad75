package main

import (
	"fmt"
	"strings"
)

// Sizes in pixels.
const (
	width    = 1160
	rowStep  = 74
	boxTall  = 30
	fontSize = 13
	letter   = 7.3 // maximum width of one letter in a sans-serif font of that size
)

// shades has a fill colour for each part of the project. The shades also differ in lightness.
var shades = map[string]string{
	"cmd": "#ffffff", "examples": "#ffffff", "lab": "#fdf3c4", "reports": "#cfe3f5", "scenarios": "#f6d9b8",
	"backends": "#cfead6", "sim": "#e3d5ee",
}

type box struct{ x, y, wide float64 }

// wideOf returns the width of a package's box.
func wideOf(name string) float64 { return float64(len(name))*letter + 16 }

// draw returns the picture as SVG. A package is drawn above those that it imports.
func draw(g graph) string {
	rows := g.rows()
	boxes := map[string]box{}
	for r, row := range rows {
		y := float64(20 + r*rowStep)
		gap := float64(width)
		for _, p := range row {
			gap -= wideOf(p)
		}
		gap /= float64(len(row) + 1)
		x := gap
		for _, p := range row {
			boxes[p] = box{x: x, y: y, wide: wideOf(p)}
			x += wideOf(p) + gap
		}
	}
	var out strings.Builder
	tall := 20 + len(rows)*rowStep - (rowStep - boxTall) + 20
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="sans-serif" font-size="%d">`+"\n", width, tall, width, tall, fontSize)
	fmt.Fprintf(&out, "<title>Which package imports which</title>\n")
	fmt.Fprintf(&out, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, tall)
	for _, row := range rows {
		for _, p := range row {
			for _, i := range g.direct(p) {
				out.WriteString(arrow(boxes[p], boxes[i]))
			}
		}
	}
	for _, row := range rows {
		for _, p := range row {
			out.WriteString(boxes[p].draw(p))
		}
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// arrow draws an arrow from the lower edge of one box to the upper edge of another.
func arrow(from, to box) string {
	x1, y1 := from.x+from.wide/2, from.y+boxTall
	x2, y2 := to.x+to.wide/2, to.y
	bend := min(60, (y2-y1)/2)
	return fmt.Sprintf(`<path d="M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f" fill="none" stroke="#777777"/><path d="M%.1f %.1f l-3.5 -7 h7 z" fill="#777777"/>`+"\n",
		x1, y1, x1, y1+bend, x2, y2-bend, x2, y2-6, x2, y2)
}

func (b box) draw(name string) string {
	part, _, _ := strings.Cut(name, "/")
	fill, known := shades[part]
	if !known {
		fill = "#eeeeee"
	}
	return fmt.Sprintf(`<rect x="%.1f" y="%.1f" width="%.1f" height="%d" rx="5" fill="%s" stroke="#333333"/><text x="%.1f" y="%.1f" text-anchor="middle" fill="#111111">%s</text>`+"\n",
		b.x, b.y, b.wide, boxTall, fill, b.x+b.wide/2, b.y+boxTall/2+fontSize/3.0, name)
}
