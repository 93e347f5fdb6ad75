package trace

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Finish turns the events of a run into a history: it sorts them by true time, adds a Deadline
// event wherever a client's own clock reached the deadline that the client believed in, and
// numbers them. Simultaneous events keep their order.
//
// clock returns the monotonic clock of a host; nil stands for true time.
func Finish(header sim.Header, events []sim.Event, clock func(sim.HostID) *sim.Clock) *sim.History {
	byTime := func(a, b sim.Event) int { return cmp.Compare(a.At, b.At) }
	all := slices.Clone(events)
	number(all) // by position, until they are sorted
	ends := deadlines(&sim.History{Header: header, Events: all}, clock)
	slices.SortStableFunc(ends, byTime)
	if !slices.IsSortedFunc(all, byTime) {
		slices.SortStableFunc(all, byTime)
	}
	all = merge(all, ends)
	number(all)
	return &sim.History{Header: header, Events: all}
}

// merge inserts the deadlines into the events; both are sorted. At one instant, the deadline comes
// last.
func merge(events, ends []sim.Event) []sim.Event {
	i, j := len(events)-1, len(ends)-1
	events = append(events, ends...)
	for at := len(events) - 1; j >= 0; at-- {
		if i >= 0 && events[i].At > ends[j].At {
			events[at] = events[i]
			i--
		} else {
			events[at] = ends[j]
			j--
		}
	}
	return events
}

func number(events []sim.Event) {
	for i := range events {
		events[i].Seq = int64(i + 1)
	}
}

// lease is the time during which a client relied on one deadline.
type lease struct {
	told  *sim.Event // acquired or renewed, with the deadline
	from  int        // index of told
	until int        // index of the event that replaced the deadline or ended the belief; the number of events if none did
}

// deadlines finds the moments at which beliefs ran out. A renewal replaces the deadline. If the
// belief ended before its deadline, there is no such moment.
func deadlines(run *sim.History, clock func(sim.HostID) *sim.Clock) (found []sim.Event) {
	end := time.Duration(0)
	for _, e := range run.Events {
		end = max(end, e.At)
	}
	for _, l := range leases(run) {
		stop := end
		if l.until < len(run.Events) {
			stop = run.Events[l.until].At
		}
		e := l.told
		if ran := runsOut(e, clock); ran < stop || ran == stop && stop == end {
			found = append(found, sim.Event{At: ran, Host: e.Host, Kind: sim.Deadline, Grant: e.Grant, Until: e.Until})
		}
	}
	return found
}

// leases lists the leases in the order in which they ended.
func leases(run *sim.History) (all []lease) {
	t := &Trace{History: run}
	t.readBeliefs()
	index := func(e *sim.Event) int { return int(e.Seq - 1) }
	for _, b := range t.Beliefs {
		last := len(run.Events)
		if b.Ended != nil {
			last = index(b.Ended)
		}
		told := append([]*sim.Event{b.Began}, b.Renewed...)
		for i, e := range told {
			until := last
			if i+1 < len(told) {
				until = index(told[i+1])
			}
			if e.Until != 0 {
				all = append(all, lease{e, index(e), until})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b lease) int { return cmp.Or(cmp.Compare(a.until, b.until), cmp.Compare(a.from, b.from)) })
	return all
}

// runsOut returns the true time at which the client's own clock reaches the deadline.
func runsOut(told *sim.Event, clock func(sim.HostID) *sim.Clock) time.Duration {
	var c *sim.Clock
	if clock != nil {
		c = clock(told.Host)
	}
	if c == nil {
		c = &sim.Clock{}
	}
	return c.When(told.At, told.Until)
}
