// Package charts draws the results of many trials together.
package charts

import (
	"fmt"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
)

// The chart of a sweep, in points.
const (
	sweepWidth  = 900
	sweepMargin = 28
	sweepLeft   = 84 // of the panels: the scale of shares is to the left
	titleSize   = 21
	titleLine   = 26
	wordSize    = 14
	wordLine    = 18
	smallSize   = 12
	panelHead   = 47
	panelBody   = 66
	panelGap    = 18
)

// Sweep draws a sweep: a panel for each line, all on one scale of the parameter. A panel shows the
// measured share of trials in which the property was violated, with its 95 % interval, over the
// share that was derived on paper.
func Sweep(r sweep.Result) *canvas.Figure {
	s := newSweepSheet(r)
	return &canvas.Figure{Width: sweepWidth, Height: s.height, Draw: s.draw}
}

// sweepSheet is the layout of a sweep's chart.
type sweepSheet struct {
	sweep.Result
	title, caption []string // lines
	axis           axis
	top, height    vg.Length // of the first panel, of the paper
}

func newSweepSheet(r sweep.Result) *sweepSheet {
	const room = sweepWidth - 2*sweepMargin
	s := &sweepSheet{Result: r, axis: axisOf(r.Parameter)}
	s.title = canvas.Wrap(canvas.Bold(titleSize), r.Title, room)
	s.caption = canvas.Wrap(canvas.Regular(smallSize), s.says(), room)
	s.top = sweepMargin + vg.Length(len(s.title))*titleLine + wordLine + 16
	s.height = s.bottom() + 48 + vg.Length(len(s.caption))*16 + sweepMargin - 8
	return s
}

// bottom is where the last panel ends.
func (s *sweepSheet) bottom() vg.Length {
	return s.top + vg.Length(len(s.Lines))*(panelHead+panelBody+panelGap) - panelGap
}

// says returns the caption.
func (s *sweepSheet) says() string {
	trials := 0
	for _, p := range s.Points {
		trials = max(trials, p.Trials)
	}
	text := fmt.Sprintf("%s a point (one a seed), %s world, lease %s. Marks: share of violated trials with its 95 %% interval (Wilson). "+
		"Dashed line and shade: derived on paper.", words.Many(trials, "trial"), s.World, words.Seconds(s.TTL))
	if wrong := s.contradictions(); wrong > 0 {
		text += fmt.Sprintf(" A cross: not as derived (%s).", words.Many(wrong, "point"))
	}
	if unknown := s.undecided(); unknown > 0 {
		text += fmt.Sprintf(" A question mark: no trial could tell (%s undecided).", words.Many(unknown, "point"))
	}
	return text
}

// undecided counts the points without a decided trial.
func (s *sweepSheet) undecided() (n int) {
	for _, p := range s.Points {
		if p.Decided() == 0 {
			n++
		}
	}
	return n
}

func (s *sweepSheet) contradictions() (n int) {
	for _, p := range s.Points {
		if p.Outcome == outcome.NotAsExpected {
			n++
		}
	}
	return n
}

// subtitle says what is on the two scales.
func (s *sweepSheet) subtitle() string {
	return fmt.Sprintf("Share of trials with a violation of %s: %s", s.Property, s.Property.Row().Violation)
}

func (s *sweepSheet) draw(on canvas.Paper) {
	on.Rect(0, 0, sweepWidth, s.height, canvas.Ground)
	y := vg.Length(sweepMargin)
	for _, line := range s.title {
		y += titleLine
		on.Text(canvas.Bold(titleSize), sweepMargin, y-6, canvas.Ink, line)
	}
	y += wordLine
	on.Text(canvas.Regular(wordSize), sweepMargin, y-2, canvas.Slate, s.subtitle())

	for i := range s.Lines {
		p := panel{sheet: s, line: s.Lines[i], top: s.top + vg.Length(i)*(panelHead+panelBody+panelGap), colour: lineColour(i), mark: mark(i)}
		p.draw(on, i == len(s.Lines)-1)
	}
	y = s.bottom() + 44
	for _, line := range s.caption {
		y += 16
		on.Text(canvas.Regular(smallSize), sweepMargin, y, canvas.Slate, line)
	}
}

// lineColours leave out vermillion, which is always a violation.
var lineColours = []canvas.Colour{canvas.Blue, canvas.Amber, canvas.Green, canvas.Violet, canvas.Sky}

func lineColour(line int) canvas.Colour { return lineColours[line%len(lineColours)] }
