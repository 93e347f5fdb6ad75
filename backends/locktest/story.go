package locktest

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Story says how events are told: each in one line, with its time, host, kind, grant, token,
// deadline and note. The zero value tells all of that unchanged. A story leaves out the faults of a
// scenario's steps, and the end of the run.
type Story struct {
	Round   time.Duration             // of times; 0 means to the nanosecond
	Letters bool                      // grants are A, B, C … in the order in which they appear
	Token   func(token uint64) string // how a token is written; nil means as a number
	Freers  bool                      // tell which client gave a lock back
	Without []sim.Kind                // these are left out

	names map[string]string // grants by their letters
}

// Lines tells events.
func (s *Story) Lines(events []sim.Event) (lines []string) {
	for _, e := range events {
		if e.Kind != sim.End && e.Fault == 0 && !slices.Contains(s.Without, e.Kind) {
			lines = append(lines, s.Line(e))
		}
	}
	return lines
}

// Line tells one event. An event without a host is a test's own note.
func (s *Story) Line(e sim.Event) string {
	if e.Host == "" {
		return fmt.Sprintf("%v -- %s", e.At.Round(s.Round), e.Note)
	}
	line := fmt.Sprintf("%v %s %s", e.At.Round(s.Round), e.Host, e.Kind)
	if e.Grant != "" {
		line += " " + s.name(e.Grant)
	}
	switch {
	case e.Token == 0:
	case s.Token != nil:
		line += " token " + s.Token(e.Token)
	default:
		line += fmt.Sprintf(" token %d", e.Token)
	}
	if e.Until != 0 {
		line += fmt.Sprintf(" until %v", e.Until.Round(s.Round))
	}
	if s.Freers && e.Client != "" && e.Kind == sim.Freed {
		line += " by " + string(e.Client)
	}
	if e.Ended != "" {
		line += ": " + string(e.Ended)
	}
	if e.Note != "" {
		line += ": " + e.Note
	}
	return line
}

func (s *Story) name(grant string) string {
	if !s.Letters {
		return grant
	}
	if s.names == nil {
		s.names = map[string]string{}
	}
	if s.names[grant] == "" {
		s.names[grant] = string(rune('A' + len(s.names)))
	}
	return s.names[grant]
}
