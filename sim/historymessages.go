package sim

import (
	"bytes"
	"fmt"
	"slices"
)

// messageLine reports whether a line of a history file is a message, not an event.
func messageLine(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte(`{"message":`))
}

// readMessage reads the line of a message. It is as strict as the reader of events.
func (h *History) readMessage(line []byte) *jsonProblem {
	var m Message
	if err := strictJSON(line, &m); err != nil {
		return &jsonProblem{err.column, "not a valid message: " + err.problem}
	}
	bad := func(field, problem string, args ...any) *jsonProblem {
		column := 1 + max(0, bytes.Index(line, []byte(`"`+field+`":`))) // the colon matters: "arrived" is also a fate
		return &jsonProblem{column, fmt.Sprintf(problem, args...)}
	}
	want := int64(len(h.Messages) + 1)
	arrived, recorded := m.Fate == Arrived, m.Fate != Unrecorded
	switch {
	case !slices.Contains(Fates(), m.Fate):
		return bad("fate", "unknown fate of a message %q, expected one of %q", m.Fate, Fates())
	case m.Number != want:
		return bad("message", "message number %d, expected %d: lines are missing or out of order", m.Number, want)
	case want > 1 && m.Sent < h.Messages[want-2].Sent:
		return bad("sent", "time goes back from %v to %v", h.Messages[want-2].Sent, m.Sent)
	case recorded && (m.From == "" || m.To == ""):
		return bad("message", "a message from %q to %q, expected two hosts", m.From, m.To)
	case recorded && m.From == m.To:
		return bad("to", "a message from %q to itself, expected two hosts", m.From)
	case len(m.From) > maxName || len(m.To) > maxName:
		return bad("message", "a message from or to a host whose name has more than %d bytes, expected at most that many", maxName)
	case outOfTime(m.Sent) != "":
		return bad("sent", "%s", outOfTime(m.Sent))
	case outOfTime(m.Arrived) != "":
		return bad("arrived", "%s", outOfTime(m.Arrived))
	case outOfTime(m.Lost) != "":
		return bad("lost", "%s", outOfTime(m.Lost))
	case outOfTime(m.Again) != "":
		return bad("again", "%s", outOfTime(m.Again))
	case arrived && m.Arrived < m.Sent:
		return bad("arrived", "the message arrived at %v, before it was sent at %v", m.Arrived, m.Sent)
	case m.Resent < 0:
		return bad("resent", "the message was sent again %d times", m.Resent)
	}
	h.Messages = append(h.Messages, m)
	return nil
}
