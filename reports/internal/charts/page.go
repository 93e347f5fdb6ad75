package charts

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

const (
	margin      = 28
	captionLine = 16
	keyLine     = 22
	sampleWidth = 34
)

// page is what surrounds every comparison chart: a title, a description of the scales, a legend,
// and a caption that says where the figures come from.
type page struct {
	width    vg.Length
	title    []string
	subtitle []string
	keys     []placedKey
	keyRows  int
	caption  []string
}

// key is a sample and what it stands for.
type key struct {
	text   string
	sample func(on canvas.Paper, x, y vg.Length) // draws around y, sampleWidth wide
}

type placedKey struct {
	key
	x   vg.Length
	row int
}

func newPage(width vg.Length, title, subtitle, caption string, keys []key) page {
	room := width - 2*margin
	p := page{
		width:    width,
		title:    canvas.Wrap(canvas.Bold(titleSize), title, room),
		subtitle: canvas.Wrap(canvas.Regular(wordSize), subtitle, room),
		caption:  canvas.Wrap(canvas.Regular(smallSize), caption, room),
	}
	const gap = 22
	x := vg.Length(margin)
	for _, k := range keys {
		w := sampleWidth + 6 + canvas.Regular(smallSize).Width(k.text)
		if x+w > width-margin && x > margin {
			x = margin
			p.keyRows++
		}
		p.keys = append(p.keys, placedKey{k, x, p.keyRows})
		x += w + gap
	}
	if len(keys) > 0 {
		p.keyRows++
	}
	return p
}

// head is the height of title, subtitle and legend: the chart begins below.
func (p page) head() vg.Length {
	return margin + vg.Length(len(p.title))*titleLine + vg.Length(len(p.subtitle))*wordLine + 10 + vg.Length(p.keyRows)*keyLine + 8
}

// foot is the height of the caption.
func (p page) foot() vg.Length { return vg.Length(len(p.caption))*captionLine + 12 + margin - 6 }

// draw draws everything but the chart on paper of this height.
func (p page) draw(on canvas.Paper, height vg.Length) {
	on.Rect(0, 0, p.width, height, canvas.Ground)
	y := vg.Length(margin)
	for _, line := range p.title {
		y += titleLine
		on.Text(canvas.Bold(titleSize), margin, y-8, canvas.Ink, line)
	}
	for _, line := range p.subtitle {
		y += wordLine
		on.Text(canvas.Regular(wordSize), margin, y-5, canvas.Slate, line)
	}
	y += 10
	for _, k := range p.keys {
		middle := y + vg.Length(k.row)*keyLine + keyLine/2
		k.sample(on, k.x, middle)
		on.Text(canvas.Regular(smallSize), k.x+sampleWidth+6, middle+4, canvas.Ink, k.text)
	}
	y = height - p.foot() + 12
	for _, line := range p.caption {
		y += captionLine
		on.Text(canvas.Regular(smallSize), margin, y-4, canvas.Slate, line)
	}
}
