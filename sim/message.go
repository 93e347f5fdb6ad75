package sim

import (
	"slices"
	"strconv"
	"time"
)

// Fate is what became of a message.
type Fate string

// The fates of messages.
const (
	Arrived  Fate = "arrived"   // its host received it, even if the processes there are stopped and read it later
	LostFor  Fate = "lost"      // it will never arrive: it is not sent again, or nobody is there to receive it
	UnderWay Fate = "under-way" // it had not arrived by the end of the trial, but might have
	// Unrecorded is not a fate but stands in place of a message: what was sent from then on
	// (Sent) was not recorded, because there was too much of it.
	Unrecorded Fate = "unrecorded"
)

// Fates lists all fates.
func Fates() []Fate { return []Fate{Arrived, LostFor, UnderWay, Unrecorded} }

// Message is something one host sent to another, once. All times are true time. TCP resends what
// the network loses, so a message may be lost and still arrive. In the live world, Sent is when
// the switch received it, a moment after the sender let go of it, and Arrived is when the switch
// was about to deliver it, a moment before its host had it.
type Message struct {
	Number  int64         `json:"message"`           // 1, 2, 3, … in the order of Sent
	From    HostID        `json:"from,omitempty"`    //
	To      HostID        `json:"to,omitempty"`      //
	Sent    time.Duration `json:"sent"`              // when the sender handed it to the network, ns
	Fate    Fate          `json:"fate"`              //
	Arrived time.Duration `json:"arrived,omitempty"` // when it arrived; 0 means it did not
	Lost    time.Duration `json:"lost,omitempty"`    // when it was first lost; 0 means never
	Again   time.Duration `json:"again,omitempty"`   // when it was last resent; 0 means never
	Resent  int64         `json:"resent,omitempty"`  // how often it was resent
	What    string        `json:"what,omitempty"`    // short description for people: "SET NX PX"
}

// Worded is a request, an answer or a message that can describe itself in a few words: "SET NX
// PX", "append lease grant". Words is called while a history is being recorded, so it must be
// quick.
type Worded interface{ Words() string }

// WordsOf describes in a few words what was sent. It returns "" for values it has no words for.
func WordsOf(sent any) string {
	switch s := sent.(type) {
	case Worded:
		return s.Words()
	case nil: // an answer that only says that the request is done
		return "OK"
	case HostID:
		return string(s)
	case int:
		return strconv.Itoa(s)
	}
	return ""
}

// SignsOfLife lists the words of messages that only say that their sender is alive, and of the
// answers to them. Displays of messages may leave these out.
func SignsOfLife() []string {
	return []string{"heartbeat", "heartbeat ack", "ping", "pong", "hello"}
}

// SignOfLife reports whether the message only says that its sender is alive.
func (m Message) SignOfLife() bool { return slices.Contains(SignsOfLife(), m.What) }
