package charts

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// barKind is what a bar counts.
type barKind int

// The kinds of bar. One is outlined, one solid, one hatched, so that they also differ without their
// colours.
const (
	overlapBar barKind = iota
	harmBar
	leftBar
)

// twoHolders is the background of the outlined bar.
var twoHolders = canvas.Tint(canvas.Sky, 0.35)

func drawBar(on canvas.Paper, kind barKind, x0, y0, x1, y1 vg.Length) {
	switch kind {
	case overlapBar:
		on.Rect(x0, y0, x1, y1, twoHolders)
		on.Frame(x0+0.5, y0+0.5, x1-0.5, y1-0.5, 1, canvas.Blue)
	case harmBar:
		on.Rect(x0, y0, x1, y1, canvas.Violation)
	case leftBar:
		on.Hatch(x0, y0, x1, y1, canvas.Violation)
	}
}

func barKeys() []key {
	var keys []key
	for kind, text := range []string{"two holders at once", "money lost or taken twice", "the same behind a fence"} {
		keys = append(keys, key{text, func(on canvas.Paper, x, y vg.Length) {
			drawBar(on, barKind(kind), x, y-5, x+sampleWidth, y+5)
		}})
	}
	return keys
}

func intervalKey() key {
	return key{"95 % interval, where chance decides", func(on canvas.Paper, x, y vg.Length) { drawInterval(on, x+3, x+sampleWidth-3, y) }}
}

// drawInterval draws a horizontal whisker.
func drawInterval(on canvas.Paper, x0, x1, y vg.Length) {
	drawWhisker(on, x0, x1, y, canvas.Ink, true, true)
}

// drawIntervalOn draws an interval over a bar that ends at end. The part on a solid bar contrasts
// with the bar instead of the paper.
func drawIntervalOn(on canvas.Paper, kind barKind, end, x0, x1, y vg.Length) {
	ink := canvas.Ink
	if kind == harmBar {
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
