package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

// foreignRelease: the lock service gave a grant up at the request of a client that it had
// not been given to. With a plain DEL, a client whose lease has run out does this to the
// next holder, which is why the published algorithm compares the value first.
func foreignRelease(h *sim.History) Finding {
	owners := grantOwners(h)
	given := map[string]*sim.Event{}
	freed, foreign := 0, 0
	var found Finding
	var doubt error
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind == sim.Granted {
			given[e.Grant] = e
		}
		if e.Kind != sim.Freed {
			continue
		}
		freed++
		by, owner := requester(h, e), owners[e.Grant]
		switch {
		case by == "":
			doubt = firstOf(doubt, fmt.Errorf("event %d does not say who asked to free the grant %s", e.Seq, e.Grant))
		case owner == "":
			doubt = firstOf(doubt, fmt.Errorf("event %d freed the grant %s, and nothing tells whose it was", e.Seq, e.Grant))
		case by != owner:
			if foreign++; foreign == 1 {
				found = violated(ForeignRelease, "the lock service freed the grant of %s at %s because %s asked for it",
					owner, clock(e.At), by).shownBy(given[e.Grant], e)
			}
		}
	}
	switch {
	case foreign > 0:
		if foreign > 1 {
			found.Why += " (the first of " + count(foreign, "such release") + ")"
		}
		return found
	case doubt != nil:
		return undecided(ForeignRelease, "not every release can be put down to a client: %v", doubt)
	case freed == 0:
		return undecided(ForeignRelease, "the lock service was not seen to free any grant on request")
	}
	return holds(ForeignRelease, "%s, each at the request of the holder", count(freed, "release"))
}

// requester is the client that asked to free a grant: the one that the service names,
// else the one on whose host it happened.
func requester(h *sim.History, freed *sim.Event) sim.HostID {
	if freed.Client == "" && h.IsClient(freed.Host) {
		return freed.Host
	}
	return freed.Client
}
