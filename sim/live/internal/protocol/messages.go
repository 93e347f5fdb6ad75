//go:build linux

// Package protocol is what the harness and the process of a duty say to each other: JSON lines over
// two pipes. Orders go down, reports come up.
//
//	harness                                duty process
//	begin (host, stream, seed, spec) ->
//	                                    <- ready
//	start (at, holds)                ->
//	                                    <- sending            it waits here …
//	go-on                            ->                       … until what it sends will be kept
//	                                    <- event
//	                                    <- event (hold)       it waits here …
//	go-on                            ->                       … until the fault is applied
//	tell-clocks                      ->
//	                                    <- clocks             at any time, even while it waits
//	                                    <- pulse              at any time, too
//	stop                             ->
//	                                    <- bye                every event has been sent
//
// A process that has finished its job says bye unasked. Each end takes the end of the pipe for
// the end of the other process.
package protocol

import (
	"encoding/json"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/pace"
)

// The duty's ends of the pipes.
const (
	OrdersFd  = 3
	ReportsFd = 4
)

// ToDo is the kind of an order.
type ToDo string

// The kinds of orders.
const (
	Begin      ToDo = "begin"
	Start      ToDo = "start"
	GoOn       ToDo = "go-on"
	Stop       ToDo = "stop"
	TellClocks ToDo = "tell-clocks"
)

// Saying is the kind of a report.
type Saying string

// The kinds of reports.
const (
	Ready  Saying = "ready"
	Event  Saying = "event"
	Bye    Saying = "bye"
	Clocks Saying = "clocks"
	// How late its pulse was.
	Pulse Saying = "pulse"
	// A message is about to be sent; afterwards, an event of this kind will be recorded.
	Sending Saying = "sending"
)

// Order is what the harness tells a duty's process.
type Order struct {
	Do     ToDo            `json:"do"`
	Host   sim.HostID      `json:"host,omitempty"`   // begin
	Stream string          `json:"stream,omitempty"` // begin: name of the random stream
	Seed   uint64          `json:"seed,omitempty"`   // begin
	Nonce  string          `json:"nonce,omitempty"`  // begin: the trial's nonce
	Spec   json.RawMessage `json:"spec,omitempty"`   // begin
	Shift  time.Duration   `json:"shift,omitempty"`  // begin: how far its monotonic clock differs from the machine's
	Ask    int             `json:"ask,omitempty"`    // tell-clocks: number of the question
	At     time.Duration   `json:"at,omitempty"`     // start: the world's time zero, on the machine's clock
	Holds  []sim.Kind      `json:"holds,omitempty"`  // start: kinds of event at which to wait for go-on
	Keeps  []sim.Kind      `json:"keeps,omitempty"`  // start: those of them at which steps do something to links
	Bears  time.Duration   `json:"bears,omitempty"`  // start: how late its pulse may be; 0 means no pulse
}

// Report is what a duty's process tells the harness.
type Report struct {
	Say    Saying         `json:"say"`
	At     time.Duration  `json:"at,omitempty"`     // event, pulse: time on the machine's clock
	Hold   bool           `json:"hold,omitempty"`   // event, sending: the process waits for go-on
	Event  *sim.Event     `json:"event,omitempty"`  // event; its own At, Seq and Host are not filled in. sending: its Kind
	Clocks *clock.Reading `json:"clocks,omitempty"` // clocks
	Beat   *pace.Beat     `json:"beat,omitempty"`   // pulse
}
