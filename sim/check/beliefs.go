package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// stretch is an interval of true time in which a client believed that it held the lock, or
// worked under it.
type stretch struct {
	client   sim.HostID
	from, to time.Duration
	began    *sim.Event   // the acquisition, or the renewal that revived the belief
	ended    *sim.Event   // what ended it, or the last event of the history
	open     bool         // nothing ended it
	passed   []*sim.Event // for work: the events after which the client worked on, or which its write outlasted
}

// whichBeliefs selects when a belief ends.
type whichBeliefs int

const (
	// untilTold ends a belief when the client asks to release the lock or is told that it lost
	// it. This is Kleppmann's reading of "holding a lock". A client that crashes no longer
	// believes anything.
	untilTold whichBeliefs = iota
	// whileValid also ends a belief when the client's own clock reaches the deadline that the
	// client computed. The belief resumes if the lease is prolonged after that. This is
	// antirez's reading.
	whileValid
)

// beliefs returns all beliefs, in the order in which they began. It returns an error if they
// cannot be matched to grants.
func beliefs(t *trace.Trace, which whichBeliefs) (all []stretch, err error) {
	if t.Unclear != nil {
		return nil, t.Unclear
	}
	add := func(b *trace.Belief, began, ended *sim.Event) {
		s := stretch{client: b.Client, from: began.At, began: began, ended: ended}
		if ended == nil {
			s.ended, s.open = t.End(), true
		}
		s.to = s.ended.At
		all = append(all, s)
	}
	for _, b := range t.Beliefs {
		if which == untilTold {
			add(b, b.Began, b.Ended)
			continue
		}
		for _, p := range b.Pieces {
			if p.Valid {
				add(b, p.Began, p.Ended)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Compare(a.began.Seq, b.began.Seq) })
	return all, nil
}
