package check

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// faultsHappened is a precondition: every fault that the script has in store was
// applied, and a probe saw it in effect, each time. A host that was paused, suspended or
// crashed must have done nothing meanwhile. A step that repeats must have happened once:
// how often there was time for it depends on the trial. It is never Violated: a trial
// whose fault did not happen says nothing.
func faultsHappened(h *sim.History) Finding {
	if len(h.Header.Faults) == 0 {
		return holds(FaultsHappened, "no fault was asked for")
	}
	asked := map[string]int{}
	for _, lane := range h.Header.Faults {
		asked[lane]++
	}
	runs := faultRuns(h)
	fired, lag := firings(runs), stampLag(h)
	var shown []*sim.Event
	for _, r := range runs {
		shown = append(shown, r.applied, r.proven, r.undone)
		if r.unproven != nil {
			return undecided(FaultsHappened, "%s: not proven at %s: %s", r.lane, clock(r.unproven.At), r.unproven.Note).
				shownBy(r.applied, r.unproven)
		}
		if r.proven == nil {
			return undecided(FaultsHappened, "%s: applied at %s, but no probe saw it in effect", r.lane, clock(r.applied.At)).
				shownBy(r.applied)
		}
		if e := r.signOfLife(h, lag); e != nil {
			return undecided(FaultsHappened, "%s: the host was not still: it recorded %q at %s", r.lane, string(e.Kind), clock(e.At)).
				shownBy(r.applied, e, r.undone)
		}
	}
	for _, lane := range h.Header.Faults {
		switch {
		case fired[lane] == 0:
			return undecided(FaultsHappened, "%s: the step never fired", lane)
		case fired[lane] < asked[lane]:
			return undecided(FaultsHappened, "%s: the script has %s, of which only %d fired", lane, count(asked[lane], "such step"), fired[lane])
		}
	}
	return holds(FaultsHappened, "%s, each proven to have taken effect", count(len(runs), "fault")).shownBy(shown...)
}

// faultRun is one time that a fault was done to one host, or to links.
type faultRun struct {
	lane     string
	firing   int64
	host     sim.HostID
	applied  *sim.Event // nil: it could not be
	proven   *sim.Event // the last time that a probe saw it
	unproven *sim.Event // the first time that a probe did not
	undone   *sim.Event // nil: it lasted to the end of the history
	// steps of applied and undone in the history; the latter is its length if undone is nil
	from, to int
}

// part is what one firing of a step does to one host.
type part struct {
	lane   string
	firing int64
	host   sim.HostID
}

// firings counts how often the steps of each lane fired. One firing may be done to several
// hosts.
func firings(runs []*faultRun) map[string]int {
	fired, parts, most := map[string]int{}, map[part]int{}, map[part]int{}
	for _, r := range runs {
		mine, whole := part{r.lane, r.firing, r.host}, part{lane: r.lane, firing: r.firing}
		if parts[mine]++; parts[mine] > most[whole] {
			most[whole]++
			fired[r.lane]++
		}
	}
	return fired
}

// faultRuns finds them all, in the order in which they began.
func faultRuns(h *sim.History) []*faultRun {
	var all []*faultRun
	open := map[part]*faultRun{}
	for i := range h.Events {
		e := &h.Events[i]
		key := part{e.Fault, e.Firing, e.Host}
		r := open[key]
		begin := func() {
			r = &faultRun{lane: e.Fault, firing: e.Firing, host: e.Host, from: i, to: len(h.Events)}
			all, open[key] = append(all, r), r
		}
		switch e.Kind {
		case sim.FaultApplied:
			begin()
			r.applied = e
		case sim.FaultProven:
			if r != nil {
				r.proven = e
			}
		case sim.FaultUnproven:
			if r == nil {
				begin()
			}
			if r.unproven == nil {
				r.unproven = e
			}
		case sim.FaultUndone:
			if r != nil {
				r.undone, r.to = e, i
				delete(open, key)
			}
		}
	}
	return all
}

// signOfLife finds an event that a host which was to stand still recorded strictly between
// the fault's beginning and its end; nil if it kept still, or if the fault asks for none.
//
// In the live world, what an observer records of a paused server may be stamped a little
// late, by lag.
func (r *faultRun) signOfLife(h *sim.History, lag time.Duration) *sim.Event {
	if !sim.LaneKind(r.lane).StopsHost() || r.applied == nil {
		return nil
	}
	from, to := r.applied.At, sim.Forever
	if r.undone != nil {
		to = r.undone.At
	}
	if !h.IsClient(r.host) {
		from += lag
	}
	for i := r.from; i < r.to; i++ {
		e := &h.Events[i]
		if e.Host == r.host && !byWorld(e.Kind) && within(e.At, from, to) {
			return e
		}
	}
	return nil
}

func within(at, from, to time.Duration) bool { return at > from && at < to }

// byWorld tells whether events of this kind are recorded by the world about a host, not
// by a process of that host.
func byWorld(k sim.Kind) bool {
	switch k {
	case sim.Deadline, sim.FaultApplied, sim.FaultProven, sim.FaultUnproven, sim.FaultUndone, sim.LedgerOpened, sim.Late, sim.InSet, sim.SetRead, sim.End:
		return true
	}
	return false
}
