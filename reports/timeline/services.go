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

// readServices makes a lane for every host of the lock service that had something to
// say, or one empty lane when none had; a lock without a service has no lane.
func readServices(h *sim.History, end time.Duration) []lane {
	owners := grantOwners(h)
	var lanes []lane
	for _, e := range h.Events {
		if h.IsClient(e.Host) {
			continue // a lock without a service: every client grants it to itself
		}
		switch e.Kind {
		case sim.Granted:
			l := laneOf(&lanes, e.Host)
			l.bars = append(l.bars, grantBar(h, e, owners, end))
		case sim.Extended:
			l := laneOf(&lanes, e.Host)
			l.marks = append(l.marks, mark{at: e.At, seq: e.Seq, style: smallDot, client: ownerOf(owners, e.Grant)})
		case sim.Expired:
			l := laneOf(&lanes, e.Host)
			l.marks = append(l.marks, mark{at: e.At, seq: e.Seq, style: tick, client: ownerOf(owners, e.Grant), label: "lease expired"})
			endGrant(lanes, e)
		case sim.Freed:
			laneOf(&lanes, e.Host)
			endGrant(lanes, e)
		}
	}
	if len(lanes) == 0 && len(h.Header.Servers) > 0 {
		laneOf(&lanes, h.Header.Servers[0])
		lanes[0].empty = "granted nothing"
	}
	for i := range lanes {
		lanes[i].name = "lock service"
		lanes[i].about = string(lanes[i].host)
	}
	slices.SortStableFunc(lanes, func(a, b lane) int {
		return slices.Index(h.Header.Servers, a.host) - slices.Index(h.Header.Servers, b.host)
	})
	return lanes
}

func ownerOf(owners map[string]int, grant string) int {
	if i, known := owners[grant]; known {
		return i
	}
	return nobody
}

// laneOf finds the lane of a server, or adds it.
func laneOf(lanes *[]lane, host sim.HostID) *lane {
	for i := range *lanes {
		if (*lanes)[i].host == host {
			return &(*lanes)[i]
		}
	}
	*lanes = append(*lanes, lane{kind: serviceLane, host: host, client: nobody})
	return &(*lanes)[len(*lanes)-1]
}

// grantBar shows a grant up to the end of the trial; endGrant shortens it.
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

// endGrant ends the bar of a grant: the one on the server that says so, or, when that
// server has taken over from another, the one that is still open elsewhere.
func endGrant(lanes []lane, e sim.Event) {
	var elsewhere *bar
	for i := range lanes {
		for j := len(lanes[i].bars) - 1; j >= 0; j-- {
			b := &lanes[i].bars[j]
			if b.grant != e.Grant || b.to <= e.At {
				continue
			}
			if lanes[i].host == e.Host {
				b.to = e.At
				return
			}
			elsewhere = b
		}
	}
	if elsewhere != nil {
		elsewhere.to = e.At
	}
}
