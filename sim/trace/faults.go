package trace

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// FaultRun is one application of a fault to one host, or to links.
type FaultRun struct {
	Kind     sim.FaultKind
	Number   int64     // of the fault in the header, from 1; 0 if the header does not list it
	Asked    sim.Fault // as the script asks for it
	Firing   int64     // see sim.Event
	Host     sim.HostID
	Applied  *sim.Event // nil if it could not be applied
	Proven   *sim.Event // the last time that a probe saw it in effect
	Unproven *sim.Event // the first time that a probe did not
	Undone   *sim.Event // nil if it lasted to the end of the history
	// From and To are the indices of its first event and of Undone in the history; without
	// Undone, To is the history's length.
	From, To int
}

// Lane returns the fault's name for people, as the script asks for it.
func (r *FaultRun) Lane() string { return r.Asked.Lane() }

// Hosts returns the hosts that it was done to: a single one, or those at the ends of links.
func (r *FaultRun) Hosts() []sim.HostID {
	switch {
	case r.Host != "":
		return []sim.HostID{r.Host}
	case r.Applied != nil:
		return r.Applied.Hosts
	}
	return nil
}

// Until returns the true time at which it was undone, or sim.Forever if it was not.
func (r *FaultRun) Until() time.Duration {
	if r.Undone == nil {
		return sim.Forever
	}
	return r.Undone.At
}

// KindOf returns the kind of fault that an event is about.
func (t *Trace) KindOf(e *sim.Event) sim.FaultKind { return t.History.Header.FaultOf(e).Kind }

// part identifies what one firing of a step does to one host.
type part struct {
	fault  int64
	firing int64
	host   sim.HostID
}

// readFaults finds all runs of faults.
func (t *Trace) readFaults() {
	open := map[part]*FaultRun{}
	for i := range t.History.Events {
		e := &t.History.Events[i]
		key := part{e.Fault, e.Firing, e.Host}
		r := open[key]
		begin := func() {
			r = &FaultRun{Kind: t.KindOf(e), Number: e.Fault, Asked: t.History.Header.FaultOf(e), Firing: e.Firing, Host: e.Host, From: i, To: len(t.History.Events)}
			t.Faults, open[key] = append(t.Faults, r), r
		}
		switch e.Kind {
		case sim.FaultApplied:
			begin()
			r.Applied = e
		case sim.FaultProven:
			if r != nil {
				r.Proven = e
			}
		case sim.FaultUnproven:
			if r == nil {
				begin()
			}
			if r.Unproven == nil {
				r.Unproven = e
			}
		case sim.FaultUndone:
			if r != nil {
				r.Undone, r.To = e, i
				delete(open, key)
			}
		}
	}
}

// Firings counts how often each fault of the header was done, by its number. One firing may be
// done to several hosts.
func (t *Trace) Firings() map[int64]int {
	fired, parts, most := map[int64]int{}, map[part]int{}, map[part]int{}
	for _, r := range t.Faults {
		mine, whole := part{r.Number, r.Firing, r.Host}, part{fault: r.Number, firing: r.Firing}
		if parts[mine]++; parts[mine] > most[whole] {
			most[whole]++
			fired[r.Number]++
		}
	}
	return fired
}

// SignOfLife returns an event that a host recorded strictly between the start and the end of a
// fault that should have stopped it. It returns nil if there is none, or if the fault does not
// stop hosts.
//
// In the live world, what an observer records of a paused server may be stamped late, by Lag.
func (t *Trace) SignOfLife(r *FaultRun) *sim.Event {
	if !r.Kind.StopsHost() || r.Applied == nil {
		return nil
	}
	from := r.Applied.At
	if !t.History.IsClient(r.Host) {
		from += t.Lag()
	}
	for i := r.From; i < r.To; i++ {
		e := &t.History.Events[i]
		if e.Host == r.Host && !byWorld(e.Kind) && within(e.At, from, r.Until()) {
			return e
		}
	}
	return nil
}

// byWorld reports whether events of this kind are recorded by the world about a host, rather
// than by a process of that host.
func byWorld(k sim.Kind) bool {
	switch k {
	case sim.Deadline, sim.FaultApplied, sim.FaultProven, sim.FaultUnproven, sim.FaultUndone, sim.LedgerOpened, sim.Late, sim.InSet, sim.SetRead, sim.End:
		return true
	}
	return false
}
