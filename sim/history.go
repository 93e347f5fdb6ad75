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

// Format is the first field of every history file that is written. Format 1 can still be read;
// see format1.go.
const Format = "locklab-history/2"

// The worlds in which trials run.
const (
	VirtualWorld = "virtual" // a simulation in virtual time
	LiveWorld    = "live"    // real servers and processes
)

// Worlds lists the worlds.
func Worlds() []string { return []string{VirtualWorld, LiveWorld} }

// Header is the first line of a history file. It says what was run, so that the rest can be
// judged, drawn and run again.
type Header struct {
	Format     string        `json:"format"`               // Format
	Scenario   string        `json:"scenario"`             //
	Backend    string        `json:"backend"`              // as given on the command line: "redis+renew"
	Guard      string        `json:"guard"`                //
	Discipline string        `json:"discipline,omitempty"` // of its clients: "attentive"; empty in older files
	World      string        `json:"world"`                // one of Worlds
	Seed       uint64        `json:"seed"`                 //
	Nonce      string        `json:"nonce,omitempty"`      // marks what lock services keep for this trial, see Sign; empty means none
	TTL        time.Duration `json:"ttl"`                  // the lease, ns
	Until      time.Duration `json:"until"`                // the trial's limit, ns
	Options    []string      `json:"options,omitempty"`    // options of the lock: "token=incr"
	Clients    []HostID      `json:"clients"`              //
	Own        []OwnClient   `json:"own,omitempty"`        // clients that were run with different settings
	Servers    []HostID      `json:"servers,omitempty"`    // hosts of the lock service; empty means there is no service
	Ledger     HostID        `json:"ledger"`               // host of the account; empty means none, see Inside
	Faults     []Fault       `json:"faults,omitempty"`     // all faults of the script as it asks for them, one per step
	// Ungranted is set when the lock is known to tell clients that they hold it although the
	// service never granted it. Such an acquisition is then no error of the recording.
	Ungranted bool `json:"ungranted,omitempty"`
	// Copies is set when each server of the lock service keeps its own copy of the lock and
	// decides alone what happens to it: one may have ended a grant that another still has.
	Copies bool `json:"copies,omitempty"`
	// Inside is set when the lock service keeps the account itself. What happens to the account
	// is then recorded together with what happens to the lock, in one order. Reads are reported
	// only by clients.
	Inside  bool      `json:"inside,omitempty"`
	Traffic []Traffic `json:"traffic,omitempty"` // messages sent; empty means they were not counted
	Pace    *Pace     `json:"pace,omitempty"`    // whether the machine kept up; nil means nothing was measured
}

// FaultOf returns the fault that an event is about. It returns the zero Fault, which has no
// kind, if the event is about none or the header does not list it.
func (h *Header) FaultOf(e *Event) Fault {
	if e.Fault < 1 || e.Fault > int64(len(h.Faults)) {
		return Fault{}
	}
	return h.Faults[e.Fault-1]
}

// LaneOf returns that fault's display name, or "" if there is no fault.
func (h *Header) LaneOf(e *Event) string {
	f := h.FaultOf(e)
	if f.Kind == "" {
		return ""
	}
	return f.Lane()
}

// OwnClient holds the settings of a client that ran with different ones from the others.
type OwnClient struct {
	Client     HostID        `json:"client"`
	TTL        time.Duration `json:"ttl"`               // the lease of its lock, ns
	Discipline string        `json:"discipline"`        //
	Options    []string      `json:"options,omitempty"` // options of its lock
}

// Traffic is the number of messages one host sent to another. Lost messages count; a message
// that was sent again counts once.
type Traffic struct {
	From     HostID `json:"from"`
	To       HostID `json:"to"`
	Messages int64  `json:"messages"`
}

// History is everything that happened in one trial, in order of true time.
type History struct {
	Header Header
	Events []Event
	// Messages are what the hosts sent to each other. They serve pictures and the check of event
	// stamps (audit.Disorders). No property is judged by them, and they are not part of the
	// fingerprint. Empty means they were not recorded.
	Messages []Message
}

// Write writes the history as JSON lines: the header, then one event per line, then one message
// per line. The same history always gives the same bytes.
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
	Line, Column int // from 1; Column 0 means the whole line
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

// MakeVisible escapes characters that must not appear in text for people. In the live world,
// text comes from servers and libraries, which can say anything.
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

// IsClient reports whether id is one of the trial's clients.
func (h *History) IsClient(id HostID) bool { return slices.Contains(h.Header.Clients, id) }

// Bounds of a trial, far beyond anything a person could read or draw. Both worlds cut off a
// trial that exceeds them, scripts cannot ask for more, and ReadHistory rejects files that no
// trial can have written.
const (
	MaxClients  = 100     // in a script
	MaxEvents   = 200_000 // recorded events; the scripts that come with locklab produce 20 to 3,000
	MaxMessages = 100_000 // recorded messages; past that, the trial continues without recording more
)
