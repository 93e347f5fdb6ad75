package sim

import (
	"slices"
	"time"
)

// Finish makes a history out of the events of a run: it puts them in the order of true
// time, adds a Deadline event wherever a client's own clock reached the deadline that
// the client believed in, and numbers them. Events of one instant keep their order.
//
// clock gives the monotonic clock of a host; nil stands for true time.
func Finish(header Header, events []Event, clock func(HostID) *Clock) *History {
	all := append(slices.Clone(events), deadlines(events, clock)...)
	slices.SortStableFunc(all, func(a, b Event) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	for i := range all {
		all[i].Seq = int64(i + 1)
	}
	return &History{Header: header, Events: all}
}

// acquisition is a grant as one client holds it.
type acquisition struct {
	host  HostID
	grant string
}

// belief is a lease that a client believes to hold until a deadline on its own clock.
type belief struct {
	acquisition
	since time.Duration // true time at which it computed the deadline
	until time.Duration // on its own clock
}

// deadlines finds the moments at which beliefs ran out. A renewal replaces the deadline;
// a release or the news of a loss ends the belief before it, and for good: the answer
// to a renewal that was still on its way then does not bring it back.
func deadlines(events []Event, clock func(HostID) *Clock) []Event {
	var found []Event
	var open []belief
	over := map[acquisition]bool{}
	end := time.Duration(0)
	for _, e := range events {
		end = max(end, e.At)
	}
	endBelief := func(which acquisition, at time.Duration) {
		open = slices.DeleteFunc(open, func(b belief) bool {
			if b.acquisition != which {
				return false
			}
			if ran := b.runsOut(clock); ran < at || ran == at && at == end {
				found = append(found, Event{At: ran, Host: b.host, Kind: Deadline, Grant: b.grant, Until: b.until})
			}
			return true
		})
	}
	for _, e := range events {
		which := acquisition{e.Host, e.Grant}
		switch e.Kind {
		case Acquired, Renewed:
			endBelief(which, e.At)
			if e.Until != 0 && !over[which] {
				open = append(open, belief{which, e.At, e.Until})
			}
		case Release, Lost:
			endBelief(which, e.At)
			over[which] = true
		case FaultApplied: // a client that has crashed believes nothing
			for _, b := range slices.Clone(open) {
				if b.host == e.Host && LaneKind(e.Fault) == Crash {
					endBelief(b.acquisition, e.At)
					over[b.acquisition] = true
				}
			}
		}
	}
	for len(open) > 0 {
		endBelief(open[0].acquisition, end)
	}
	return found
}

// runsOut is the true time at which the client's own clock reaches the deadline.
func (b belief) runsOut(clock func(HostID) *Clock) time.Duration {
	var c *Clock
	if clock != nil {
		c = clock(b.host)
	}
	if c == nil {
		c = &Clock{}
	}
	return c.When(b.since, b.until)
}
