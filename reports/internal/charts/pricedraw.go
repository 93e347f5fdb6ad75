package charts

import (
	"strconv"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

func (s *priceSheet) draw(on canvas.Paper) {
	s.page.draw(on, s.height)
	f := canvas.Regular(smallSize)
	step := int(max(1, niceStep(float64(s.most))))
	for n := 0; n <= s.most; n += step {
		y, text := s.y(n), strconv.Itoa(n)
		on.Text(f, margin+priceLeft-8-f.Width(text), y+4, canvas.Slate, text)
		for _, p := range s.panels {
			on.Pen(0.8, canvas.Mist)
			on.Line(p.from, y, p.to, y)
		}
	}
	for _, p := range s.panels {
		s.drawPanel(on, p)
	}
}

func (s *priceSheet) drawPanel(on canvas.Paper, p pricePanel) {
	f, bold, bottom := canvas.Regular(smallSize), canvas.Bold(smallSize), s.top+vg.Length(priceHigh)
	for _, t := range p.ticks {
		x := vg.Length(t.at)
		if t.text == "" {
			on.Pen(0.8, canvas.Slate)
			on.Line(x, bottom, x, bottom+2.5)
			continue
		}
		on.Pen(0.8, canvas.Mist)
		on.Line(x, s.top, x, bottom)
		on.Pen(1, canvas.Slate)
		on.Line(x, bottom, x, bottom+4)
		on.Text(f, x-f.Width(t.text)/2, bottom+17, canvas.Ink, t.text)
	}
	on.Frame(p.from, s.top, p.to, bottom, 1, canvas.Stone)
	on.Text(bold, (p.from+p.to-bold.Width(p.name))/2, bottom+38, canvas.Ink, p.name)
	for i, at := range p.spots {
		if end := p.ends[i]; end > 0 {
			on.Pen(2, canvas.Tint(canvas.Blue, 0.55))
			on.Line(at.x, at.y, end, at.y)
			on.Line(end, at.y-4, end, at.y+4)
		}
	}
	for i, at := range p.named {
		if l := p.labels[i]; l.away {
			x, y := l.end(at)
			on.Pen(0.7, canvas.Slate)
			on.Line(at.x, at.y, x, y)
		}
	}
	for _, at := range p.spots {
		on.SetColor(canvas.Ground)
		on.Fill(on.Circle(at.x, at.y, 6))
		on.SetColor(canvas.Blue)
		on.Fill(on.Circle(at.x, at.y, 5))
	}
	for i, at := range p.named {
		if l := p.labels[i]; l.found {
			for n, line := range at.lines {
				on.Text(bold, l.x0, l.y0+vg.Length(n+1)*labelLine-3, canvas.Ink, line)
			}
		}
	}
}
