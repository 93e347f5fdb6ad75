package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Fingerprint returns a hash of the header and the events: 16 hexadecimal digits. It hashes the
// bytes of format 1, so a trial keeps the fingerprint it has always had and old result folders
// can be compared with new runs. Which hosts a fault on links was done to and whether servers
// keep copies follow from the other fields; format 1 did not contain them.
func (h *History) Fingerprint() string {
	sum := sha256.New()
	sum.Write(h.Header.asFormat1())
	var line []byte // the same room for every event
	for i := range h.Events {
		line = h.Header.appendEventAsFormat1(line[:0], h.Events[i])
		sum.Write(line)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// asFormat1 returns the header's line in format 1, where faults are named by their lanes.
func (h Header) asFormat1() []byte {
	h.Format, h.Copies = formatOf1, false
	line := jsonLine(h)
	if len(h.Faults) == 0 {
		return line
	}
	var lanes []string
	for _, f := range h.Faults {
		lanes = append(lanes, f.Lane())
	}
	return inPlaceOf(line, `"faults":`, jsonLine(h.Faults), jsonLine(lanes))
}

// appendEventAsFormat1 appends the event's line in format 1, with the name of its fault and, for a
// vote, with how it ended in the note.
func (h *Header) appendEventAsFormat1(line []byte, e Event) []byte {
	e.Hosts, e.Note, e.Ended = nil, string(e.Ended)+e.Note, ""
	line = append(e.appendJSON(line), '\n')
	if e.Fault == 0 {
		return line
	}
	return inPlaceOf(line, `"fault":`, jsonLine(e.Fault), jsonLine(h.LaneOf(&e)))
}

// inPlaceOf replaces a field's value in a line. No text in the line can be mistaken for the
// field: its quotes would be escaped.
func inPlaceOf(line []byte, field string, old, value []byte) []byte {
	trim := func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\n")) }
	return bytes.Replace(line, append([]byte(field), trim(old)...), append([]byte(field), trim(value)...), 1)
}

// jsonLine encodes a value as a line of a history file.
func jsonLine(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("sim: %T does not encode: %v", v, err)) // headers and events always encode
	}
	return b.Bytes()
}
