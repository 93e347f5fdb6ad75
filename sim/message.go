package sim

import (
	"slices"
	"strconv"
	"time"
)

// Fate says what became of a message.
type Fate string

// The fates of messages.
const (
	Arrived  Fate = "arrived"   // its host has it, even if the processes there are stopped and read it later
	LostFor  Fate = "lost"      // it never will arrive: nobody sends it again, or nobody is there
	UnderWay Fate = "under-way" // at the end of the trial it had not arrived, and might have
	// Unrecorded is no fate but a note in the place of a message: what was sent from then on
	// (Sent) was not recorded, because there was too much of it.
	Unrecorded Fate = "unrecorded"
)

// Fates lists them all.
func Fates() []Fate { return []Fate{Arrived, LostFor, UnderWay, Unrecorded} }

// Message is what one host sent to another, once. All times are true time. TCP sends again
// what the network has lost, so a message may be lost and arrive all the same. In the live
// world Sent is when the switch had it in hand, a moment after its sender let go of it, and
// Arrived when the switch was about to hand it over, a moment before its host had it.
type Message struct {
	Number  int64         `json:"message"`           // 1, 2, 3, … in the order of Sent
	From    HostID        `json:"from,omitempty"`    //
	To      HostID        `json:"to,omitempty"`      //
	Sent    time.Duration `json:"sent"`              // when its sender handed it to the network, ns
	Fate    Fate          `json:"fate"`              //
	Arrived time.Duration `json:"arrived,omitempty"` // when it arrived; 0: it has not
	Lost    time.Duration `json:"lost,omitempty"`    // when it was lost for the first time; 0: it was not
	Again   time.Duration `json:"again,omitempty"`   // when it was last sent again; 0: it was not
	Resent  int64         `json:"resent,omitempty"`  // how often it was sent again
	What    string        `json:"what,omitempty"`    // in a few words, for people: "SET NX PX"
}

// Worded is a request, an answer or a message that can say in a few words what it is: "SET
// NX PX", "append lease grant". It is asked when a history is made, so it must be quick.
type Worded interface{ Words() string }

// WordsOf says in a few words what was sent; empty if nobody has found words for it.
func WordsOf(sent any) string {
	switch s := sent.(type) {
	case Worded:
		return s.Words()
	case nil: // the answer of who has nothing to say but that it is done
		return "OK"
	case HostID:
		return string(s)
	case int:
		return strconv.Itoa(s)
	}
	return ""
}

// SignsOfLife lists the words for messages that say nothing but that their sender is there,
// and for their answers. Whoever shows messages may leave them out.
func SignsOfLife() []string {
	return []string{"heartbeat", "heartbeat ack", "ping", "pong", "hello"}
}

// SignOfLife tells whether the message says nothing but that its sender is there.
func (m Message) SignOfLife() bool { return slices.Contains(SignsOfLife(), m.What) }
