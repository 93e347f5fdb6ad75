package redlock

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// CountVotes counts the votes in events of observers that each see one server. Wherever a quorum has
// formed or fallen apart, it inserts what that means for the lock, at that moment and on that server.
// Events of other hosts stay as they are.
func (b Backend) CountVotes(events []sim.Event, s backends.Settings) []sim.Event {
	count := newTally(b.Servers(s), quorum(s))
	var all []sim.Event
	for _, e := range events {
		vote, ok := voteOf(e)
		if !ok {
			all = append(all, e)
			continue
		}
		count.note(&recounted{of: e, all: &all}, vote)
	}
	return all
}

// voteOf converts an observer's event to what the node did to the lock.
func voteOf(e sim.Event) (vote sim.Event, ok bool) {
	vote = sim.Event{Grant: e.Grant, Client: e.Client}
	switch e.Kind {
	case sim.NodeGranted:
		vote.Kind = sim.Granted
	case sim.NodeExtended:
		vote.Kind = sim.Extended
	case sim.NodeEnded:
		vote.Kind = e.Ended
	default:
		return sim.Event{}, false
	}
	return vote, true
}

// recounted is the recorder of a tally made afterwards: every event gets the time and place of the
// node's event.
type recounted struct {
	of  sim.Event
	all *[]sim.Event
}

func (r *recounted) ID() sim.HostID { return r.of.Host }

func (r *recounted) Record(e sim.Event) {
	e.At, e.Host = r.of.At, r.of.Host
	*r.all = append(*r.all, e)
}
