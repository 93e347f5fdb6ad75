package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Fingerprint is a hash of header and events: 16 hexadecimal digits. The bytes that are hashed
// are those of format 1, so a trial has the fingerprint that it has always had, and a folder of
// results from before can be compared with what is run today. Whom a fault on links was done to
// and whether servers keep copies follow from the rest and were not in it.
func (h *History) Fingerprint() string {
	sum := sha256.New()
	sum.Write(h.Header.asFormat1())
	for i := range h.Events {
		sum.Write(h.Header.eventAsFormat1(h.Events[i]))
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// asFormat1 gives the line of a header, with faults named by their lanes.
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

// eventAsFormat1 gives the line of an event, with the name of its fault and the note that said
// how a vote ended.
func (h *Header) eventAsFormat1(e Event) []byte {
	e.Hosts, e.Note, e.Ended = nil, string(e.Ended)+e.Note, ""
	line := jsonLine(e)
	if e.Fault == 0 {
		return line
	}
	return inPlaceOf(line, `"fault":`, jsonLine(e.Fault), jsonLine(h.LaneOf(&e)))
}

// inPlaceOf puts another value for a field into a line. No text in the line can look like the
// field: its quotes would have backslashes.
func inPlaceOf(line []byte, field string, old, value []byte) []byte {
	trim := func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\n")) }
	return bytes.Replace(line, append([]byte(field), trim(old)...), append([]byte(field), trim(value)...), 1)
}

// jsonLine writes a value as a line of a history file.
func jsonLine(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("sim: %T does not encode: %v", v, err)) // headers and events always do
	}
	return b.Bytes()
}
