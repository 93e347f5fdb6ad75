package consensus

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

// Words says what the message is, in a message diagram. An Append that brings nothing is
// the leader's heartbeat.
func (m Message) Words() string {
	switch {
	case m.Kind == AskPreVote:
		return "pre-vote?"
	case m.Kind == AskVote:
		return "vote?"
	case m.Kind == PreVote || m.Kind == Vote:
		if m.Granted {
			return "my vote"
		}
		return "no vote"
	case m.Kind == Appended && !m.Granted:
		return "not appended"
	case m.Kind == Appended:
		return "ack"
	case len(m.Entries) == 0:
		return "heartbeat"
	case len(m.Entries) > 1:
		return fmt.Sprintf("append %d entries", len(m.Entries))
	case m.Entries[0].Command == nil:
		return "append: new term"
	}
	return "append " + sim.WordsOf(m.Entries[0].Command)
}
