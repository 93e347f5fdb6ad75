package consensus

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

// Words describes the message in a message diagram. An Append without entries is the leader's
// heartbeat.
func (m Message) Words() string {
	switch m.Kind {
	case AskPreVote:
		return "pre-vote?"
	case AskVote:
		return "vote?"
	case PreVote, Vote:
		if m.Granted {
			return "my vote"
		}
		return "no vote"
	case Appended:
		if !m.Granted {
			return "not appended"
		}
		return "ack"
	case Append:
		return m.brings()
	}
	panic(fmt.Sprintf("there are no words for the message %v", m.Kind))
}

// brings describes an Append's entries.
func (m Message) brings() string {
	switch {
	case len(m.Entries) == 0:
		return "heartbeat"
	case len(m.Entries) > 1:
		return fmt.Sprintf("append %d entries", len(m.Entries))
	case m.Entries[0].Command == nil:
		return "append: new term"
	}
	return "append " + sim.WordsOf(m.Entries[0].Command)
}
