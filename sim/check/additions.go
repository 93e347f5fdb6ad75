package check

import (
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// judgeSet is lostUpdate for a set. It is violated if an element that was acknowledged to its
// client is missing from the set at the end of the trial. Elements whose outcome the client
// never learned do not count either way.
func judgeSet(s *trace.Set) Finding {
	told := len(s.Acknowledged)
	switch {
	case s.Read == nil:
		return undecided(LostUpdate, "nobody could read the set when the trial was over")
	case told == 0:
		return undecided(LostUpdate, "no element was acknowledged, so there was nothing to lose")
	}
	lost := s.Lost()
	if len(lost) == 0 {
		return holds(LostUpdate, "%s, all of them in the set of %s", count(told, "acknowledged element"), s.Read.Host)
	}
	first, last := lost[0], lost[len(lost)-1]
	until := ""
	if last != first {
		until = fmt.Sprintf(", the last at %s", clock(last.At))
	}
	return violated(LostUpdate, "%s was told at %s that %s had been added, but it is missing from the set of %s at the end of the trial: %d of %s %s lost%s",
		first.Host, clock(first.At), element(first.Op), s.Read.Host, len(lost), count(told, "acknowledged element"), are(len(lost)), until).
		shownBy(first, last, s.Read)
}

// element names an element of a client that has already been named: "its 12th element".
func element(op string) string {
	if n := trace.NumberOf(op); n > 0 {
		return "its " + trace.Ordinal(n) + " element"
	}
	return "an element"
}

// auditAdditions checks that every answer is about an element that was added, that the set
// contains only elements that somebody added, and that it is read at most once.
func auditAdditions(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	added := map[string]bool{}
	var read *sim.Event
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.Add:
			added[e.Op] = true
		case sim.Added, sim.AddRefused, sim.AddUnknown:
			if !added[e.Op] {
				return e, fmt.Errorf("event %d: %s got an answer (%s) for %s without having added it", e.Seq, e.Host, e.Kind, opOf(e))
			}
		case sim.InSet:
			switch {
			case !added[e.Op]:
				return e, fmt.Errorf("event %d: the set of %s contains %s, which nobody added", e.Seq, e.Host, opOf(e))
			case read != nil:
				return e, fmt.Errorf("event %d: the set contains %s, although all of it had been read by event %d", e.Seq, opOf(e), read.Seq)
			}
		case sim.SetRead:
			if read != nil {
				return e, fmt.Errorf("events %d and %d both read the set", read.Seq, e.Seq)
			}
			read = e
		}
	}
	return nil, nil
}
