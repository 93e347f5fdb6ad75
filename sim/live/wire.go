//go:build linux

package live

import (
	"encoding/json"
	"time"

	"github.com/locklab/locklab/sim"
)

// The harness and a role's process talk in JSON lines over two pipes: orders go down, reports
// come up.
//
//	harness                                role process
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

// roleVar names the role that a process of this binary is to run.
const roleVar = "LOCKLAB_ROLE"

// The role's ends of the pipes.
const (
	ordersFd  = 3
	reportsFd = 4
)

// toDo is the kind of an order.
type toDo string

const (
	begin      toDo = "begin"
	start      toDo = "start"
	goOn       toDo = "go-on"
	stop       toDo = "stop"
	tellClocks toDo = "tell-clocks"
)

// saying is the kind of a report.
type saying string

const (
	ready  saying = "ready"
	event  saying = "event"
	bye    saying = "bye"
	clocks saying = "clocks"
	// How late its pulse was.
	pulseBeat saying = "pulse"
	// A message is about to be sent; afterwards, an event of this kind will be recorded.
	sending saying = "sending"
)

// order is what the harness tells a role's process.
type order struct {
	Do     toDo            `json:"do"`
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

// report is what a role's process tells the harness.
type report struct {
	Say    saying        `json:"say"`
	At     time.Duration `json:"at,omitempty"`     // event, pulse: time on the machine's clock
	Hold   bool          `json:"hold,omitempty"`   // event, sending: the process waits for go-on
	Event  *sim.Event    `json:"event,omitempty"`  // event; its own At, Seq and Host are not filled in. sending: its Kind
	Clocks *reading      `json:"clocks,omitempty"` // clocks
	Beat   *beat         `json:"beat,omitempty"`   // pulse
}

// reading is the result of comparing a process's own clocks, as any code in it sees them, with
// the machine's: bounds of the shift of each.
type reading struct {
	Ask       int    `json:"ask"` // number of the question
	Wall      bounds `json:"wall"`
	Monotonic bounds `json:"monotonic"`
}

// bounds are the minimum and the maximum of something that was measured.
type bounds [2]time.Duration

// include reports whether a value lies within the bounds.
func (b bounds) include(d time.Duration) bool { return b[0] <= d && d <= b[1] }
