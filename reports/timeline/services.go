package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// grantOwners tells which client each acquisition belongs to. The service itself does
// not know: a client says so when it sends the request, or when it has the answer.
func grantOwners(h *sim.History) map[string]int {
	owners := map[string]int{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.AcquireSent, sim.Acquired:
			owners[e.Grant] = clientIndex(h, e.Host)
		case sim.Granted:
			if _, known := owners[e.Grant]; !known && e.Client != "" {
				owners[e.Grant] = clientIndex(h, e.Client)
			}
		}
	}
	return owners
}

// serviceReader makes the lanes of the lock service.
type serviceReader struct {
	history *sim.History
	end     time.Duration
	owners  map[string]int
	voting  bool // what most servers agree on counts, and is no single server's doing
	lanes   []lane
	open    map[string][]place // bars that nothing has ended yet, by grant
}

// place is where a bar is: its lane and its number there.
type place struct{ lane, bar int }

// readServices makes a lane for every host of the lock service that had something to
// say, or one empty lane when none had; a lock without a service has no lane. Servers that
// vote have one lane together.
func readServices(h *sim.History, end time.Duration) []lane {
	r := serviceReader{history: h, end: end, owners: grantOwners(h), open: map[string][]place{}}
	r.voting = slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.NodeGranted })
	for _, e := range h.Events {
		if h.IsClient(e.Host) {
			continue // a lock without a service: every client grants it to itself
		}
		if r.voting {
			e.Host = ""
		}
		r.read(e)
	}
	if len(r.lanes) == 0 && len(h.Header.Servers) > 0 {
		r.lane(h.Header.Servers[0])
		r.lanes[0].empty = "granted nothing"
	}
	for i := range r.lanes {
		l := &r.lanes[i]
		l.name, l.about = "lock service", string(l.host)
		if r.voting {
			l.about = fmt.Sprintf("majority of %d nodes", len(h.Header.Servers))
		}
	}
	slices.SortStableFunc(r.lanes, func(a, b lane) int {
		return slices.Index(h.Header.Servers, a.host) - slices.Index(h.Header.Servers, b.host)
	})
	return r.lanes
}

// read takes in what a server did.
func (r *serviceReader) read(e sim.Event) {
	switch e.Kind {
	case sim.Granted:
		i := r.lane(e.Host)
		r.open[e.Grant] = append(r.open[e.Grant], place{i, len(r.lanes[i].bars)})
		r.lanes[i].bars = append(r.lanes[i].bars, grantBar(r.history, e, r.owners, r.end))
	case sim.Extended:
		r.takeOver(e)
		r.mark(e, smallDot, "")
	case sim.Expired:
		r.mark(e, tick, "lease expired")
		r.ends(e)
	case sim.Forgotten:
		r.mark(e, tick, "lease forgotten")
		r.ends(e)
	case sim.Freed:
		r.lane(e.Host)
		r.ends(e)
	case sim.SetRead:
		r.mark(e, tick, "the set: "+e.Note)
	}
}

func (r *serviceReader) mark(e sim.Event, style markStyle, label string) {
	l := &r.lanes[r.lane(e.Host)]
	l.marks = append(l.marks, mark{at: e.At, seq: e.Seq, style: style, client: ownerOf(r.owners, e.Grant), label: label})
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

// ends ends the bar of a grant: the one on the server that says so, or, when that
// server has taken over from another, the one that is still open elsewhere.
func (r *serviceReader) ends(e sim.Event) {
	open := r.open[e.Grant]
	if len(open) == 0 {
		return
	}
	which := len(open) - 1
	for i, p := range open {
		if r.lanes[p.lane].host == e.Host {
			which = i
		}
	}
	p := open[which]
	r.lanes[p.lane].bars[p.bar].to = e.At
	r.open[e.Grant] = slices.Delete(open, which, which+1)
}

// takeOver moves a grant to the server that prolongs it: another leads now, and the bar of
// the one before it ends there.
func (r *serviceReader) takeOver(e sim.Event) {
	open := r.open[e.Grant]
	if len(open) != 1 || r.lanes[open[0].lane].host == e.Host {
		return
	}
	old := &r.lanes[open[0].lane].bars[open[0].bar]
	next := *old
	old.to, next.from = e.At, e.At
	i := r.lane(e.Host)
	r.open[e.Grant] = []place{{i, len(r.lanes[i].bars)}}
	r.lanes[i].bars = append(r.lanes[i].bars, next)
}

// sayOnce leaves out labels that repeat the one right before: when servers wake up, many
// leases end at one go.
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

func ownerOf(owners map[string]int, grant string) int {
	if i, known := owners[grant]; known {
		return i
	}
	return nobody
}

// grantBar shows a grant up to the end of the trial; its end shortens it.
func grantBar(h *sim.History, e sim.Event, owners map[string]int, end time.Duration) bar {
	b := bar{interval: interval{e.At, end}, style: granted, client: ownerOf(owners, e.Grant), grant: e.Grant}
	name := "nobody known"
	if b.client != nobody {
		name = string(h.Header.Clients[b.client])
	}
	if e.Token != 0 {
		b.labels = []string{
			fmt.Sprintf("granted to %s (token %d)", name, e.Token),
			fmt.Sprintf("%s (token %d)", name, e.Token),
			fmt.Sprintf("token %d", e.Token),
		}
		return b
	}
	b.labels = []string{"granted to " + name, name}
	return b
}
