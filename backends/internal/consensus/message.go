package consensus

import "github.com/locklab/locklab/sim"

// Entry is one entry of the log.
type Entry struct {
	Index   uint64 // 1, 2, 3, …
	Term    uint64 // of the leader that put it there
	Command any    // nil for the entry with which a leader begins its term
}

// Kind is the kind of a message.
type Kind string

// The messages between members: the two calls of Raft, each with its answer, and the pre-vote,
// which asks how a vote would go before a term is spent on it.
const (
	AskPreVote Kind = "ask-pre-vote" // (LastIndex, LastTerm)
	PreVote    Kind = "pre-vote"     // (Granted)
	AskVote    Kind = "ask-vote"     // (LastIndex, LastTerm)
	Vote       Kind = "vote"         // (Granted)
	Append     Kind = "append"       // (LastIndex, LastTerm: what comes before Entries; Commit, Round); also the heartbeat
	Appended   Kind = "appended"     // (Granted, LastIndex: as far as the log agrees, or where to try next; Round)
)

// Message goes from one member to another. Kind determines which fields matter.
type Message struct {
	Kind      Kind
	From, To  sim.HostID
	Term      uint64 // the sender's
	LastIndex uint64
	LastTerm  uint64
	Entries   []Entry
	Commit    uint64 // how far the leader knows the log to be committed
	Round     uint64 // which of the leader's messages it is, or answers
	Granted   bool
}
