package trace

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

// Holding is one time that a server of the lock service had a grant, or that a node of several
// whose votes count had given it its vote.
//
// A server has a grant from when it gave it until it ended it, for whatever reason. If a server
// that does not have it prolongs it or ends it, it speaks for those that have: it has taken over
// from them. But where each server keeps a copy of its own (sim.Header.Copies), one that prolongs
// it takes nothing from the others.
type Holding struct {
	Grant  string
	Server sim.HostID // of a service whose nodes vote, empty but for votes; of no service at all, the client itself
	Vote   bool       // it is a vote
	Given  *sim.Event // granted or node-granted: with it the grant came about
	Began  *sim.Event // the same, or extended, by which this server has taken over
	Ended  *sim.Event // nil: nothing ended it
}

// BegunBy lists the holdings that began with an event, EndedBy those that ended with it.
func (t *Trace) BegunBy(e *sim.Event) []*Holding { return t.begun[e.Seq] }

// EndedBy lists the holdings that ended with an event.
func (t *Trace) EndedBy(e *sim.Event) []*Holding { return t.ended[e.Seq] }

// servers follows which of them have which grant.
type servers struct {
	*Trace
	has   map[string][]*Holding // by grant, those that last
	votes map[string][]*Holding
	given map[string]*sim.Event // the last time that a grant was given
}

func (t *Trace) readHoldings() {
	t.begun, t.ended = map[int64][]*Holding{}, map[int64][]*Holding{}
	t.Voting = slices.ContainsFunc(t.History.Events, func(e sim.Event) bool { return e.Kind == sim.NodeGranted })
	s := servers{t, map[string][]*Holding{}, map[string][]*Holding{}, map[string]*sim.Event{}}
	for i := range t.History.Events {
		e := &t.History.Events[i]
		server := e.Host
		if t.Voting { // what most of them agree on is no single one's doing
			server = ""
		}
		switch e.Kind {
		case sim.Granted:
			s.given[e.Grant] = e
			s.begin(s.has, e, server)
		case sim.Extended:
			s.prolong(e, server)
		case sim.Expired, sim.Freed, sim.Forgotten:
			s.end(s.has, e, server)
		case sim.NodeGranted:
			s.begin(s.votes, e, e.Host)
		case sim.NodeEnded:
			if at(s.votes[e.Grant], e.Host) >= 0 {
				s.end(s.votes, e, e.Host)
			}
		case sim.FaultApplied:
			if t.KindOf(e).SwitchesOff() && t.History.IsClient(e.Host) {
				s.crash(e)
			}
		}
	}
}

// at finds the holding of a server; -1: it has none.
func at(all []*Holding, server sim.HostID) int {
	return slices.IndexFunc(all, func(h *Holding) bool { return h.Server == server })
}

func (s *servers) begin(of map[string][]*Holding, e *sim.Event, server sim.HostID) {
	if at(of[e.Grant], server) >= 0 {
		return
	}
	h := &Holding{Grant: e.Grant, Server: server, Given: e, Began: e}
	switch e.Kind {
	case sim.NodeGranted:
		h.Vote = true
	case sim.Extended:
		h.Given = s.given[e.Grant]
	}
	of[e.Grant] = append(of[e.Grant], h)
	s.Holdings, s.begun[e.Seq] = append(s.Holdings, h), append(s.begun[e.Seq], h)
}

func (s *servers) prolong(e *sim.Event, server sim.HostID) {
	if s.given[e.Grant] == nil || at(s.has[e.Grant], server) >= 0 {
		return
	}
	if !s.History.Header.Copies {
		s.end(s.has, e, server)
	}
	s.begin(s.has, e, server)
}

// end ends the holding of a server, or those of all others if it has none.
func (s *servers) end(of map[string][]*Holding, e *sim.Event, server sim.HostID) {
	all := of[e.Grant]
	which := at(all, server)
	for i, h := range all {
		if which < 0 || i == which {
			h.Ended = e
			s.ended[e.Seq] = append(s.ended[e.Seq], h)
		}
	}
	of[e.Grant] = slices.DeleteFunc(all, func(h *Holding) bool { return h.Ended != nil })
	if len(of[e.Grant]) == 0 {
		delete(of, e.Grant)
	}
}

// crash ends what a client had given itself, as there is no service.
func (s *servers) crash(e *sim.Event) {
	for _, h := range s.Holdings {
		if h.Server == e.Host && h.Ended == nil {
			h.Ended = e
			s.ended[e.Seq] = append(s.ended[e.Seq], h)
			s.has[h.Grant] = slices.DeleteFunc(s.has[h.Grant], func(o *Holding) bool { return o == h })
		}
	}
}
