package check

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// stretch is a piece of true time in which a client believed that it held the lock, or
// worked under it.
type stretch struct {
	client   sim.HostID
	from, to time.Duration
	began    *sim.Event   // acquired, or the renewal that brought the belief back
	ended    *sim.Event   // what ended it, or the last event of the history
	open     bool         // nothing ended it
	passed   []*sim.Event // of work: what the client worked on after, or what its write outlasted
}

// acquisition is one client's side of one grant.
type acquisition struct {
	client sim.HostID
	grant  string
}

// whichBeliefs says where a belief ends.
type whichBeliefs int

const (
	// untilTold: a belief ends when the client asks to release the lock or is told that
	// it lost it. This is Kleppmann's reading of "holding a lock". A client that crashes
	// believes nothing any more.
	untilTold whichBeliefs = iota
	// whileValid: it also ends when the client's own clock reaches the deadline that the
	// client computed, and resumes if the lease is prolonged after that. This is
	// antirez's reading.
	whileValid
)

// beliefs finds them all, in the order in which they began.
func beliefs(h *sim.History, which whichBeliefs) ([]stretch, error) {
	var all []stretch
	open := map[acquisition]int{}  // index in all of the stretch that runs
	over := map[acquisition]bool{} // known acquisitions; true: released or lost
	begin := func(key acquisition, e *sim.Event) {
		open[key] = len(all)
		all = append(all, stretch{client: e.Host, from: e.At, began: e})
	}
	end := func(key acquisition, e *sim.Event) {
		if i, running := open[key]; running {
			all[i].to, all[i].ended = e.At, e
			delete(open, key)
		}
	}
	for i := range h.Events {
		e := &h.Events[i]
		key := acquisition{e.Host, e.Grant}
		switch e.Kind {
		case sim.Acquired:
			if e.Grant == "" {
				return nil, fmt.Errorf("event %d does not say which grant %s acquired", e.Seq, e.Host)
			}
			if _, again := over[key]; again {
				return nil, fmt.Errorf("event %d: %s acquired the grant %s a second time", e.Seq, e.Host, e.Grant)
			}
			over[key] = false
			begin(key, e)
		case sim.Release, sim.Lost:
			end(key, e)
			over[key] = true
		case sim.FaultApplied:
			if sim.LaneKind(e.Fault) != sim.Crash {
				continue
			}
			for _, b := range all {
				if key := (acquisition{b.client, b.began.Grant}); b.client == e.Host && !over[key] {
					end(key, e)
					over[key] = true
				}
			}
		case sim.Deadline:
			if which == whileValid {
				end(key, e)
			}
		case sim.Renewed:
			isOver, known := over[key]
			if _, running := open[key]; known && !isOver && !running {
				begin(key, e)
			}
		}
	}
	for i := range all {
		if all[i].ended == nil {
			last := &h.Events[len(h.Events)-1]
			all[i].to, all[i].ended, all[i].open = last.At, last, true
		}
	}
	return all, nil
}
