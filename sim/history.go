package sim

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/plaintext"
)

// Format is the first field of every history file.
const Format = "locklab-history/1"

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
	Servers    []HostID      `json:"servers,omitempty"`    // hosts of the lock service; none: there is no service
	Ledger     HostID        `json:"ledger"`               //
	Faults     []string      `json:"faults,omitempty"`     // lanes of the faults that the script has in store
	// Ungranted is set when the lock is known to tell clients that they hold it although the
	// service never gave it: then such an acquisition is no fault of the recording.
	Ungranted bool      `json:"ungranted,omitempty"`
	Traffic   []Traffic `json:"traffic,omitempty"` // how much was sent; none: it was not counted
	Pace      *Pace     `json:"pace,omitempty"`    // whether the machine kept up; nil: nothing was measured
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

// Fingerprint is a hash of the bytes of header and events: 16 hexadecimal digits.
func (h *History) Fingerprint() string {
	sum := sha256.New()
	b := bufio.NewWriter(sum)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := errors.Join(h.writeEvents(enc), b.Flush()); err != nil {
		panic(err) // a Header and an Event always encode, and a hash takes every byte
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
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

// maxLine bounds one line of a history file; real ones are a few hundred bytes.
const maxLine = 1 << 20

// ReadHistory reads what Write wrote. It is strict: an unknown field, an unknown kind,
// a wrong number or time that goes back gives a *FormatError. name is for messages.
func ReadHistory(r io.Reader, name string) (*History, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	h := &History{}
	line := 0
	for sc.Scan() {
		line++
		bad := func(column int, problem string, args ...any) error {
			return &FormatError{File: name, Line: line, Column: column, Problem: fmt.Sprintf(problem, args...), Text: sc.Text()}
		}
		if i, r := plaintext.FindJSON(sc.Bytes()); i >= 0 {
			return nil, bad(i+1, "%s stands here, expected text that can be seen: locklab writes no such history", plaintext.Name(r))
		}
		if line == 1 {
			if err := strictJSON(sc.Bytes(), &h.Header); err != nil {
				return nil, bad(err.column, "the header is not valid: %s", err.problem)
			}
			if h.Header.Format != Format {
				return nil, bad(1, "the format is %q, expected %q: is this a history?", h.Header.Format, Format)
			}
			if !slices.Contains(Worlds(), h.Header.World) {
				return nil, bad(fieldColumn(sc.Bytes(), "world"), "the world is %q, expected one of %q", h.Header.World, Worlds())
			}
			for _, lane := range h.Header.Faults {
				if !LaneKind(lane).Known() {
					return nil, bad(fieldColumn(sc.Bytes(), "faults"), unknownFault, lane, FaultKinds())
				}
			}
			continue
		}
		if messageLine(sc.Bytes()) {
			if err := h.readMessage(sc.Bytes()); err != nil {
				return nil, bad(err.column, "%s", err.problem)
			}
			continue
		}
		if len(h.Messages) > 0 {
			return nil, bad(1, "found something else behind the messages, expected another message or the end")
		}
		var e Event
		if err := strictJSON(sc.Bytes(), &e); err != nil {
			return nil, bad(err.column, "not a valid event: %s", err.problem)
		}
		if !e.Kind.Known() {
			return nil, bad(fieldColumn(sc.Bytes(), "kind"), "unknown kind of event %q", e.Kind)
		}
		if e.ofFault() && !LaneKind(e.Fault).Known() {
			return nil, bad(fieldColumn(sc.Bytes(), "fault"), unknownFault, e.Fault, FaultKinds())
		}
		if want := int64(len(h.Events) + 1); e.Seq != want {
			return nil, bad(fieldColumn(sc.Bytes(), "seq"), "event number %d, expected %d: lines are missing or out of order", e.Seq, want)
		}
		if n := len(h.Events); n > 0 && e.At < h.Events[n-1].At {
			return nil, bad(fieldColumn(sc.Bytes(), "at"), "time goes back from %v to %v", h.Events[n-1].At, e.At)
		}
		h.Events = append(h.Events, e)
	}
	if err := sc.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return nil, &FormatError{File: name, Line: line + 1, Problem: fmt.Sprintf("the line is longer than %d bytes", maxLine)}
		}
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if line == 0 {
		return nil, &FormatError{File: name, Line: 1, Problem: "the file is empty, expected a history: a header line, then one event a line"}
	}
	return h, nil
}

const unknownFault = "unknown fault %q, expected one of %q and what it is done to"

type jsonProblem struct {
	column  int
	problem string
}

// strictJSON decodes one line and says at which column it went wrong.
func strictJSON(line []byte, into any) *jsonProblem {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		rest := line[dec.InputOffset():]
		if more := bytes.TrimLeft(rest, " \t\r"); len(more) > 0 {
			return &jsonProblem{len(line) - len(more) + 1, "something follows the closing brace"}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &jsonProblem{int(syntax.Offset), strings.TrimPrefix(err.Error(), "json: ")}
	case errors.As(err, &kind):
		if kind.Field == "" {
			return &jsonProblem{1, fmt.Sprintf("found JSON %s, expected an object", kind.Value)}
		}
		return &jsonProblem{fieldColumn(line, kind.Field), fmt.Sprintf("field %q is %s, expected %s", kind.Field, kind.Value, plainType(kind.Type))}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return &jsonProblem{len(line) + 1, "the line ends too early: was the run killed while it wrote?"}
	}
	return &jsonProblem{unknownFieldColumn(line, err), strings.TrimPrefix(err.Error(), "json: ")}
}

// plainType says what a field takes, without the names of Go's types.
func plainType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int64:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number that is not negative"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	}
	return "an object"
}

// unknownFieldColumn finds the field that encoding/json names in its message.
func unknownFieldColumn(line []byte, err error) int {
	_, quoted, found := strings.Cut(err.Error(), "unknown field ")
	if !found {
		return 1
	}
	return 1 + max(0, bytes.Index(line, []byte(quoted)))
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

// fieldColumn is where a field stands in its line, from 1.
func fieldColumn(line []byte, field string) int {
	return 1 + max(0, bytes.Index(line, []byte(`"`+field+`"`)))
}

// IsClient tells whether id is one of the trial's clients.
func (h *History) IsClient(id HostID) bool { return slices.Contains(h.Header.Clients, id) }
