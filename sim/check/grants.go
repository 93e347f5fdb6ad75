package check

import "github.com/locklab/locklab/sim"

// grant is one time that the lock service gave the lock away.
type grant struct {
	name     string
	client   sim.HostID // whom it was given to; empty: the history does not tell
	rank     int64      // 1, 2, 3, … in the order of the service
	known    int        // index of proof
	proof    *sim.Event // the first event that proves that it had been given
	granted  *sim.Event
	acquired *sim.Event // the client was told; nil: it never was
	ended    *sim.Event // the service ended it: expired or freed; nil: it did not
}

// grants is what the lock service did, in its own order. The service's events may be
// stamped late (see stampLag), so a grant counts as given from the moment its client was
// told, if that is stamped earlier; but where the service keeps the account as well, its own
// order with what becomes of that is what counts.
type grants struct {
	inOrder []*grant
	known   map[int][]*grant // by index of the event that proves them
	// unmatched has the acquired events whose grant the service never gave.
	unmatched []*sim.Event
}

// grantsOf reads them off a history. The name of a grant may come up again when it was
// asked for again after it had ended; each time is a grant of its own.
func grantsOf(h *sim.History) grants {
	owners := grantOwners(h)
	all := grants{known: map[int][]*grant{}}
	latest := map[string]*grant{}
	early := map[string]int{} // acquired events that were stamped before their grant
	for i := range h.Events {
		e := &h.Events[i]
		g := latest[e.Grant]
		switch e.Kind {
		case sim.Granted:
			g = &grant{name: e.Grant, client: owners[e.Grant], known: i, proof: e, granted: e}
			if at, was := early[g.name]; was {
				g.acquired = &h.Events[at]
				if !h.Header.Inside {
					g.known, g.proof = at, g.acquired
				}
				delete(early, g.name)
			}
			all.inOrder = append(all.inOrder, g)
			g.rank = int64(len(all.inOrder))
			latest[g.name] = g
		case sim.Acquired:
			if g == nil || g.acquired != nil {
				early[e.Grant] = i
			} else {
				g.acquired = e
			}
		case sim.Expired, sim.Freed:
			if g != nil && g.ended == nil {
				g.ended = e
			}
		}
	}
	for _, g := range all.inOrder {
		all.known[g.known] = append(all.known[g.known], g)
	}
	for i := range h.Events {
		e := &h.Events[i]
		if at, was := early[e.Grant]; was && at == i && e.Kind == sim.Acquired {
			all.unmatched = append(all.unmatched, e)
		}
	}
	return all
}

// grantOwners tells which client each grant is for: the one that asked for it or was
// told of it, else the one that the service names, or on whose host it was given.
func grantOwners(h *sim.History) map[string]sim.HostID {
	owners := map[string]sim.HostID{}
	named := map[string]sim.HostID{}
	for _, e := range h.Events {
		switch {
		case e.Kind == sim.AcquireSent || e.Kind == sim.Acquired:
			owners[e.Grant] = e.Host
		case e.Kind == sim.Granted && e.Client != "":
			named[e.Grant] = e.Client
		case e.Kind == sim.Granted && h.IsClient(e.Host):
			named[e.Grant] = e.Host
		}
	}
	for _, e := range h.Events {
		if _, told := owners[e.Grant]; e.Kind == sim.Granted && !told {
			owners[e.Grant] = named[e.Grant]
		}
	}
	return owners
}

// owner names the client that the lock was given to.
func (g *grant) owner() string {
	if g.client == "" {
		return "an unknown client"
	}
	return string(g.client)
}
