package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"gonum.org/v1/plot/vg"
)

// bands returns the periods of all violations.
func (p *sheet) bands() []interval {
	var all []interval
	for _, v := range p.violations {
		all = append(all, v.spans...)
	}
	return merge(all)
}

// drawBands extends what lasted down through the lanes, behind everything.
func (p *sheet) drawBands(on canvas.Paper) {
	for _, span := range p.bands() {
		x0 := p.x(span.from)
		x1 := max(p.x(span.to), x0+2)
		on.Rect(x0, p.top+thinBar, x1, p.bottom-between+4, canvas.ViolationTint)
	}
}

// drawViolations draws a row for each violation at the top: a bar if it lasted, or a point with a
// line down through the lanes if it happened at a moment.
func (p *sheet) drawViolations(on canvas.Paper) {
	for i, v := range p.violations {
		if len(v.spans) > 0 || !v.moment {
			continue
		}
		x, y := p.x(v.at), p.noted[i]+thinBar/2
		on.Pen(1.2, canvas.Violation, 4, 3)
		on.Line(x, y, x, p.bottom-between+4)
	}
	for i, v := range p.violations {
		p.drawViolation(on, p.noted[i], v)
	}
}

// drawViolation draws one row, over the lines that pass through it.
func (p *sheet) drawViolation(on canvas.Paper, y vg.Length, v violation) {
	name := canvas.Shorten(canvas.Bold(nameSize), words.Property(v.property), p.left-margin-8)
	on.Text(canvas.Bold(nameSize), margin, y+11.5, canvas.Violation, name)
	text := v.label
	from, to := p.left, p.left
	for n, span := range v.spans {
		x0 := p.x(span.from)
		x1 := max(p.x(span.to), x0+2)
		on.Rect(x0, y, x1, y+thinBar, canvas.Violation)
		if n == 0 {
			from = x0
		}
		to = x1
	}
	switch {
	case len(v.spans) > 0:
		text += ": " + words.Seconds(v.lasted())
	case v.moment:
		x := p.x(v.at)
		on.SetColor(canvas.Violation)
		on.Fill(on.Circle(x, y+thinBar/2, 5))
		from, to = x-5, x+5
	default:
		text += " (not in this picture)"
	}
	f := canvas.Regular(labelSize)
	w := f.Width(text)
	x := to + 6
	switch {
	case to+6+w <= p.right+8:
	case from-6-w >= p.left:
		x = from - 6 - w
	case len(v.spans) > 0: // the bar fills the row
		x = (p.left+p.right)/2 - w/2
	}
	if len(v.spans) > 0 && x < to && x+w > from || p.crossed(x, x+w, v) {
		boxedText(on, x, y+11.5, text)
		return
	}
	on.Text(f, x, y+11.5, canvas.Ink, text)
}

// crossed reports whether the line of another violation passes between two places.
func (p *sheet) crossed(x0, x1 vg.Length, v violation) bool {
	for _, other := range p.violations {
		if x := p.x(other.at); other.property != v.property && other.moment && len(other.spans) == 0 && x0-2 < x && x < x1+2 {
			return true
		}
	}
	return false
}
