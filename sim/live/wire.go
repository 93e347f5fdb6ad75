//go:build linux

package live

import (
	"encoding/json"
	"time"

	"github.com/locklab/locklab/sim"
)

// The harness and a role process talk in JSON lines over two pipes: orders go down,
// reports come up.
//
//	harness                                role process
//	begin (host, stream, seed, spec) ->
//	                                    <- ready
//	start (at, holds)                ->
//	                                    <- event
//	                                    <- event (hold)       it waits here …
//	go-on                            ->                       … until the fault is applied
//	stop                             ->
//	                                    <- bye                every event has been sent
//
// A process that has done its part says bye unasked. Both ends take the end of the pipe
// for the end of the other.

// roleVar names the part that a process of this binary is to play.
const roleVar = "LOCKLAB_ROLE"

// The role's ends of the pipes.
const (
	ordersFd  = 3
	reportsFd = 4
)

type verb string

// Orders.
const (
	begin verb = "begin"
	start verb = "start"
	goOn  verb = "go-on"
	stop  verb = "stop"
)

// Reports.
const (
	ready verb = "ready"
	event verb = "event"
	bye   verb = "bye"
)

// order is what the harness tells a role process.
type order struct {
	Do     verb            `json:"do"`
	Host   sim.HostID      `json:"host,omitempty"`   // begin
	Stream string          `json:"stream,omitempty"` // begin: name of the random stream
	Seed   uint64          `json:"seed,omitempty"`   // begin
	Spec   json.RawMessage `json:"spec,omitempty"`   // begin
	At     time.Duration   `json:"at,omitempty"`     // start: the world's time zero, on the machine's clock
	Holds  []sim.Kind      `json:"holds,omitempty"`  // start: kinds of event at which to wait for go-on
}

// report is what a role process tells the harness.
type report struct {
	Say   verb          `json:"say"`
	At    time.Duration `json:"at,omitempty"`    // event: when, on the machine's clock
	Hold  bool          `json:"hold,omitempty"`  // event: the process waits for go-on
	Event *sim.Event    `json:"event,omitempty"` // event; its own At, Seq and Host are not filled in
}
