package charts

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	margins "github.com/locklab/locklab/scenarios/margin"
)

// The chart of margins, in points.
const (
	marginsWidth = 1200
	marginsLeft  = 292 // of the panels: faults are to the left
	marginsGap   = 30  // between panels
	marginsLine  = 13  // of a lock service
	marginsBand  = 12  // between faults
	marginsHead  = 60  // above the first band: names of the panels, scale
	markRadius   = 4
)

// Margins draws how much of each fault set-ups bear before it does each harm: a band for each fault, a
// line in it for each set-up, a panel for each harm, all on one scale of leases. It leaves out faults
// that are not counted in leases, and returns nil if none is left.
func Margins(sheets []margins.Sheet) *canvas.Figure {
	s := newMarginsSheet(sheets)
	if len(s.faults) == 0 {
		return nil
	}
	return &canvas.Figure{Width: marginsWidth, Height: s.height, Draw: s.draw}
}

// marginsSheet is the layout of the chart.
type marginsSheet struct {
	sheets  []margins.Sheet
	faults  []string // names, of faults counted in leases, in the order of the sheets
	left    []string // titles of those that are not
	title   []string // lines
	caption []string
	legend  vg.Length // height of the legend
	bands   []vg.Length
	height  vg.Length
}

func newMarginsSheet(sheets []margins.Sheet) *marginsSheet {
	const room = marginsWidth - 2*sweepMargin
	s := &marginsSheet{sheets: slices.DeleteFunc(slices.Clone(sheets), func(s margins.Sheet) bool { return len(s.Rows) == 0 })}
	for _, sheet := range s.sheets {
		for _, r := range sheet.Rows {
			_, timed := margins.Leases(r.Unit, 0, sheet.TTL)
			switch {
			case r.Size == "" || slices.Contains(s.faults, r.Fault) || slices.Contains(s.left, r.Title):
			case timed:
				s.faults = append(s.faults, r.Fault)
			default:
				s.left = append(s.left, r.Title)
			}
		}
	}
	if len(s.faults) == 0 {
		return s
	}
	s.title = canvas.Wrap(canvas.Bold(titleSize), s.headline(), room)
	s.caption = canvas.Wrap(canvas.Regular(smallSize), s.says(), room)
	s.legend = s.drawLegend(nil, 0)
	y := sweepMargin + vg.Length(len(s.title))*titleLine + s.legend + marginsHead
	for range s.faults {
		s.bands = append(s.bands, y)
		y += s.band() + marginsBand
	}
	s.height = y + 24 + vg.Length(len(s.caption))*16 + sweepMargin - 8
	return s
}

// band is the height of a fault's band.
func (s *marginsSheet) band() vg.Length {
	return max(2*wordLine-2, vg.Length(len(s.sheets))*marginsLine)
}

// headline says what the chart shows.
func (s *marginsSheet) headline() string {
	return "How long a fault may last before it does harm, in leases"
}

// says returns the caption.
func (s *marginsSheet) says() string {
	one := s.sheets[0]
	text := words.TrialsEach(one.Setup) + ", lease " + words.Seconds(one.TTL) + ", work " + words.Seconds(one.Think) +
		", guard " + one.Guard + ", " + one.Discipline + " clients. A line ends at the smallest length that does the harm in some trial; ∞: none up to " +
		words.Many(margins.MostLeases, "lease") + ". An upright stroke: derived on paper. Not served: a client waits for longer than " + words.Seconds(margins.Patience(one.Setup)) + "."
	if len(s.left) > 0 {
		text += " Not counted in leases, so not here: " + strings.Join(s.left, "; ") + "."
	}
	return text
}

// leasesAt is the place of a length on the scale, from 0 to 1. Short lengths have more room than long
// ones, and beyond the longest fault stands ∞.
func leasesAt(leases float64) float64 {
	return math.Log1p(8*leases) / math.Log1p(8*margins.MostLeases)
}

var leaseTicks = []struct {
	at   float64
	text string
}{{0, "0"}, {0.25, "¼"}, {0.5, "½"}, {1, "1"}, {2, "2"}, {4, "4"}, {10, "10"}, {30, "30"}, {100, "100"}}

// harmPanel returns the left end of a harm's panel and its width without the place of ∞.
func harmPanel(harm int) (left, width vg.Length) {
	const room, endless = marginsWidth - sweepMargin - marginsLeft, 40
	n := vg.Length(len(margins.Harms()))
	each := (room - (n-1)*marginsGap) / n
	return marginsLeft + vg.Length(harm)*(each+marginsGap), each - endless
}

// endlessAt is the position of ∞ on a panel's scale.
func endlessAt(harm int) vg.Length {
	left, width := harmPanel(harm)
	return left + width + 30
}

func (s *marginsSheet) draw(on canvas.Paper) {
	on.Rect(0, 0, marginsWidth, s.height, canvas.Ground)
	y := vg.Length(sweepMargin)
	for _, line := range s.title {
		y += titleLine
		on.Text(canvas.Bold(titleSize), sweepMargin, y-6, canvas.Ink, line)
	}
	s.drawLegend(&on, y)
	for i := range margins.Harms() {
		s.drawScale(on, i)
	}
	for i, fault := range s.faults {
		s.drawBand(on, fault, s.bands[i])
	}
	y = s.bands[len(s.bands)-1] + s.band() + 30
	for _, line := range s.caption {
		y += 16
		on.Text(canvas.Regular(smallSize), sweepMargin, y, canvas.Slate, line)
	}
}

// drawLegend draws the set-ups' names with their marks, and returns how high that is. Without paper it
// draws nothing.
func (s *marginsSheet) drawLegend(on *canvas.Paper, top vg.Length) vg.Length {
	f := canvas.Regular(wordSize)
	x, y := vg.Length(sweepMargin), top+wordLine
	for i, sheet := range s.sheets {
		width := 22 + f.Width(sheet.Backend) + 24
		if x > sweepMargin && x+width > marginsWidth-sweepMargin {
			x, y = sweepMargin, y+wordLine+4
		}
		if on != nil {
			setupMark(i).draw(*on, x+6, y-5, markRadius+1, lineColour(i))
			on.Text(f, x+20, y, canvas.Ink, sheet.Backend)
		}
		x += width
	}
	return y + 6 - top
}

// setupMark is the mark of a set-up. There are as many marks as colours; the sixth set-up has the first
// one's colour and the second one's mark.
func setupMark(setup int) mark { return mark(setup + setup/len(lineColours)) }

// drawScale draws the name and the scale of a harm's panel.
func (s *marginsSheet) drawScale(on canvas.Paper, harm int) {
	left, width := harmPanel(harm)
	top, bottom := s.bands[0]-8, s.bands[len(s.bands)-1]+s.band()+8
	f, b := canvas.Regular(smallSize), canvas.Bold(wordSize)
	on.Text(b, left, top-24, canvas.Ink, words.Harm(margins.Harms()[harm]))
	for _, t := range leaseTicks {
		x := left + width*vg.Length(leasesAt(t.at))
		on.Pen(0.8, canvas.Mist)
		on.Line(x, top, x, bottom)
		on.Text(f, x-f.Width(t.text)/2, top-6, canvas.Slate, t.text)
	}
	x := endlessAt(harm)
	on.Text(b, x-b.Width("∞")/2, top-5, canvas.Ink, "∞")
}

// drawBand draws one fault: its title, and a line for each set-up.
func (s *marginsSheet) drawBand(on canvas.Paper, fault string, top vg.Length) {
	f := canvas.Regular(wordSize)
	on.Pen(0.8, canvas.Haze)
	on.Line(sweepMargin, top-marginsBand/2, marginsWidth-sweepMargin, top-marginsBand/2)
	titled := false
	for i, sheet := range s.sheets {
		at := slices.IndexFunc(sheet.Rows, func(r margins.Row) bool { return r.Fault == fault })
		if at < 0 {
			continue
		}
		row := sheet.Rows[at]
		if !titled {
			titled = true
			for n, line := range canvas.Wrap(f, row.Title, marginsLeft-sweepMargin-16) {
				on.Text(f, sweepMargin, top+12+vg.Length(n)*wordLine, canvas.Ink, line)
			}
		}
		y := top + vg.Length(i)*marginsLine + marginsLine/2
		for harm, h := range margins.Harms() {
			m, has := row.Margin(h)
			if has {
				drawMargin(on, sheet, row, m, harm, y, i)
			} else {
				t := canvas.Regular(smallSize - 2)
				left, _ := harmPanel(harm)
				on.Text(t, left, y+3, canvas.Slate, "not applicable")
			}
		}
	}
}

// drawMargin draws one margin of one set-up.
func drawMargin(on canvas.Paper, sheet margins.Sheet, row margins.Row, m margins.Margin, harm int, y vg.Length, setup int) {
	left, width := harmPanel(harm)
	place := func(size float64) vg.Length {
		leases, _ := margins.Leases(row.Unit, size, sheet.TTL)
		return left + width*vg.Length(min(1, leasesAt(leases)))
	}
	if m.Unknown {
		f := canvas.Bold(smallSize)
		on.Text(f, left, y+4, canvas.Ink, "?")
		return
	}
	end := endlessAt(harm)
	if m.With != nil {
		end = place(*m.With)
	}
	on.Pen(2, lineColour(setup))
	on.Line(left, y, end, y)
	if d := m.Derived; d != nil && !d.Never && !d.Chance {
		on.Pen(1.2, canvas.Ink)
		for _, at := range []float64{d.Least, d.Most} {
			on.Line(place(at), y-5, place(at), y+5)
		}
	}
	setupMark(setup).draw(on, end, y, markRadius, lineColour(setup))
}
