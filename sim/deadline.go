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

// belief is a lease that a client believes to hold until a deadline on its own clock.
type belief struct {
	host  HostID
	grant string
	since time.Duration // true time at which it computed the deadline
	until time.Duration // on its own clock
}

// deadlines finds the moments at which beliefs ran out. A renewal replaces the deadline;
// a release or the news of a loss ends the belief before it.
func deadlines(events []Event, clock func(HostID) *Clock) []Event {
	var found []Event
	var open []belief
	end := time.Duration(0)
	for _, e := range events {
		end = max(end, e.At)
	}
	close := func(host HostID, grant string, at time.Duration) {
		open = slices.DeleteFunc(open, func(b belief) bool {
			if b.host != host || b.grant != grant {
				return false
			}
			c := clock(host)
			if c == nil {
				c = &Clock{}
			}
			if ran := c.When(b.since, b.until); ran < at || ran == at && at == end {
				found = append(found, Event{At: ran, Host: host, Kind: Deadline, Grant: grant, Until: b.until})
			}
			return true
		})
	}
	for _, e := range events {
		switch e.Kind {
		case Acquired, Renewed:
			close(e.Host, e.Grant, e.At)
			if e.Until != 0 {
				open = append(open, belief{host: e.Host, grant: e.Grant, since: e.At, until: e.Until})
			}
		case Release, Lost:
			close(e.Host, e.Grant, e.At)
		}
	}
	for len(open) > 0 {
		close(open[0].host, open[0].grant, end)
	}
	return found
}
