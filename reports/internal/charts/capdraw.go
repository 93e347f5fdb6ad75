package charts

import (
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// turnedAway is the background for requests that were not served.
var turnedAway = canvas.Mist

func (s *capSheet) keys() []key {
	keys := []key{
		{"served, side with the majority", func(on canvas.Paper, x, y vg.Length) {
			on.Rect(x, y-6, x+sampleWidth, y+6, canvas.Green)
		}},
		{"served, side with the minority", func(on canvas.Paper, x, y vg.Length) {
			on.Hatch(x, y-6, x+sampleWidth, y+6, canvas.Green)
		}},
		{"turned away", func(on canvas.Paper, x, y vg.Length) {
			on.Rect(x, y-6, x+sampleWidth, y+6, turnedAway)
		}},
	}
	keys = append(keys, barKeys()...)
	if slices.ContainsFunc(s.rows, func(r sides) bool { return r.overlap.chance() || r.harm.chance() || r.left.chance() }) {
		keys = append(keys, intervalKey())
	}
	return keys
}

func (s *capSheet) draw(on canvas.Paper) {
	s.page.draw(on, s.height)
	bold, f := canvas.Bold(wordSize), canvas.Regular(smallSize)
	on.Text(bold, s.served, s.top-16, canvas.Ink, "Served during the split")
	on.Text(bold, s.choice, s.top-16, canvas.Ink, "So it is")
	on.Text(bold, s.violated, s.top-16, canvas.Ink, "Violations")
	bottom := s.top + vg.Length(len(s.rows))*s.row
	for _, x := range []vg.Length{s.served, s.violated} {
		for _, t := range []struct {
			at   vg.Length
			text string
		}{{0, "0 %"}, {0.5, "50 %"}, {1, "100 %"}} {
			on.Pen(0.8, canvas.Mist)
			on.Line(x+t.at*s.scale, s.top, x+t.at*s.scale, bottom)
			on.Text(f, x+t.at*s.scale-f.Width(t.text)/2, bottom+16, canvas.Slate, t.text)
		}
	}
	for i, r := range s.rows {
		s.drawRow(on, r, s.names[i], s.top+vg.Length(i)*s.row)
	}
	on.Pen(0.8, canvas.Mist)
	on.Line(margin, bottom, capWidth-margin, bottom)
}

func (s *capSheet) drawRow(on canvas.Paper, r sides, name []string, y vg.Length) {
	middle := y + s.row/2
	on.Pen(0.8, canvas.Mist)
	on.Line(margin, y, capWidth-margin, y)
	bold, f := canvas.Bold(smallSize), canvas.Regular(smallSize)
	at := middle - vg.Length(len(name)-1)*(headLine/2) + 4
	for _, line := range name {
		on.Text(bold, margin, at, canvas.Ink, line)
		at += headLine
	}
	s.drawServed(on, r.majority, middle-capBar-1, func(x0, y0, x1, y1 vg.Length) { on.Rect(x0, y0, x1, y1, canvas.Green) })
	s.drawServed(on, r.minority, middle+1, func(x0, y0, x1, y1 vg.Length) { on.Hatch(x0, y0, x1, y1, canvas.Green) })
	choice, means := r.choice()
	on.Text(canvas.Bold(titleSize-3), s.choice, middle+1, choiceColour(r), choice)
	on.Text(canvas.Regular(smallSize-2), s.choice, middle+15, canvas.Slate, canvas.Shorten(canvas.Regular(smallSize-2), means, capChoice+capApart-8))
	for i, each := range []struct {
		kind barKind
		share
	}{{overlapBar, r.overlap}, {harmBar, r.harm}, {leftBar, r.left}} {
		const high = 9
		top := middle - 1.5*(high+1) + vg.Length(i)*(high+1)
		if why := each.nothing(); why != "" {
			on.Text(canvas.Regular(smallSize-3), s.violated+6, top+high-1, canvas.Slate, why)
			continue
		}
		end := s.violated + s.scale*vg.Length(each.value())
		if each.violated > 0 {
			drawBar(on, each.kind, s.violated, top, end, top+high)
		}
		if !each.chance() {
			continue
		}
		low, high95 := Wilson(each.violated, each.decided)
		drawIntervalOn(on, each.kind, end, s.violated+s.scale*vg.Length(low), s.violated+s.scale*vg.Length(high95), top+high/2.0)
	}
	on.Text(f, s.violated+s.scale+8, middle+4, canvas.Slate, "n "+strconv.Itoa(r.harm.decided))
}

// drawServed draws a bar on its possible length, with its share beside it.
func (s *capSheet) drawServed(on canvas.Paper, share float64, y vg.Length, bar func(x0, y0, x1, y1 vg.Length)) {
	on.Rect(s.served, y, s.served+s.scale, y+capBar, turnedAway)
	if share > 0 {
		bar(s.served, y, s.served+s.scale*vg.Length(share), y+capBar)
	}
	on.Text(canvas.Regular(smallSize), s.served+s.scale+8, y+capBar-2.5, canvas.Ink, perCent(share)+" %")
}

// perCent says 0 and 100 only if that is exact.
func perCent(share float64) string {
	switch text := strconv.FormatFloat(100*share, 'f', 0, 64); {
	case text == "0" && share > 0:
		return "<1"
	case text == "100" && share < 1:
		return ">99"
	default:
		return text
	}
}

func choiceColour(r sides) canvas.Colour {
	switch name, _ := r.choice(); name {
	case "CP":
		return canvas.Green
	case "AP", "neither":
		return canvas.Violation
	}
	return canvas.Slate
}
