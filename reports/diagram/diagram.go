// Package diagram draws one trial as a message diagram: a column for each host, time running down,
// and an arrow for each message from where and when it was sent to where and when it arrived.
//
// Time is not drawn to scale. Periods in which nothing is shown are cut short, and the picture says
// how long each was and how many messages it leaves out there.
//
// A diagram is made in three steps. The first selects what matters (pick.go), as plain data on true
// time. The second gives moments their places on paper and puts labels where they touch no other
// (layout.go, labels.go). The third draws. The same history and findings always give the same
// bytes.
package diagram

import (
	"errors"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// ErrNoMessages means that a history has events but no messages, because it was recorded before
// messages were.
var ErrNoMessages = errors.New("the history says nothing of messages between hosts: it is an old one, or it has been cut; run the trial again to get them (a virtual trial with the same seed is the same trial)")

// Draw draws the messages of a trial: at most as many as can be read (maxMessages), those around
// the first violation; the caption says what was left out. It returns an error if the history has
// no events, and ErrNoMessages if it has no messages. title is that of the scenario; if it is
// empty, the scenario's name is used.
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
