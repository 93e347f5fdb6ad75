package redlock

import (
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// CountVotes counts the votes in events of observers that each see one server. Wherever a quorum has
// formed or fallen apart, it inserts what that means for the lock, at that moment and on that server.
// Events of other hosts stay as they are.
//
// One observer may get its turn later than another. A client that is told "granted" and releases
// within a millisecond may have the vote of one server withdrawn, as its observer saw it, before the
// observer of another has seen that one vote at all. What the client was told proves that a quorum
// had formed by then; see foresee.
func (b Backend) CountVotes(events []sim.Event, s backends.Settings) []sim.Event {
	count := newTally(b.Servers(s), quorum(s))
	var all []sim.Event
	for i, e := range events {
		vote, ok := voteOf(e)
		if ok {
			count.note(&recounted{of: e, all: &all}, vote)
			continue
		}
		if e.Kind == sim.Acquired {
			count.foresee(e, events[i+1:], &all)
		}
		all = append(all, e)
	}
	return all
}

// foresee counts votes that observers saw only after the client was told of its grant, as many as
// the quorum still needs and only if there are so many. They are as late as stamps usually are at
// most: a server that votes later than that was not among those that the client heard.
func (t *tally) foresee(acquired sim.Event, later []sim.Event, all *[]sim.Event) {
	v := t.of(acquired.Grant)
	missing := t.quorum - v.count()
	if v.granted || missing <= 0 {
		return
	}
	var late []sim.Event
	for _, e := range later {
		if e.At > acquired.At+trace.UsualLag || len(late) == missing {
			break
		}
		if e.Kind == sim.NodeGranted && e.Grant == acquired.Grant {
			late = append(late, e)
		}
	}
	if len(late) < missing {
		return
	}
	for _, e := range late {
		v.by[slices.Index(t.servers, e.Host)] = true
	}
	at := late[len(late)-1]
	at.At = acquired.At
	t.form(v, &recounted{of: at, all: all})
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
