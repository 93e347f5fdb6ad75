package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
)

// bands gives the times at which some violation lasted.
func (p *sheet) bands() []interval {
	var all []interval
	for _, v := range p.violations {
		all = append(all, v.spans...)
	}
	return merge(all)
}

// drawBands lets what lasted reach down through the lanes, behind everything.
func (p *sheet) drawBands(on canvas.Paper) {
	for _, span := range p.bands() {
		x0 := p.x(span.from)
		x1 := max(p.x(span.to), x0+2)
		on.Rect(x0, p.top+thinBar, x1, p.bottom-between+4, canvas.ViolationTint)
	}
}

// drawViolations draws a row for each violation at the top: a bar where it lasted, or a
// point with a line down through the lanes where it happened.
func (p *sheet) drawViolations(on canvas.Paper) {
	for i, v := range p.violations {
		y := p.noted[i]
		name := canvas.Shorten(canvas.Bold(nameSize), words.Property(v.property), p.left-margin-8)
		on.Text(canvas.Bold(nameSize), margin, y+11.5, canvas.Vermillion, name)
		text := v.label
		from, to := p.left, p.left
		for n, span := range v.spans {
			x0 := p.x(span.from)
			x1 := max(p.x(span.to), x0+2)
			on.Rect(x0, y, x1, y+thinBar, canvas.Vermillion)
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
			on.Pen(1.2, canvas.Vermillion, 4, 3)
			on.Line(x, y+thinBar/2, x, p.bottom-between+4)
			on.SetColor(canvas.Vermillion)
			on.Fill(on.Circle(x, y+thinBar/2, 5))
			from, to = x-5, x+5
		default:
			text += " (not in this picture)"
		}
		w := canvas.Regular(labelSize).Width(text)
		if to+6+w > p.right+8 && from-6-w < p.left { // the bar fills the row
			boxedText(on, (p.left+p.right)/2-w/2, y+11.5, text)
			continue
		}
		p.textBeside(on, from, to, y+11.5, text)
	}
}
