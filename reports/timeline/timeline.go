// Package timeline draws one trial: who held the lock, who believed so, what became of the money,
// and which fault came in between.
//
// A timeline is made in two steps. First the history becomes a scene: lanes with bars and marks on
// true time, plain data without a length or a colour. Then the scene is arranged on paper and
// drawn. The same history and findings always give the same bytes.
package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Timeline draws one trial: a lane for who holds the lock according to the lock service, a lane for
// each client, a lane for the account, a thin lane for every fault, and at the top what was
// violated and when. A history with too many events to be readable is cut down to a window around
// the gravest violation; the caption says so. It returns an error if the history has no events.
// title is that of the scenario; if it is empty, the scenario's name is used.
func Timeline(h *sim.History, findings []check.Finding, title string) (*canvas.Figure, error) {
	f, _, err := Draw(h, findings, title)
	return f, err
}

// Draw is Timeline for callers that overlay the picture: it also returns where things are in it.
func Draw(h *sim.History, findings []check.Finding, title string) (*canvas.Figure, Layout, error) {
	s, err := newScene(h, findings, title)
	if err != nil {
		return nil, Layout{}, err
	}
	sheet := arrange(s)
	return &canvas.Figure{Width: pageWidth, Height: sheet.height, Draw: sheet.draw}, sheet.layout(), nil
}
