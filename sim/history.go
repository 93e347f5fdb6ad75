package sim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/plaintext"
)

// Format is the first field of every history file that is written. Those of format 1 are read
// as well: see format1.go.
const Format = "locklab-history/2"

// The worlds in which trials are run.
const (
	VirtualWorld = "virtual" // a simulation, in virtual time
	LiveWorld    = "live"    // real servers and processes
)

// Worlds lists them.
func Worlds() []string { return []string{VirtualWorld, LiveWorld} }

// Header is the first line of a history file: what was run, so that the rest can be
// judged, drawn and run again.
type Header struct {
	Format     string        `json:"format"`               // Format
	Scenario   string        `json:"scenario"`             //
	Backend    string        `json:"backend"`              // as given on the command line: "redis+renew"
	Guard      string        `json:"guard"`                //
	Discipline string        `json:"discipline,omitempty"` // of its clients: "attentive"; empty: an older file
	World      string        `json:"world"`                // one of Worlds
	Seed       uint64        `json:"seed"`                 //
	Nonce      string        `json:"nonce,omitempty"`      // in what lock services kept of this trial, see Sign; empty: it had none
	TTL        time.Duration `json:"ttl"`                  // the lease, ns
	Until      time.Duration `json:"until"`                // the trial's limit, ns
	Options    []string      `json:"options,omitempty"`    // what the lock was run with: "token=incr"
	Clients    []HostID      `json:"clients"`              //
	Own        []OwnClient   `json:"own,omitempty"`        // clients that were run with something else
	Servers    []HostID      `json:"servers,omitempty"`    // hosts of the lock service; none: there is no service
	Ledger     HostID        `json:"ledger"`               // host of the account; empty: it has none, see Inside
	Faults     []Fault       `json:"faults,omitempty"`     // that the script has in store, as it asks for them, one a step
	// Ungranted is set when the lock is known to tell clients that they hold it although the
	// service never gave it: then such an acquisition is no fault of the recording.
	Ungranted bool `json:"ungranted,omitempty"`
	// Copies is set when each server of the lock service keeps a copy of the lock and decides by
	// itself what becomes of it: what one has ended, another may still have.
	Copies bool `json:"copies,omitempty"`
	// Inside is set when the lock service keeps the account itself. What becomes of it is then
	// recorded by whoever records what becomes of the lock, in one order with that; reads are
	// told by the clients only.
	Inside  bool      `json:"inside,omitempty"`
	Traffic []Traffic `json:"traffic,omitempty"` // how much was sent; none: it was not counted
	Pace    *Pace     `json:"pace,omitempty"`    // whether the machine kept up; nil: nothing was measured
}

// FaultOf is the fault that an event is about. It is the zero Fault, which has no kind, if it is
// about none, or about one that the header does not have.
func (h *Header) FaultOf(e *Event) Fault {
	if e.Fault < 1 || e.Fault > int64(len(h.Faults)) {
		return Fault{}
	}
	return h.Faults[e.Fault-1]
}

// LaneOf is the name of that fault, for people; empty if there is none.
func (h *Header) LaneOf(e *Event) string {
	f := h.FaultOf(e)
	if f.Kind == "" {
		return ""
	}
	return f.Lane()
}

// OwnClient is what one client was run with that had something otherwise than the others.
type OwnClient struct {
	Client     HostID        `json:"client"`
	TTL        time.Duration `json:"ttl"`               // the lease of its lock, ns
	Discipline string        `json:"discipline"`        //
	Options    []string      `json:"options,omitempty"` // what its lock was run with
}

// Traffic is how many messages one host sent to another, those that were lost included
// and those that were sent again counted once.
type Traffic struct {
	From     HostID `json:"from"`
	To       HostID `json:"to"`
	Messages int64  `json:"messages"`
}

// History is everything that happened in one trial, in the order of true time.
type History struct {
	Header Header
	Events []Event
	// Messages are what the hosts sent to each other. They are for pictures, and to hold the
	// stamps of events against (check.Disorders); no property is judged by them, and they are
	// not part of the fingerprint. None: they were not recorded.
	Messages []Message
}

// Write writes the history as JSON lines: the header, then one event a line, then one
// message a line. The same history always gives the same bytes.
func (h *History) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := h.writeEvents(enc); err != nil {
		return err
	}
	for _, m := range h.Messages {
		if err := enc.Encode(m); err != nil {
			return fmt.Errorf("write message %d: %w", m.Number, err)
		}
	}
	return b.Flush()
}

func (h *History) writeEvents(enc *json.Encoder) error {
	if err := enc.Encode(h.Header); err != nil {
		return fmt.Errorf("write history header: %w", err)
	}
	for _, e := range h.Events {
		if err := enc.Encode(e); err != nil {
			return fmt.Errorf("write event %d: %w", e.Seq, err)
		}
	}
	return nil
}

// FormatError says where a history file is wrong, what was found and what was expected.
type FormatError struct {
	File         string
	Line, Column int // from 1; Column 0: the line as a whole
	Problem      string
	Text         string // the line
}

func (e *FormatError) Error() string {
	where := fmt.Sprintf("%s:%d", e.File, e.Line)
	if e.Column > 0 {
		where += fmt.Sprintf(":%d", e.Column)
	}
	text := e.Text
	if len(text) > 120 {
		text = text[:120] + "…"
	}
	if text == "" {
		return where + ": " + e.Problem
	}
	return where + ": " + e.Problem + "\n  | " + text
}

// MakeVisible writes out what text for people must not hold. In the live world words come from
// servers and libraries, which can say anything.
func (h *History) MakeVisible() {
	for i := range h.Events {
		e := &h.Events[i]
		for _, text := range []*string{&e.Op, &e.Grant, &e.Note} {
			*text = plaintext.Visible(*text)
		}
	}
	for i := range h.Messages {
		h.Messages[i].What = plaintext.Visible(h.Messages[i].What)
	}
}

// IsClient tells whether id is one of the trial's clients.
func (h *History) IsClient(id HostID) bool { return slices.Contains(h.Header.Clients, id) }
