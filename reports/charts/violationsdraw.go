package charts

import (
	"fmt"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// twoHolders is the background of the outlined bar.
var twoHolders = canvas.Tint(canvas.Sky, 0.35)

// drawBar draws one of the four kinds of bar: outlined, solid, solid, hatched, so that they also
// differ without their colours.
func drawBar(on canvas.Paper, kind int, x0, y0, x1, y1 vg.Length) {
	switch kind {
	case 0:
		on.Rect(x0, y0, x1, y1, twoHolders)
		on.Frame(x0+0.5, y0+0.5, x1-0.5, y1-0.5, 1, canvas.Blue)
	case 1:
		on.Rect(x0, y0, x1, y1, canvas.Blue)
	case 2:
		on.Rect(x0, y0, x1, y1, canvas.Violation)
	case 3:
		on.Hatch(x0, y0, x1, y1, canvas.Violation)
	}
}

func violationKeys() []key {
	var keys []key
	for kind, text := range []string{"two holders at once", "both within their own deadlines", "money lost or taken twice", "the same behind a fence"} {
		keys = append(keys, key{text, func(on canvas.Paper, x, y vg.Length) {
			drawBar(on, kind, x, y-5, x+sampleWidth, y+5)
		}})
	}
	return append(keys, key{"95 % interval", func(on canvas.Paper, x, y vg.Length) { drawInterval(on, x+3, x+sampleWidth-3, y) }})
}

// drawInterval draws a horizontal whisker.
func drawInterval(on canvas.Paper, x0, x1, y vg.Length) {
	drawWhisker(on, x0, x1, y, canvas.Ink, true, true)
}

// drawIntervalOn draws an interval over a bar that ends at end. The part on a solid bar contrasts
// with the bar instead of the paper.
func drawIntervalOn(on canvas.Paper, kind int, end, x0, x1, y vg.Length) {
	ink := canvas.Ink
	switch kind {
	case 1:
		ink = canvas.TextOn(canvas.Blue)
	case 2:
		ink = canvas.TextOn(canvas.Violation)
	}
	const seen = 0.05 // so that the last bits, in which processors differ, decide nothing
	begins, goesOn := x0 < end-seen, x1 > end+seen
	if begins {
		drawWhisker(on, x0, min(x1, end), y, ink, true, !goesOn)
	}
	if goesOn || !begins {
		drawWhisker(on, max(x0, end), x1, y, canvas.Ink, !begins, true)
	}
}

// drawWhisker draws a piece of a whisker, with the ends that it has.
func drawWhisker(on canvas.Paper, x0, x1, y vg.Length, c canvas.Colour, begins, ends bool) {
	on.Pen(1, c)
	on.Line(x0, y, x1, y)
	if begins {
		on.Line(x0, y-2, x0, y+2)
	}
	if ends {
		on.Line(x1, y-2, x1, y+2)
	}
}

func (s *violationSheet) draw(on canvas.Paper) {
	s.page.draw(on, s.height)
	for i, p := range s.panels {
		x, y := s.corner(i)
		s.drawPanel(on, p, x, y, i%violationCols == 0)
	}
}

// drawPanel draws a family. The first panel in each row has the names of the locks.
func (s *violationSheet) drawPanel(on canvas.Paper, p familyPanel, x, y vg.Length, names bool) {
	title, f := canvas.Bold(wordSize), canvas.Regular(smallSize)
	name := sentenceCase(string(p.family))
	on.Text(title, x, y+panelTitle-10, canvas.Ink, name)
	count := fmt.Sprintf("%d scenarios", p.scenarios)
	if p.scenarios == 1 {
		count = "1 scenario"
	}
	on.Text(f, x+title.Width(name)+8, y+panelTitle-10, canvas.Slate, count)
	scale := s.panel - countWidth
	top, bottom := y+panelTitle, y+s.panelHeight()-panelScale
	for _, t := range []struct {
		at   vg.Length
		text string
	}{{0, "0 %"}, {0.5, "50 %"}, {1, "100 %"}} {
		on.Pen(0.8, canvas.Mist)
		on.Line(x+t.at*scale, top, x+t.at*scale, bottom)
		on.Text(f, x+t.at*scale-f.Width(t.text)/2, bottom+15, canvas.Slate, t.text)
	}
	on.Text(f, x+s.panel-f.Width("n"), top-10, canvas.Slate, "n")
	for i, row := range p.rows {
		at := top + vg.Length(i)*s.rowHeight()
		if names {
			base := at + s.rowHeight()/2 + 4 - vg.Length(len(s.names[i])-1)*(headLine/2)
			for n, line := range s.names[i] {
				on.Text(f, margin, base+vg.Length(n)*headLine, canvas.Ink, line)
			}
		}
		on.Pen(0.8, canvas.Mist)
		on.Line(x, at, x+s.panel, at)
		s.drawBars(on, row, x, at+(s.rowHeight()-4*barHeight)/2, scale)
	}
	on.Pen(1, canvas.Slate)
	on.Line(x, top, x, bottom)
}

func (s *violationSheet) drawBars(on canvas.Paper, row violationRow, x, y, scale vg.Length) {
	f := canvas.Regular(smallSize - 1)
	middle := y + 2*barHeight
	var all share
	for _, each := range row.shares() {
		all.decided += each.decided
		all.trials += each.trials
	}
	if why := all.nothing(); why != "" {
		on.Text(f, x+8, middle+4, canvas.Slate, why)
		return
	}
	for kind, each := range row.shares() {
		top := y + vg.Length(kind)*barHeight
		if each.decided == 0 {
			if each.trials > 0 {
				on.Text(canvas.Regular(barHeight), x+3, top+barHeight-1, canvas.Slate, each.nothing())
			}
			continue
		}
		end := x + scale*vg.Length(each.value())
		if each.violated > 0 {
			drawBar(on, kind, x, top+0.4, end, top+barHeight-0.4)
		}
		low, high := Wilson(each.violated, each.decided)
		drawIntervalOn(on, kind, end, x+scale*vg.Length(low), x+scale*vg.Length(high), top+barHeight/2)
	}
	count := fmt.Sprintf("%d / %d", row.harm.decided, row.left.decided)
	on.Text(f, x+s.panel-f.Width(count), middle+4, canvas.Slate, count)
}
