package diagram

import (
	"time"

	"github.com/locklab/locklab/sim"
	"gonum.org/v1/plot/vg"
)

// reach is how far a lost message gets on its way from column to column.
const reach = 0.6

// speaks is the moment at which the part of the arrow with the words begins.
func (a arrow) speaks() time.Duration {
	if a.Again != 0 && a.Fate == sim.Arrived {
		return a.Again
	}
	return a.Sent
}

// mainPart is the part of the arrow with the words: the one that arrives, else the one that does
// not.
func (p *sheet) mainPart(a arrow) (x0, x1, y0, y1 vg.Length) {
	x0, x1 = p.xs[a.from], p.xs[a.to]
	switch {
	case a.Fate == sim.Arrived:
		return x0, x1, p.y(a.speaks()), p.y(a.Arrived)
	case a.Lost != 0:
		return x0, x0 + reach*(x1-x0), p.y(a.Sent), p.y(a.Lost)
	}
	return x0, x0 + reach*(x1-x0), p.y(a.Sent), p.y(p.to)
}

// crossArm is half the size of the cross at the end of a lost message.
const crossArm = vg.Length(4)

// crossing returns the position of that cross.
func (p *sheet) crossing(a arrow) (x, y vg.Length) {
	x0 := p.xs[a.from]
	return x0 + reach*(p.xs[a.to]-x0), p.y(a.Lost)
}
