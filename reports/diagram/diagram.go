// Package diagram draws one trial as a message diagram: a column for each host, time running
// down, and an arrow for each message from where and when it was sent to where and when it
// arrived.
//
// Time is not drawn to scale. Where nothing is shown to happen it is cut short, and the
// picture says how long that was and how many messages were left out there.
//
// A diagram is made in three steps. First it is picked what matters (pick.go): plain data
// on true time. Then moments get places on paper and labels are put where they touch no
// other (layout.go, labels.go). Then it is drawn. The same history and findings always give
// the same bytes.
package diagram

import (
	"errors"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// ErrNoMessages says that a history has events but no messages, as those have that were
// recorded before messages were.
var ErrNoMessages = errors.New("the history says nothing of messages between hosts: it is an old one, or it has been cut; run the trial again to get them (a virtual trial with the same seed is the same trial)")

// Draw draws the messages of a trial: at most as many as can be read (maxMessages), those
// around the first violation; the caption says what was left out. It returns an error when
// the history has no events, and ErrNoMessages when it has no messages. title is that of the
// scenario; without one, the scenario's name has to do.
func Draw(h *sim.History, findings []check.Finding, title string) (*canvas.Figure, error) {
	if h == nil || len(h.Events) == 0 {
		return nil, errors.New("draw message diagram: the history has no events, not even an end: was the run killed? run the trial again")
	}
	if len(h.Messages) == 0 {
		return nil, ErrNoMessages
	}
	sheet := arrange(newScene(h, findings, title))
	return &canvas.Figure{Width: sheet.width, Height: sheet.height, Draw: sheet.draw}, nil
}
