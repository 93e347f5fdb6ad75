package trace

import (
	"cmp"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// Holders follows a history event by event. At each event it knows which grants have been given
// so far and under which grant each operation runs.
type Holders struct {
	trace   *Trace
	lag     time.Duration // how late the service's stamps may be
	newest  top[*Grant]
	current map[string]*Grant // by name
	told    map[request]under // what clients said about their requests to the ledger
}

// request is what a client says about a request that it is about to send to the ledger. A client
// that crashed repeats its operation under another grant, while its earlier request may still be
// on its way. The token and the version that a request carries tell the two apart.
type request struct {
	op     string
	exact  bool // the fields below are known; otherwise it stands for any request of the operation
	writes bool
	token  uint64
	base   uint64 // of a write; 0 for a charge, because the account replaces it
}

// under is the grant that requests were made under. several is set if there was more than one.
type under struct {
	grant   string
	several bool
}

// Holders returns what follows the history from its first event.
func (t *Trace) Holders() *Holders {
	lag := t.Lag()
	if t.History.Header.Inside {
		lag = 0 // the account's events have these same stamps, in the service's order
	}
	return &Holders{trace: t, lag: lag, current: map[string]*Grant{}, told: map[request]under{}}
}

// See records event number i of the history.
func (s *Holders) See(i int, e *sim.Event) {
	for _, g := range s.trace.ProvenBy(i) {
		s.current[g.Name] = g
		s.newest.offer(g.Client, g.Rank, g)
	}
	if (e.Kind == sim.Acquired || e.Kind == sim.Write) && e.Grant != "" {
		s.tell(request{op: e.Op}, e.Grant)
		s.tell(requestOf(e), e.Grant)
	}
}

func (s *Holders) tell(r request, grant string) {
	u, known := s.told[r]
	s.told[r] = under{grant, u.several || known && u.grant != grant}
}

// requestOf returns what an event of a client or of the ledger says about its request.
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

// Of returns the grant under which the operation of a ledger event ran.
func (s *Holders) Of(e *sim.Event) (*Grant, error) {
	mine, known := s.told[request{op: e.Op}]
	if !known {
		return nil, fmt.Errorf("event %d: it is unknown under which grant %s ran", e.Seq, Operation(e.Op))
	}
	if mine.several {
		mine, known = s.told[requestOf(e)]
	}
	if !known || mine.several {
		return nil, fmt.Errorf("event %d: %s ran under several grants in turn, and it is unknown which one this request belongs to", e.Seq, Operation(e.Op))
	}
	g := s.current[mine.grant]
	if g == nil {
		return nil, fmt.Errorf("event %d: %s ran under the grant %s, which the lock service never gave", e.Seq, Operation(e.Op), mine.grant)
	}
	return g, nil
}

// Latest returns the latest grant so far to anybody but this client, or nil if there is none.
func (s *Holders) Latest(besides sim.HostID) *Grant {
	if other := s.newest.besides(besides); other != nil {
		return other.with
	}
	return nil
}

// Rightful reports whether the grant g was, at event number i, the latest that the service had
// given and still in force there. It returns an error if the service's stamps are not exact
// enough to tell.
func (s *Holders) Rightful(i int, g *Grant) (bool, error) {
	h := s.trace.History
	if s.newest.best.with != g || g.Ended != nil && g.Ended.Seq <= h.Events[i].Seq {
		return false, nil
	}
	if s.lag == 0 {
		return true, nil
	}
	blurred := h.Events[i].At + s.lag
	// A client never gives a grant back before it says so, and it says so on the same clock as
	// the event.
	stillHeld := g.Ended != nil && g.Ended.Kind == sim.Freed && s.released(g, i)
	if g.Ended != nil && g.Ended.At <= blurred && !stillHeld {
		return false, fmt.Errorf("event %d came within %v of the end of the grant %s, too close to tell which came first", h.Events[i].Seq, s.lag, g.Name)
	}
	if next := int(g.Rank); next < len(s.trace.Grants) && s.trace.Grants[next].Granted.At <= blurred && !stillHeld {
		return false, fmt.Errorf("event %d came within %v of the next grant after %s, too close to tell which came first", h.Events[i].Seq, s.lag, g.Name)
	}
	return true, nil
}

// released reports whether the client of the grant asked to give it back only after event number
// i. What the service did at that request came later still.
func (s *Holders) released(g *Grant, i int) bool {
	h := s.trace.History
	for j := i + 1; j < len(h.Events); j++ {
		if e := &h.Events[j]; e.Kind == sim.Release && e.Grant == g.Name && e.Host == g.Client {
			return true
		}
	}
	return false
}

// firstOf keeps the first doubt.
func firstOf(earlier, later error) error { return cmp.Or(earlier, later) }
