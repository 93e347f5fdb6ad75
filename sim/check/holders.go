package check

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// holders follows a history event by event and knows at each of them which grants have
// been given so far, and under which grant each operation is run.
type holders struct {
	all     grants
	lag     time.Duration // by which the service's stamps may be late
	newest  top[*grant]
	current map[string]*grant // by name
	told    map[request]under // what clients said of their requests to the ledger
}

// request is what a client tells of one that it is about to send to the ledger. A client that
// crashed does its operation once more under another grant, while what it sent before may
// still be on its way: the token and the version that a request carries tell them apart.
type request struct {
	op     string
	exact  bool // what follows is known; else it stands for any request of the operation
	writes bool
	token  uint64
	base   uint64 // of a write; 0 of a charge, as the account puts another one there
}

// under is the grant that requests are made under, if there is but one.
type under struct {
	grant   string
	several bool
}

func follow(h *sim.History) *holders {
	lag := stampLag(h)
	if h.Header.Inside {
		lag = 0 // the same stamps, in the service's order, are those of the account
	}
	return &holders{all: grantsOf(h), lag: lag, current: map[string]*grant{}, told: map[request]under{}}
}

// see takes in event number i of the history.
func (s *holders) see(i int, e *sim.Event) {
	for _, g := range s.all.known[i] {
		s.current[g.name] = g
		s.newest.offer(g.client, g.rank, g)
	}
	if (e.Kind == sim.Acquired || e.Kind == sim.Write) && e.Grant != "" {
		s.tell(request{op: e.Op}, e.Grant)
		s.tell(requestOf(e), e.Grant)
	}
}

func (s *holders) tell(r request, grant string) {
	u, known := s.told[r]
	s.told[r] = under{grant, u.several || known && u.grant != grant}
}

// requestOf gives what a client's event, or the ledger's, tells of the request.
func requestOf(e *sim.Event) request {
	r := request{op: e.Op, exact: true, token: e.Token}
	switch e.Kind {
	case sim.Write, sim.LedgerWrite, sim.LedgerWriteRefused:
		r.writes = true
		if e.Job == "" {
			r.base = e.Base
		}
	}
	return r
}

// of gives the grant under which the operation of a ledger's event is run.
func (s *holders) of(e *sim.Event) (*grant, error) {
	mine, known := s.told[request{op: e.Op}]
	if !known {
		return nil, fmt.Errorf("event %d: nothing tells under which grant %s ran", e.Seq, operation(e.Op))
	}
	if mine.several {
		mine, known = s.told[requestOf(e)]
	}
	if !known || mine.several {
		return nil, fmt.Errorf("event %d: %s ran under several grants, one after the other, and nothing tells which of them this request was made under", e.Seq, operation(e.Op))
	}
	g := s.current[mine.grant]
	if g == nil {
		return nil, fmt.Errorf("event %d: %s ran under the grant %s, which the lock service never gave", e.Seq, operation(e.Op), mine.grant)
	}
	return g, nil
}

// rightful tells whether the grant g was, at event number i, the latest that the service
// had given and still in force there. It is an error if the service's stamps are not
// exact enough to tell.
func (s *holders) rightful(h *sim.History, i int, g *grant) (bool, error) {
	if s.newest.best.with != g || g.ended != nil && g.ended.Seq <= h.Events[i].Seq {
		return false, nil
	}
	if s.lag == 0 {
		return true, nil
	}
	blurred := h.Events[i].At + s.lag
	// Its client gives a grant back no sooner than it says so, on the same clock as the event.
	stillHeld := g.ended != nil && g.ended.Kind == sim.Freed && s.released(h, g, i)
	if g.ended != nil && g.ended.At <= blurred && !stillHeld {
		return false, fmt.Errorf("event %d came within %v of the end of the grant %s, too close to tell which was first", h.Events[i].Seq, s.lag, g.name)
	}
	if next := int(g.rank); next < len(s.all.inOrder) && s.all.inOrder[next].granted.At <= blurred && !stillHeld {
		return false, fmt.Errorf("event %d came within %v of the next grant after %s, too close to tell which was first", h.Events[i].Seq, s.lag, g.name)
	}
	return true, nil
}

// released tells whether the client of the grant asked to give it back only after event
// number i: what the service did at that request came later still.
func (s *holders) released(h *sim.History, g *grant, i int) bool {
	for j := i + 1; j < len(h.Events); j++ {
		if e := &h.Events[j]; e.Kind == sim.Release && e.Grant == g.name && e.Host == g.client {
			return true
		}
	}
	return false
}

// firstOf keeps the first thing that was in doubt.
func firstOf(earlier, later error) error {
	if earlier != nil {
		return earlier
	}
	return later
}
