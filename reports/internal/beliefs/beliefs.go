// Package beliefs works out what each party of a trial believed, and from when on it was wrong:
// each client about the lock and about the account, the lock service about who holds the lock, the
// account about its balance.
//
// A belief follows from what the party itself has done and been told. It is wrong while the party
// that decides the matter says otherwise: the lock service on who holds the lock, the account on
// its balance. Only clients can be wrong.
package beliefs

import (
	"sort"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Beliefs is what all parties of a trial believed from its beginning to its end.
//
// As JSON it is an object with two lists, "parties" and "mistakes". A party has one list of beliefs
// for each subject, "lock" and "account"; a list covers the whole trial without a gap. A party's
// belief right after event n is the last entry whose "seq" is not greater than n, so a page that
// steps through events only needs to advance in each list. The same history always gives the same
// bytes.
type Beliefs struct {
	Parties  []Party   `json:"parties"`            // the clients, the lock service if there is one, the account
	Mistakes []Mistake `json:"mistakes,omitempty"` // in the order in which they began
}

// Role is a party's role in a trial.
type Role string

// The roles.
const (
	Client  Role = "client"
	Service Role = "service" // the lock service as a whole, however many servers it has
	Account Role = "account"
)

// Party is one of those who believe something.
type Party struct {
	Name string `json:"name"` // the host's; "lock service" for all its servers together
	Role Role   `json:"role"`
	// Lock is what it believes about the lock; empty for the account.
	Lock []Belief `json:"lock,omitempty"`
	// Account is what it believes about the account; empty for the lock service.
	Account []Belief `json:"account,omitempty"`
}

// State is the kind of a belief.
type State string

// The states of a belief.
const (
	Nothing   State = "nothing"    // no opinion: it has not asked, or has given up, or crashed
	Waits     State = "waits"      // a client asked for the lock and has no answer
	Holds     State = "holds"      // a client was told that it holds the lock
	Overdue   State = "overdue"    // the same, past the deadline that the client itself computed
	Releases  State = "releases"   // a client asked to release and has no answer
	Knows     State = "knows"      // a client relies on what it read at the account
	Unsure    State = "unsure"     // a client got no answer to its write
	Counts    State = "counts"     // a client was told that its write was accepted
	Free      State = "free"       // the lock service: nobody holds the lock
	Given     State = "given"      // the lock service: one client holds the lock
	GivenMany State = "given-many" // the lock service: its servers have granted it to several
	Balance   State = "balance"    // the account has a balance
)

// Belief is what a party believed for a while.
type Belief struct {
	Seq     int64         `json:"seq"`               // it began with this event; 0 means with the trial
	From    time.Duration `json:"from"`              // true time, ns
	To      time.Duration `json:"to"`                // true time, ns
	State   State         `json:"state"`             //
	Says    string        `json:"says"`              // in words, without the party's name
	Grant   string        `json:"grant,omitempty"`   // the acquisition it is about
	Op      string        `json:"op,omitempty"`      // the withdrawal or job it is about
	Wrong   bool          `json:"wrong,omitempty"`   //
	Because string        `json:"because,omitempty"` // why it is wrong
}

// Subject is what a belief is about.
type Subject string

// The subjects.
const (
	TheLock    Subject = "lock"
	TheAccount Subject = "account"
)

// Mistake is a period in which a client was wrong about one thing.
type Mistake struct {
	Client  sim.HostID    `json:"client"`
	About   Subject       `json:"about"`
	State   State         `json:"state"`           // of the belief when it became wrong
	Grant   string        `json:"grant,omitempty"` // the acquisition it is about
	Op      string        `json:"op,omitempty"`    // the withdrawal or job it is about
	Seq     int64         `json:"seq"`             // the event that made it wrong, or with which it began and was already wrong
	From    time.Duration `json:"from"`            // true time, ns
	Ended   int64         `json:"ended"`           // the event that ended it; the last one if nothing did
	To      time.Duration `json:"to"`              // true time, ns
	Because string        `json:"because"`         // why it became wrong
	Thought string        `json:"thought"`         // what the client believed
	// Learned is set if the client was told. Otherwise it acted on the wrong belief until it was
	// done with it, or to the end.
	Learned bool   `json:"learned,omitempty"`
	How     string `json:"how"` // how it learned, or that it never did
}

// Opinion is what a party believes at one moment.
type Opinion struct {
	Party   string  `json:"party"`
	Role    Role    `json:"role"`
	Lock    *Belief `json:"lock,omitempty"`
	Account *Belief `json:"account,omitempty"`
}

// At returns what every party believes right after an event, in the order of Parties. It takes
// logarithmic time.
func (b *Beliefs) At(seq int64) []Opinion {
	out := make([]Opinion, len(b.Parties))
	for i := range b.Parties {
		p := &b.Parties[i]
		out[i] = Opinion{p.Name, p.Role, after(p.Lock, seq), after(p.Account, seq)}
	}
	return out
}

// after finds the belief right after an event.
func after(list []Belief, seq int64) *Belief {
	n := sort.Search(len(list), func(i int) bool { return list[i].Seq > seq })
	if n == 0 {
		return nil
	}
	return &list[n-1]
}

// Of works out what was believed in a trial, in time linear in its events.
func Of(h *sim.History) *Beliefs {
	r := newReader(trace.Read(h))
	for i := range h.Events {
		r.read(&h.Events[i])
	}
	return r.close()
}
