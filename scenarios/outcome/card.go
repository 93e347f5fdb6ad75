package outcome

import (
	"time"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// Card tells a reader of results about a scenario: what it shows, and what theory predicts. It is
// kept beside the results so that they can be read without the script.
type Card struct {
	Scenario string          `json:"scenario"`
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Claims   []string        `json:"claims,omitempty"`  // claims that it tests
	Faults   []sim.FaultKind `json:"faults,omitempty"`  // kinds of fault that it does, each once, in the order of the script
	Battery  bool            `json:"battery,omitempty"` // it is part of the battery, which does the same to every lock service
	Adds     bool            `json:"adds,omitempty"`    // its clients add elements to a set and take no lock
	File     string          `json:"file,omitempty"`    // for a user's own scenario
	Digest   string          `json:"digest,omitempty"`  // of the script; it tells apart two scripts of the same name
	// Seconds says what lengths in seconds come to under leases other than the script's own.
	Seconds []string `json:"seconds,omitempty"`
	// Own says how single clients differ from the others, one sentence each.
	Own   []string   `json:"own,omitempty"`
	Cells []CardCell `json:"cells"` // those that were asked for
}

// CardCell is one cell of a card.
type CardCell struct {
	Backend       string            `json:"backend"`
	Guard         string            `json:"guard"`
	Discipline    string            `json:"discipline"`
	World         string            `json:"world"`
	StandIn       string            `json:"stand_in,omitempty"`       // the backend that stands in for a library in the virtual world
	TTL           time.Duration     `json:"ttl"`                      // the lease, ns
	Expect        []script.Expected `json:"expect,omitempty"`         // in the order of check.Properties
	Ranges        []CardRange       `json:"ranges,omitempty"`         // the ranges that measures are expected to lie in
	NotApplicable string            `json:"not_applicable,omitempty"` // why the script makes no sense with it; empty: it makes sense
	Unavailable   string            `json:"unavailable,omitempty"`    // why it cannot be run here; empty: it can
}
