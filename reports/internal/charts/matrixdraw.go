package charts

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/canvas"
)

// The backgrounds of squares. Harm is dark and no harm light, so they also differ in grey.
var (
	wholeGround     = canvas.Tint(canvas.Green, 0.22)
	sometimesGround = canvas.Tint(canvas.Violation, 0.42)
	alwaysGround    = canvas.Violation
)

func (s *matrixSheet) draw(on canvas.Paper) {
	s.page.draw(on, s.height)
	s.drawHeads(on)
	y := s.top
	for i := range s.rows {
		if head := s.headAbove(i); head > 0 {
			y += head
			on.Text(canvas.Bold(s.text+2), margin, y-7, canvas.Ink, sentenceCase(string(s.rows[i].family)))
		}
		height := s.rowHeight(i) - s.headAbove(i)
		s.drawRow(on, i, y, height)
		y += height
	}
}

func sentenceCase(text string) string { return string(text[0]-'a'+'A') + text[1:] }

// x returns where a column begins.
func (s *matrixSheet) x(column int) vg.Length {
	return margin + s.gutter + vg.Length(column)*s.column
}

// half is the width of half a square.
func (s *matrixSheet) half() vg.Length { return (s.column - squareGap - halfGap) / 2 }

func (s *matrixSheet) drawHeads(on canvas.Paper) {
	f, small := canvas.Bold(smallSize), canvas.Regular(smallSize-2)
	for i, lines := range s.heads {
		width := 2*s.half() + halfGap
		y := s.top - headLine - 6 - vg.Length(len(lines)-1)*headLine
		for _, line := range lines {
			on.Text(f, s.x(i)+(width-f.Width(line))/2, y, canvas.Ink, line)
			y += headLine
		}
		for n, word := range []string{"bare", "fence"} {
			on.Text(small, s.x(i)+vg.Length(n)*(s.half()+halfGap)+(s.half()-small.Width(word))/2, s.top-4, canvas.Slate, word)
		}
	}
}

// drawRow draws a row; a thin line above each scenario leads the eye from its name.
func (s *matrixSheet) drawRow(on canvas.Paper, i int, y, height vg.Length) {
	r := s.rows[i]
	words := y + (height-s.ownLines(i))/2
	if s.named(i) {
		on.Pen(0.8, canvas.Mist)
		on.Line(margin, y, s.x(len(s.columns))-squareGap, y)
		on.Text(canvas.Regular(s.text+1), margin, words+s.row/2+s.text*0.38, canvas.Ink, r.scenario)
		words += s.row
	}
	for _, line := range s.options[i] {
		on.Text(canvas.Regular(s.text-1), margin+14, words+s.optionsLine-2, canvas.Slate, line)
		words += s.optionsLine
	}
	middle := y + height/2
	for column, p := range r.squares {
		x := s.x(column)
		s.drawSquare(on, p.bare, x, middle-s.row/2+1.2, s.half(), s.row-2.4)
		s.drawSquare(on, p.fenced, x+s.half()+halfGap, middle-s.row/2+1.2, s.half(), s.row-2.4)
	}
}

func ground(of state) canvas.Colour {
	switch of {
	case whole:
		return wholeGround
	case sometimes:
		return sometimesGround
	case always:
		return alwaysGround
	case absent, inapplicable, unavailable, undecided:
	}
	return canvas.Mist
}

func (s *matrixSheet) drawSquare(on canvas.Paper, q square, x, y, w, h vg.Length) {
	switch q.state {
	case absent:
		return
	case unavailable:
		on.Hatch(x, y, x+w, y+h, canvas.Tint(canvas.Stone, 0.6))
		return
	case inapplicable, undecided, whole, sometimes, always: // have a ground
	}
	c := ground(q.state)
	on.Rect(x, y, x+w, y+h, c)
	ink := canvas.TextOn(c)
	left := x + 2
	if q.overlap || q.valid {
		const room = 10
		left = x + room
		drawOverlap(on, x+6, y+h/2, q.valid, ink)
	}
	if q.text() != "" {
		s.drawWords(on, q, rect{left, y, x + w - 1, y + h}, x+w/2, ink)
	}
	if q.surprise {
		on.Frame(x+1, y+1, x+w-1, y+h-1, 2, canvas.Ink)
	}
}

// drawWords writes the share and the fence's letter into a box, around centre if there is room, and
// smaller if they would not fit.
func (s *matrixSheet) drawWords(on canvas.Paper, q square, box rect, centre vg.Length, ink canvas.Colour) {
	const between, smallest = 2, 7
	face := canvas.Regular
	if q.state >= sometimes || q.surprise {
		face = canvas.Bold
	}
	text, letter := q.text(), q.letter()
	size := s.text
	width := func() vg.Length {
		w := face(size).Width(text)
		if letter != "" {
			w += between + canvas.Regular(size-2).Width(letter)
		}
		return w
	}
	for width() > box.x1-box.x0 && size > smallest {
		size -= 0.5
	}
	from := max(box.x0, centre-width()/2)
	base := (box.y0+box.y1)/2 + size*0.36
	on.Text(face(size), from, base, ink, text)
	if letter != "" {
		on.Text(canvas.Regular(size-2), from+face(size).Width(text)+between, base, ink, letter)
	}
}

// drawOverlap marks a square in which two clients held the lock at once; the mark is filled if they
// did so within their own deadlines.
func drawOverlap(on canvas.Paper, x, y vg.Length, valid bool, c canvas.Colour) {
	const r = 2.7
	if valid {
		on.SetColor(c)
		on.Fill(on.Circle(x, y, r+0.4))
		return
	}
	on.Pen(1, c)
	on.Stroke(on.Circle(x, y, r))
}

// legend explains what the matrix uses, and nothing else.
func (s *matrixSheet) legend() []key {
	var used [always + 1]bool
	var overlap, valid, surprise, unsure, nothing bool
	for _, r := range s.rows {
		for _, p := range r.squares {
			for _, q := range []square{p.bare, p.fenced} {
				used[q.state] = true
				overlap = overlap || q.overlap && !q.valid
				valid = valid || q.valid
				surprise = surprise || q.surprise
				unsure = unsure || q.unsure && q.state != undecided
				nothing = nothing || q.nothing
			}
		}
	}
	var keys []key
	add := func(wanted bool, text string, q square) {
		if wanted {
			keys = append(keys, key{text, func(on canvas.Paper, x, y vg.Length) {
				(&matrixSheet{density: density{text: 10}}).drawSquare(on, q, x, y-8, sampleWidth, 16)
			}})
		}
	}
	add(used[whole], "in no trial", square{state: whole, harm: share{0, 20, 20}})
	add(used[sometimes], "in some trials", square{state: sometimes, harm: share{7, 20, 20}})
	add(used[always], "in every trial", square{state: always, harm: share{20, 20, 20}})
	dot := func(wanted, filled bool, text string) {
		if wanted {
			keys = append(keys, key{text, func(on canvas.Paper, x, y vg.Length) {
				drawOverlap(on, x+sampleWidth/2, y, filled, canvas.Ink)
			}})
		}
	}
	dot(overlap, false, "two holders at once, one past its own deadline")
	dot(valid, true, "two holders at once, both within their own deadlines")
	add(surprise, "not as theory predicts", square{state: whole, harm: share{0, 20, 20}, surprise: true})
	add(used[undecided] || unsure, "undecided", square{state: undecided})
	add(nothing, "nothing was expected", square{state: whole, harm: share{0, 20, 20}, nothing: true})
	add(used[inapplicable], "not applicable: the script does what this cell cannot have", square{state: inapplicable})
	add(used[unavailable], "cannot be run in this world", square{state: unavailable})
	return keys
}
