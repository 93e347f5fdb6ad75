package trace

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Trace is a history that has been read. It points to the history's own events. It is not
// changed after Read.
type Trace struct {
	History *sim.History

	Grants    []*Grant     // in the order of the lock service
	Ungranted []*sim.Event // acquired events whose grant the service never gave, in order
	Holdings  []*Holding   // in the order in which they began
	Voting    bool         // whether the nodes of the service vote
	Beliefs   []*Belief    // in the order in which they began
	Attempts  []*Attempt   // in the order in which they began
	Faults    []*FaultRun  // in the order in which they began
	Book      *Book
	Set       *Set // nil if no client adds elements to a set

	// Unclear says why beliefs cannot be matched to grants; nil means that they can.
	Unclear error
	// Latest is the lock service's event with the greatest lateness.
	Latest Lateness

	owners map[string]sim.HostID
	known  map[int][]*Grant // by index of the event that proves them
	begun  map[int64][]*Holding
	ended  map[int64][]*Holding
}

// Read reads a history, in time linear in its events. The history must not change afterwards.
func Read(h *sim.History) *Trace {
	t := &Trace{History: h}
	t.readFaults()
	t.readOwners()
	t.readGrants()
	t.readHoldings()
	t.readBeliefs()
	t.readAttempts()
	t.Book, t.Set = readBook(h), readSet(h)
	t.Latest = t.latestStamp()
	return t
}

// End returns the last event of the history, or nil if it has none.
func (t *Trace) End() *sim.Event {
	if n := len(t.History.Events); n > 0 {
		return &t.History.Events[n-1]
	}
	return nil
}

// Acquisition is one client's side of one grant.
type Acquisition struct {
	Client sim.HostID
	Grant  string
}

// AcquisitionOf returns the acquisition that a client's event is about.
func AcquisitionOf(e *sim.Event) Acquisition { return Acquisition{e.Host, e.Grant} }

// within reports whether a moment is strictly between two others.
func within(at, from, to time.Duration) bool { return at > from && at < to }
