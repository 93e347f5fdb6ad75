package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// serviceReader makes the lanes of the lock service.
type serviceReader struct {
	trace *trace.Trace
	lanes []lane
}

// readServices makes a lane for every host of the lock service that had something to report, or one
// empty lane if none had; a lock without a service has no lane. Servers that vote share one lane.
func readServices(t *trace.Trace, end time.Duration) []lane {
	h := t.History
	r := serviceReader{trace: t}
	for i := range h.Events {
		if e := &h.Events[i]; !h.IsClient(e.Host) { // else a lock without a service: every client grants it to itself
			r.read(e)
		}
	}
	for _, g := range t.Holdings {
		if !g.Vote && !h.IsClient(g.Server) {
			l := &r.lanes[r.lane(g.Server)]
			l.bars = append(l.bars, grantBar(t, g, end))
		}
	}
	if len(r.lanes) == 0 && len(h.Header.Servers) > 0 {
		r.lane(h.Header.Servers[0])
		r.lanes[0].empty = "granted nothing"
	}
	for i := range r.lanes {
		l := &r.lanes[i]
		l.name, l.about = "lock service", string(l.host)
		if t.Voting {
			l.about = fmt.Sprintf("majority of %d nodes", len(h.Header.Servers))
		}
	}
	slices.SortStableFunc(r.lanes, func(a, b lane) int {
		return slices.Index(h.Header.Servers, a.host) - slices.Index(h.Header.Servers, b.host)
	})
	return r.lanes
}

// read processes what a server did.
func (r *serviceReader) read(e *sim.Event) {
	switch e.Kind {
	case sim.Granted, sim.Freed:
		r.lane(r.server(e))
	case sim.Extended:
		r.mark(e, smallDot, "")
	case sim.Expired:
		r.mark(e, tick, "lease expired")
	case sim.Forgotten:
		r.mark(e, tick, "lease forgotten")
	case sim.SetRead:
		r.mark(e, tick, "the set: "+e.Note)
	}
}

// server returns the server whose lane shows an event.
func (r *serviceReader) server(e *sim.Event) sim.HostID {
	if r.trace.Voting {
		return ""
	}
	return e.Host
}

func (r *serviceReader) mark(e *sim.Event, style markStyle, label string) {
	l := &r.lanes[r.lane(r.server(e))]
	l.marks = append(l.marks, mark{at: e.At, seq: e.Seq, style: style, client: ownerOf(r.trace, e.Grant), label: label})
}

// lane finds the lane of a server, or adds it.
func (r *serviceReader) lane(host sim.HostID) int {
	for i := range r.lanes {
		if r.lanes[i].host == host {
			return i
		}
	}
	r.lanes = append(r.lanes, lane{kind: serviceLane, host: host, client: nobody})
	return len(r.lanes) - 1
}

// sayOnce drops labels that repeat the previous one: when servers wake up, many leases end at once.
func sayOnce(marks []mark, near time.Duration) {
	last := -1
	for i := range marks {
		if marks[i].label == "" {
			continue
		}
		if last >= 0 && marks[i].label == marks[last].label && marks[i].at-marks[last].at < near {
			marks[i].label = ""
			continue
		}
		last = i
	}
}

// ownerOf returns the client that has a grant, or nobody.
func ownerOf(t *trace.Trace, grant string) int { return clientIndex(t.History, t.Owner(grant)) }

// grantBar shows how long a server had a grant, to the end of the trial if nothing ended it.
func grantBar(t *trace.Trace, g *trace.Holding, end time.Duration) bar {
	b := bar{interval: interval{g.Began.At, end}, style: granted, client: ownerOf(t, g.Grant), grant: g.Grant}
	if g.Ended != nil {
		b.to = g.Ended.At
	}
	name := "nobody known"
	if b.client != nobody {
		name = string(t.History.Header.Clients[b.client])
	}
	if token := g.Given.Token; token != 0 {
		b.labels = []string{
			fmt.Sprintf("granted to %s (token %d)", name, token),
			fmt.Sprintf("%s (token %d)", name, token),
			fmt.Sprintf("token %d", token),
		}
		return b
	}
	b.labels = []string{"granted to " + name, name}
	return b
}
