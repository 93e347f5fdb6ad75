package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// foreignRelease is violated if the lock service freed a grant at the request of a client that
// did not own it. With a plain DEL, a client whose lease has run out does this to the next
// holder, which is why the published algorithm compares the value first.
//
// Two things show that the property holds: a release by the holder, and a release by a former
// holder that the service refused.
func foreignRelease(t *trace.Trace) Finding {
	h := t.History
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
		by, owner := requester(h, e), t.Owner(e.Grant)
		switch {
		case by == "":
			doubt = firstOf(doubt, fmt.Errorf("event %d does not say who asked to free the grant %s", e.Seq, e.Grant))
		case owner == "":
			doubt = firstOf(doubt, fmt.Errorf("event %d freed the grant %s, but the history does not say whose it was", e.Seq, e.Grant))
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
		return undecided(ForeignRelease, "not every release can be attributed to a client: %v", doubt)
	}
	return notForeign(freed, refusalsOf(t))
}

// notForeign says what shows that only holders freed the lock. If nothing does, the finding is
// undecided.
func notForeign(freed int, refused []refusal) Finding {
	byHolders := count(freed, "release") + ", each at the request of the holder"
	switch {
	case freed == 0 && len(refused) == 0:
		return undecided(ForeignRelease, "the lock service was seen neither to free a grant on request nor to refuse to")
	case len(refused) == 0:
		return holds(ForeignRelease, "%s", byHolders)
	}
	first := refused[0]
	text := fmt.Sprintf("%s, which no longer held the lock, asked to release it and was refused at %s", first.told.Host, clock(first.told.At))
	if len(refused) > 1 {
		text += " (the first of " + count(len(refused), "such release") + ")"
	}
	if freed > 0 {
		text = byHolders + "; " + text
	}
	return holds(ForeignRelease, "%s", text).shownBy(first.ended, first.told)
}

// refusal is a release that a client asked for when it no longer held the lock, and that the
// service refused.
type refusal struct{ ended, told *sim.Event }

// refusalsOf lists the refusals. A client that got no answer may have been obeyed, so that
// proves nothing, and neither does a refusal while the service still had the grant.
func refusalsOf(t *trace.Trace) (all []refusal) {
	h := t.History
	ended := map[string]*sim.Event{}
	for i := range h.Events {
		switch e := &h.Events[i]; e.Kind {
		case sim.Expired, sim.Freed, sim.Forgotten:
			if ended[e.Grant] == nil {
				ended[e.Grant] = e
			}
		}
	}
	lag := t.Lag()
	for i := range h.Events {
		e := &h.Events[i]
		if end := ended[e.Grant]; e.Kind == sim.NotReleased && e.Refused && end != nil && end.At <= e.At+lag {
			all = append(all, refusal{end, e})
		}
	}
	return all
}

// requester returns the client that asked to free a grant: the one that the service names, or
// else the one on whose host it happened.
func requester(h *sim.History, freed *sim.Event) sim.HostID {
	if freed.Client == "" && h.IsClient(freed.Host) {
		return freed.Host
	}
	return freed.Client
}
