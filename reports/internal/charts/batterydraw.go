package charts

import (
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/scenarios/outcome"
)

// The chart has the shape of a slide, 16:9, as long as its rows fit.
const (
	batteryWidth  = 1200 // 1600 pixels
	batteryHigh   = 675  // 900 pixels
	batteryGutter = 258
	batteryText   = 11
	batteryLine   = 12.5
	batteryHeads  = 2*headLine + 16
	batteryRow    = 23 // at least
	clientsWide   = 13 // room for the marks of clients that were not served
	clientRadius  = 5
)

// batteryGround is what a half is filled with; dark is worse.
func batteryGround(of battery.State) canvas.Colour {
	switch of {
	case battery.Unharmed:
		return canvas.Tint(canvas.Green, 0.22)
	case battery.Broken:
		return canvas.Amber
	case battery.LostSometimes:
		return sometimesGround
	case battery.LostAlways:
		return canvas.Violation
	case battery.NotRun, battery.Untold:
	}
	return canvas.Mist
}

// batterySheet is the layout of the chart.
type batterySheet struct {
	page
	battery.Battery
	titles      [][]string // lines of the rows' titles
	heads       [][]string // lines of the columns' names
	top, height vg.Length
	row, column vg.Length
}

func newBatterySheet(b battery.Battery) *batterySheet {
	s := &batterySheet{Battery: b}
	s.page = newPage(batteryWidth, b.Headline(),
		"One fault a row, one lock service a column. Left half of a square: the account takes every write. Right half: a fence of the lock's own tokens, or cas with a lock that has none.",
		batterySays(b), s.legend())
	s.column = (batteryWidth - 2*margin - batteryGutter) / vg.Length(len(b.Columns))
	f := canvas.Regular(batteryText)
	most := 1
	for _, r := range b.Rows {
		lines := canvas.Wrap(f, r.Title, batteryGutter-12)
		s.titles = append(s.titles, lines)
		most = max(most, len(lines))
	}
	for _, name := range b.Columns {
		s.heads = append(s.heads, breakName(name, s.column-squareGap))
	}
	s.top = s.head() + batteryHeads
	rows := vg.Length(len(b.Rows) + 1) // and the totals
	least := max(batteryRow, vg.Length(most)*batteryLine+1)
	s.row = max(least, min((batteryHigh-s.top-s.foot())/rows, least+8))
	s.height = max(batteryHigh, s.top+rows*s.row+s.foot())
	return s
}

func (s *batterySheet) x(column int) vg.Length {
	return margin + batteryGutter + vg.Length(column)*s.column
}

// half is the width of half a square.
func (s *batterySheet) half() vg.Length {
	return (s.column - squareGap - clientsWide - halfGap) / 2
}

func (s *batterySheet) draw(on canvas.Paper) {
	s.page.draw(on, s.height)
	s.drawHeads(on)
	f := canvas.Regular(batteryText)
	for i, r := range s.Rows {
		y := s.top + vg.Length(i)*s.row
		on.Pen(0.6, canvas.Mist)
		on.Line(margin, y, s.x(len(s.Columns))-squareGap, y)
		base := y + s.row/2 - vg.Length(len(s.titles[i]))*batteryLine/2 + batteryLine - 3
		for _, line := range s.titles[i] {
			on.Text(f, margin, base, canvas.Ink, line)
			base += batteryLine
		}
		for column, result := range r.Results {
			s.drawResult(on, result, s.x(column), y+1.5, s.row-3)
		}
	}
	s.drawTotals(on, s.top+vg.Length(len(s.Rows))*s.row)
}

func (s *batterySheet) drawHeads(on canvas.Paper) {
	bold, small := canvas.Bold(smallSize), canvas.Regular(8.5)
	for i, lines := range s.heads {
		half := s.half()
		wide := 2*half + halfGap
		y := s.top - 20 - vg.Length(len(lines)-1)*headLine
		for _, line := range lines {
			on.Text(bold, s.x(i)+max(0, (wide-bold.Width(line))/2), y, canvas.Ink, line)
			y += headLine
		}
		for n, word := range []string{"none", shortGuard(s.Guards[i])} {
			on.Text(small, s.x(i)+vg.Length(n)*(half+halfGap)+(half-small.Width(word))/2, s.top-5, canvas.Slate, word)
		}
	}
}

// drawTotals draws the last row: in how many faults money was lost.
func (s *batterySheet) drawTotals(on canvas.Paper, y vg.Length) {
	on.Pen(1, canvas.Ink)
	on.Line(margin, y, s.x(len(s.Columns))-squareGap, y)
	bold := canvas.Bold(batteryText + 1)
	base := y + s.row/2 + 4
	on.Text(bold, margin, base, canvas.Ink, "Faults in which money was lost")
	for column := range s.Columns {
		for n, half := range []battery.Half{battery.Bare, battery.Best} {
			text := totals(s.Battery, column, half)
			x := s.x(column) + vg.Length(n)*(s.half()+halfGap)
			on.Text(bold, x+(s.half()-bold.Width(text))/2, base, canvas.Ink, text)
		}
	}
}

func (s *batterySheet) drawResult(on canvas.Paper, r battery.Result, x, y, h vg.Length) {
	half := s.half()
	if r.Reason > 0 {
		drawHole(on, r, x, y, 2*half+halfGap, h)
		return
	}
	drawDamage(on, r.Bare, x, y, half, h)
	drawDamage(on, r.Best, x+half+halfGap, y, half, h)
	cx := x + 2*half + halfGap + clientRadius + 2
	for i, u := range r.Unserved {
		cy := y + h/2
		if len(r.Unserved) > 1 {
			cy += (vg.Length(i) - vg.Length(len(r.Unserved)-1)/2) * (2*clientRadius + 1)
		}
		drawUnserved(on, number(u.Client), u.Trials < r.Trials, cx, cy)
	}
}

// drawHole draws the place of a cell that was not run, with the number of its reason.
func drawHole(on canvas.Paper, r battery.Result, x, y, w, h vg.Length) {
	text := string(rune('0' + min(r.Reason, 9)))
	f := canvas.Regular(batteryText - 1)
	if r.Missing {
		on.Hatch(x, y, x+w, y+h, canvas.Tint(canvas.Stone, 0.6))
		on.Rect(x+w/2-9, y+h/2-7, x+w/2+9, y+h/2+7, canvas.Ground)
	} else {
		on.Pen(1, canvas.Stone, 2, 2)
		on.Stroke(on.Box(x+0.5, y+0.5, x+w-0.5, y+h-0.5))
	}
	text = "(" + text + ")"
	on.Text(f, x+(w-f.Width(text))/2, y+h/2+4, canvas.Slate, text)
}

// drawDamage draws half a square: colour and sign say the same.
func drawDamage(on canvas.Paper, d battery.Damage, x, y, w, h vg.Length) {
	state, by := stateOf(d)
	if state == battery.NotRun {
		return
	}
	ground := batteryGround(state)
	on.Rect(x, y, x+w, y+h, ground)
	ink := canvas.TextOn(ground)
	cx, cy := x+w/2, y+h/2
	word := ""
	switch {
	case state == battery.Untold:
		word = "?"
	case by.chance():
		word = by.percent()
		if by.decided >= fewTrials {
			word += "%"
		}
	}
	if word != "" {
		const signRoom = 9
		f := canvas.Bold(9.5)
		if f.Width(word)+2*signRoom <= w && state != battery.Untold {
			drawSign(on, state, x+signRoom, cy, ink)
			on.Text(f, x+2*signRoom, cy+3.5, ink, word)
		} else {
			on.Text(f, cx-f.Width(word)/2, cy+3.5, ink, word)
		}
	} else {
		drawSign(on, state, cx, cy, ink)
	}
	if d.Unsure && state != battery.Untold {
		on.Text(canvas.Bold(9), x+w-7, y+9, ink, "?")
	}
	if d.Surprise {
		on.Frame(x+1, y+1, x+w-1, y+h-1, 2, canvas.Ink)
	}
}

// drawSign draws the sign of a state around a point: a tick, two circles that overlap, a cross.
func drawSign(on canvas.Paper, of battery.State, x, y vg.Length, c canvas.Colour) {
	const r = 4
	on.Pen(1.7, c)
	switch of {
	case battery.Unharmed:
		on.Line(x-r, y, x-1, y+r-1)
		on.Line(x-1, y+r-1, x+r, y-r+0.5)
	case battery.Broken:
		on.Pen(1.3, c)
		on.Stroke(on.Circle(x-2.4, y, r-0.2))
		on.Stroke(on.Circle(x+2.4, y, r-0.2))
	case battery.LostSometimes, battery.LostAlways:
		on.Line(x-r, y-r, x+r, y+r)
		on.Line(x-r, y+r, x+r, y-r)
	case battery.NotRun, battery.Untold: // have none
	}
}

// drawUnserved marks a client that was not served in time: its number in a ring, dashed if that was
// so in some trials only.
func drawUnserved(on canvas.Paper, client string, sometimes bool, x, y vg.Length) {
	f := canvas.Bold(8)
	if sometimes {
		on.Pen(1, canvas.Ink, 1.6, 1.6)
	} else {
		on.Pen(1.2, canvas.Ink)
	}
	on.Stroke(on.Circle(x, y, clientRadius))
	on.Text(f, x-f.Width(client)/2, y+2.9, canvas.Ink, client)
}

// legend explains what the chart uses, and nothing else.
func (s *batterySheet) legend() []key {
	var used [battery.LostAlways + 1]bool
	var split, always, sometimes, surprise, hole, missing bool
	for _, r := range s.Rows {
		for _, q := range r.Results {
			hole = hole || q.Reason > 0 && !q.Missing
			missing = missing || q.Missing
			for _, u := range q.Unserved {
				always = always || u.Trials == q.Trials
				sometimes = sometimes || u.Trials < q.Trials
			}
			for _, d := range []battery.Damage{q.Bare, q.Best} {
				state, by := stateOf(d)
				used[state] = true
				split = split || state == battery.Broken && by.chance()
				surprise = surprise || d.Surprise
			}
		}
	}
	var keys []key
	add := func(wanted bool, text string, sample func(on canvas.Paper, x, y vg.Length)) {
		if wanted {
			keys = append(keys, key{text, sample})
		}
	}
	half := func(d battery.Damage) func(canvas.Paper, vg.Length, vg.Length) {
		return func(on canvas.Paper, x, y vg.Length) { drawDamage(on, d, x, y-8, sampleWidth, 16) }
	}
	none, some, all := outcome.Tally{Holds: 20}, outcome.Tally{Holds: 15, Violated: 5}, outcome.Tally{Violated: 20}
	add(used[battery.Unharmed], "nothing lost", half(battery.Damage{Ran: true, Money: none, Valid: none}))
	add(used[battery.Broken], "lock broken, money safe: two holders within their deadlines", half(battery.Damage{Ran: true, Money: none, Valid: all}))
	add(split, "by chance, in so many of the trials", half(battery.Damage{Ran: true, Money: none, Valid: some}))
	add(used[battery.LostSometimes], "money lost by chance, in so many of the trials", half(battery.Damage{Ran: true, Money: some, Valid: all}))
	add(used[battery.LostAlways], "money lost", half(battery.Damage{Ran: true, Money: all, Valid: all}))
	add(used[battery.Untold], "undecided", half(battery.Damage{Ran: true}))
	add(always, "this client was not served within three leases", func(on canvas.Paper, x, y vg.Length) { drawUnserved(on, "1", false, x+sampleWidth-8, y) })
	add(sometimes, "the same by chance, in some trials", func(on canvas.Paper, x, y vg.Length) { drawUnserved(on, "1", true, x+sampleWidth-8, y) })
	add(surprise, "not as theory predicts", half(battery.Damage{Ran: true, Money: none, Valid: none, Surprise: true}))
	add(hole, "there is no such fault, see below", func(on canvas.Paper, x, y vg.Length) {
		drawHole(on, battery.Result{Reason: 1}, x, y-8, sampleWidth, 16)
	})
	add(missing, "cannot be run in this world, see below", func(on canvas.Paper, x, y vg.Length) {
		drawHole(on, battery.Result{Reason: 1, Missing: true}, x, y-8, sampleWidth, 16)
	})
	return keys
}
