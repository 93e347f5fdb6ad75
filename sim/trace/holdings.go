package trace

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

// Holding is a time during which a server of the lock service had a grant, or during which a
// grant had the vote of one of several voting nodes.
//
// A server has a grant from when it gave it until it ended it, for whatever reason. If a server
// without the grant extends or ends it, it acts for those that have it: it has taken over from
// them. But if each server keeps its own copy (sim.Header.Copies), a server that extends a grant
// takes nothing from the others.
type Holding struct {
	Grant  string
	Server sim.HostID // empty for a service whose nodes vote, except in votes; without a service, the client itself
	Vote   bool       // it is a vote
	Given  *sim.Event // the event that created the grant or vote: granted or node-granted
	Began  *sim.Event // the same event, or extended, by which this server took over
	Ended  *sim.Event // nil if nothing ended it
}

// BegunBy lists the holdings that began with an event.
func (t *Trace) BegunBy(e *sim.Event) []*Holding { return t.begun[e.Seq] }

// EndedBy lists the holdings that ended with an event.
func (t *Trace) EndedBy(e *sim.Event) []*Holding { return t.ended[e.Seq] }

// servers tracks which servers have which grants.
type servers struct {
	*Trace
	has   map[string][]*Holding // by grant, those that have not ended
	votes map[string][]*Holding
	given map[string]*sim.Event // the last time that each grant was given
}

func (t *Trace) readHoldings() {
	t.begun, t.ended = map[int64][]*Holding{}, map[int64][]*Holding{}
	t.Voting = slices.ContainsFunc(t.History.Events, func(e sim.Event) bool { return e.Kind == sim.NodeGranted })
	s := servers{t, map[string][]*Holding{}, map[string][]*Holding{}, map[string]*sim.Event{}}
	for i := range t.History.Events {
		e := &t.History.Events[i]
		server := e.Host
		if t.Voting { // a majority decision belongs to no single node
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

// at returns the index of a server's holding, or -1 if it has none.
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

// end ends the holding of a server or, if it has none, those of all servers.
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

// crash ends the grants that a client gave itself, without a service.
func (s *servers) crash(e *sim.Event) {
	for _, h := range s.Holdings {
		if h.Server == e.Host && h.Ended == nil {
			h.Ended = e
			s.ended[e.Seq] = append(s.ended[e.Seq], h)
			s.has[h.Grant] = slices.DeleteFunc(s.has[h.Grant], func(o *Holding) bool { return o == h })
		}
	}
}
