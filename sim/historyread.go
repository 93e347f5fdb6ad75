package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/plaintext"
)

// Bounds of a file that ReadHistory accepts, so that nothing built from it can exhaust memory. A
// trial within its own bounds writes far less.
const (
	maxHeader   = 4 << 20  // bytes of the first line; most of it is Traffic, with an entry for each pair of hosts
	maxLine     = 16 << 10 // bytes of any other line; real ones have a few hundred
	maxFile     = 64 << 20 // bytes in all; 200,000 events and 100,000 messages have 40 million
	maxName     = 200      // bytes of a name or id; real ones have 50
	maxServers  = 100
	maxFaults   = 500                // different ones
	maxHosts    = 500                // different ones, in events
	maxTime     = 10_000 * time.Hour // ten times the longest trial; sums of a few of them do not overflow
	maxRead     = 2 * MaxEvents      // Finish adds at most one event for each recorded one
	maxReadSent = 2 * MaxMessages
)

// ReadHistory reads what Write wrote. It is strict: an unknown field, an unknown kind, a wrong
// number, time that goes back, or more than any trial can have written gives a *FormatError.
// name is used in error messages.
func ReadHistory(r io.Reader, name string) (*History, error) { return readHistory(r, name, false) }

// ReadEvents does the same without the messages, which are most of some files.
func ReadEvents(r io.Reader, name string) (*History, error) { return readHistory(r, name, true) }

func readHistory(r io.Reader, name string, eventsOnly bool) (*History, error) {
	h := &historyReader{hosts: map[HostID]bool{}}
	lines := bufio.NewScanner(io.LimitReader(r, maxFile+1))
	lines.Buffer(make([]byte, 0, 64<<10), maxHeader)
	number, size := 0, 0
	bad := func(column int, problem, text string) error {
		return &FormatError{File: name, Line: number, Column: column, Problem: problem, Text: text}
	}
	for lines.Scan() {
		number++
		line := lines.Bytes()
		if size += len(line) + 1; size > maxFile {
			return nil, bad(0, fmt.Sprintf("here the file has more than %d bytes, expected at most that many", maxFile), "")
		}
		if number > 1 && len(line) > maxLine {
			return nil, bad(0, tooLong(maxLine), "")
		}
		if eventsOnly && messageLine(line) {
			break
		}
		if wrong := h.read(line, number == 1); wrong != nil {
			return nil, bad(wrong.column, wrong.problem, string(line))
		}
	}
	err := lines.Err()
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		most := maxLine
		if number++; number == 1 {
			most = maxHeader
		}
		return nil, bad(0, tooLong(most), "")
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case number == 0:
		number = 1
		return nil, bad(0, "the file is empty, expected a history: a header line, then one event a line", "")
	}
	h.old.upgrade(&h.history)
	return &h.history, nil
}

func tooLong(most int) string { return fmt.Sprintf("the line is longer than %d bytes", most) }

// historyReader reads a history line by line.
type historyReader struct {
	history History
	old     *format1        // what is particular to format 1; nil means the current format
	hosts   map[HostID]bool // of the events so far
}

// read adds a line to the history, or returns what is wrong with it.
func (r *historyReader) read(line []byte, first bool) *jsonProblem {
	if i, unseen := plaintext.FindJSON(line); i >= 0 {
		return &jsonProblem{i + 1, plaintext.Name(unseen) + " appears here, expected visible text: locklab writes no such history"}
	}
	switch {
	case first:
		return r.header(line)
	case messageLine(line):
		if len(r.history.Messages) >= maxReadSent {
			return &jsonProblem{1, fmt.Sprintf("this is one more than %d messages, expected at most that many", maxReadSent)}
		}
		return r.history.readMessage(line)
	case len(r.history.Messages) > 0:
		return &jsonProblem{1, "found something else behind the messages, expected another message or the end"}
	}
	return r.event(line)
}

func (r *historyReader) header(line []byte) *jsonProblem {
	h := &r.history.Header
	var err *jsonProblem
	if isFormat1(line) {
		r.old, err = readHeader1(line, h)
	} else {
		err = strictJSON(line, h)
	}
	if err != nil {
		return &jsonProblem{err.column, "the header is not valid: " + err.problem}
	}
	bad := func(field, problem string, args ...any) *jsonProblem {
		return &jsonProblem{fieldColumn(line, field), fmt.Sprintf(problem, args...)}
	}
	if h.Format != Format {
		return &jsonProblem{1, fmt.Sprintf("the format is %q, expected %q: is this a history?", h.Format, Format)}
	}
	if !slices.Contains(Worlds(), h.World) {
		return bad("world", "the world is %q, expected one of %q", h.World, Worlds())
	}
	switch {
	case len(h.Clients) > MaxClients:
		return bad("clients", "the trial has %d clients, expected at most %d", len(h.Clients), MaxClients)
	case h.TTL < 0 || h.TTL > maxTime:
		return bad("ttl", "a lease of %v, expected from 0 to %v", h.TTL, maxTime)
	case h.Until < 0 || h.Until > maxTime:
		return bad("until", "the trial is to last %v, expected from 0 to %v", h.Until, maxTime)
	case len(h.Servers) > maxServers:
		return bad("servers", "the lock service has %d servers, expected at most %d", len(h.Servers), maxServers)
	}
	names := []named{
		{"scenario", h.Scenario}, {"backend", h.Backend}, {"guard", h.Guard}, {"discipline", h.Discipline}, {"ledger", string(h.Ledger)},
	}
	for _, id := range h.Clients {
		names = append(names, named{"clients", string(id)})
	}
	for _, id := range h.Servers {
		names = append(names, named{"servers", string(id)})
	}
	if wrong := shortNames(line, names); wrong != nil {
		return wrong
	}
	if problem := faultsIn(h.Faults); problem != "" {
		return bad("faults", "%s", problem)
	}
	return nil
}

// faultsIn returns what is wrong with the faults of a header, or "".
func faultsIn(all []Fault) string {
	if len(all) > maxFaults {
		return fmt.Sprintf("the script has %d faults, expected at most %d", len(all), maxFaults)
	}
	for _, f := range all {
		if !f.Kind.Known() {
			return fmt.Sprintf(unknownFault, f.Kind, FaultKinds())
		}
		if lane := f.Lane(); len(lane) > maxName {
			return fmt.Sprintf(longName, "faults", len(lane), maxName)
		}
	}
	return ""
}

func (r *historyReader) event(line []byte) *jsonProblem {
	var e Event
	read := strictJSON
	if r.old != nil {
		read = r.old.readEvent
	}
	if err := read(line, &e); err != nil {
		return &jsonProblem{err.column, "not a valid event: " + err.problem}
	}
	bad := func(field, problem string, args ...any) *jsonProblem {
		return &jsonProblem{fieldColumn(line, field), fmt.Sprintf(problem, args...)}
	}
	if !e.Kind.Known() {
		return bad("kind", "unknown kind of event %q", e.Kind)
	}
	if n := int64(len(r.history.Header.Faults)); r.old == nil && (e.Fault < 0 || e.Fault > n || e.ofFault() && e.Fault == 0) {
		return bad("fault", "there is no fault %d, expected the number of one of the %d that the header lists, from 1", e.Fault, n)
	}
	if e.Ended != "" && !slices.Contains(EndKinds(), e.Ended) {
		return bad("ended", "a vote is said to have ended as %q, expected one of %q", e.Ended, EndKinds())
	}
	events := r.history.Events
	if want := int64(len(events) + 1); e.Seq != want {
		return bad("seq", "event number %d, expected %d: lines are missing or out of order", e.Seq, want)
	}
	if n := len(events); n > 0 && e.At < events[n-1].At {
		return bad("at", "time goes back from %v to %v", events[n-1].At, e.At)
	}
	if problem := outOfTime(e.At); problem != "" {
		return bad("at", "%s", problem)
	}
	if e.Until < -maxTime || e.Until > maxTime {
		return bad("until", "the time %v is out of bounds, expected at most %v", e.Until, maxTime)
	}
	if len(events) >= maxRead {
		return bad("seq", "this is event %d, expected at most %d", e.Seq, maxRead)
	}
	if wrong := shortNames(line, []named{
		{"host", string(e.Host)}, {"client", string(e.Client)}, {"op", e.Op}, {"job", e.Job}, {"grant", e.Grant},
	}); wrong != nil {
		return wrong
	}
	if r.hosts[e.Host] = true; len(r.hosts) > maxHosts {
		return bad("host", "this is the event of one more than %d hosts, expected at most that many", maxHosts)
	}
	if len(e.Hosts) > maxHosts {
		return bad("hosts", "a fault was done to %d hosts, expected at most %d", len(e.Hosts), maxHosts)
	}
	for _, id := range e.Hosts {
		if wrong := shortNames(line, []named{{"hosts", string(id)}}); wrong != nil {
			return wrong
		}
	}
	r.history.Events = append(events, e)
	return nil
}

// outOfTime returns what is wrong with a true time, or "".
func outOfTime(at time.Duration) string {
	if at < 0 || at > maxTime {
		return fmt.Sprintf("the time is %v, expected from 0 to %v", at, maxTime)
	}
	return ""
}

// named is a name or id together with the field it stands in.
type named struct{ field, name string }

// shortNames reports the first name that is too long, or nil.
func shortNames(line []byte, all []named) *jsonProblem {
	for _, each := range all {
		if len(each.name) > maxName {
			return &jsonProblem{fieldColumn(line, each.field), fmt.Sprintf(longName, each.field, len(each.name), maxName)}
		}
	}
	return nil
}

const (
	longName     = "a name in field %q has %d bytes, expected at most %d"
	unknownFault = "unknown fault %q, expected one of %q"
)
