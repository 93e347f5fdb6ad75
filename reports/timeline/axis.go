package timeline

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"gonum.org/v1/plot/vg"
)

// maxTicks is the maximum number of ticks on an axis.
const maxTicks = 13

// everyNice returns the smallest of 1, 2 or 5 times a power of ten that divides the range into no
// more than maxTicks parts.
func everyNice(span float64) float64 {
	step := math.Pow(10, math.Floor(math.Log10(span/maxTicks)))
	for _, times := range []float64{1, 2, 5, 10} {
		if span/(step*times) <= maxTicks {
			return step * times
		}
	}
	return step * 10
}

// tickMark is a place on an axis and its text.
type tickMark struct {
	at   time.Duration
	text string
}

// ticks divides the window into units of a duration: seconds, milliseconds, leases.
func (p *sheet) ticks(unit time.Duration) []tickMark {
	from, to := float64(p.from)/float64(unit), float64(p.to)/float64(unit)
	step := everyNice(to - from)
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var out []tickMark
	for n := math.Ceil(from/step-1e-9) + 0; n*step <= to+step*1e-9; n++ {
		out = append(out, tickMark{
			at:   time.Duration(math.Round(n * step * float64(unit))),
			text: strconv.FormatFloat(n*step, 'f', decimals, 64),
		})
	}
	return out
}

// unit returns the unit of the axis.
func (p *sheet) unit() (time.Duration, string) {
	if p.to-p.from < time.Second {
		return time.Millisecond, "ms"
	}
	return time.Second, "s"
}

// leases reports whether a second scale, in leases, is useful.
func (p *sheet) leases() bool { return p.ttl > 0 && p.to-p.from >= p.ttl/2 }

func (p *sheet) leaseScale() string { return fmt.Sprintf("in leases of %s", words.Seconds(p.ttl)) }

func (p *sheet) axisHeight() vg.Length {
	if p.leases() {
		return 52
	}
	return 30
}

func (p *sheet) drawGrid(on canvas.Paper) {
	unit, _ := p.unit()
	on.Pen(0.8, canvas.Haze)
	for _, t := range p.ticks(unit) {
		on.Line(p.x(t.at), p.top, p.x(t.at), p.bottom)
	}
}

func (p *sheet) drawAxis(on canvas.Paper) {
	unit, name := p.unit()
	y := p.bottom
	p.drawScale(on, y, p.ticks(unit), "time ("+name+")")
	if !p.leases() {
		return
	}
	ticks := p.ticks(p.ttl)
	p.drawScale(on, y+24, ticks, p.leaseScale())
}

// drawScale draws one scale: its name in the gutter, ticks and numbers along it.
func (p *sheet) drawScale(on canvas.Paper, y vg.Length, ticks []tickMark, name string) {
	f := canvas.Regular(labelSize)
	on.Pen(1, canvas.Slate)
	on.Line(p.left, y, p.right, y)
	for _, t := range ticks {
		x := p.x(t.at)
		on.Pen(1, canvas.Slate)
		on.Line(x, y, x, y+4)
		on.Text(f, x-f.Width(t.text)/2, y+15, canvas.Ink, t.text)
	}
	on.Text(f, margin, y+9, canvas.Slate, canvas.Shorten(f, name, p.left-margin-14))
}
