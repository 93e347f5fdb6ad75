package charts

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/sweep"
)

// axis is the scale of a sweep's parameter.
type axis struct {
	from, to float64
	name     string
	ticks    []tick
}

// tick is a number on a scale.
type tick struct {
	at   float64
	text string
}

// axisOf makes a scale that contains all values, with a little room at both ends.
func axisOf(p sweep.Parameter) axis {
	first, last := p.Values[0], p.Values[len(p.Values)-1]
	room := (last - first) / 40
	a := axis{from: first - room, to: last + room, name: p.Name}
	if unit := p.Unit.String(); unit != "" {
		a.name += " (" + unit + ")"
	}
	step := niceStep(last - first)
	if p.Unit == amount.Hosts {
		step = max(step, 1)
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	for n := math.Ceil(first/step - 1e-9); n*step <= last+step*1e-9; n++ {
		text := strconv.FormatFloat(n*step+0, 'f', decimals, 64)
		a.ticks = append(a.ticks, tick{n * step, strings.Replace(text, "-", "−", 1)})
	}
	return a
}

// niceStep returns the smallest of 1, 2 or 5 times a power of ten that makes no more than a dozen
// parts.
func niceStep(span float64) float64 {
	const parts = 12
	power := math.Pow(10, math.Floor(math.Log10(span/parts)))
	for _, times := range []float64{1, 2, 5} {
		if span/(power*times) <= parts+1e-9 {
			return power * times
		}
	}
	return power * 10
}

// x returns the position of a value.
func (a axis) x(value float64) vg.Length {
	return sweepLeft + (sweepWidth-sweepMargin-sweepLeft)*vg.Length((value-a.from)/(a.to-a.from))
}
