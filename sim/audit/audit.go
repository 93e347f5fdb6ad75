// Package audit checks that a history is complete and can have happened. It looks for what
// contradicts itself, and judges nothing that the history is about.
package audit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Contradiction returns the first thing found in a history that cannot have happened or that is
// missing: an event that shows it, if there is one, and what is wrong. It returns no error if the
// history is whole and does not contradict itself.
func Contradiction(t *trace.Trace) (*sim.Event, error) {
	audits := []func(*trace.Trace) (*sim.Event, error){
		auditOrder, auditEnd, auditHosts, auditAttempts, auditGrants, auditLeftover, auditLedger, auditAdditions,
	}
	if t.History.Header.World != sim.VirtualWorld { // the virtual world has one clock for all stamps
		audits = append(audits, auditCausality, auditLag)
	}
	for _, audit := range audits {
		if e, err := audit(t); err != nil {
			return e, err
		}
	}
	return nil, nil
}

// auditOrder checks that events are numbered 1, 2, 3, … and that time does not go back.
func auditOrder(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	for i := range h.Events {
		e := &h.Events[i]
		if want := int64(i + 1); e.Seq != want {
			return e, fmt.Errorf("event %d has the number %d", want, e.Seq)
		}
		if i > 0 && e.At < h.Events[i-1].At {
			return e, fmt.Errorf("time goes backwards from %s to %s at event %d", trace.Clock(h.Events[i-1].At), trace.Clock(e.At), e.Seq)
		}
	}
	return nil, nil
}

// auditEnd checks that there is exactly one end, and that no event is later.
func auditEnd(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	var end *sim.Event
	for i := range h.Events {
		e := &h.Events[i]
		switch {
		case e.Kind == sim.End && end != nil:
			return e, fmt.Errorf("the trial ends twice, at events %d and %d", end.Seq, e.Seq)
		case e.Kind == sim.End:
			end = e
		case end != nil && e.At > end.At:
			return e, fmt.Errorf("event %d (%s of %s) happened at %s, after the trial had ended at %s", e.Seq, e.Kind, e.Host, trace.Clock(e.At), trace.Clock(end.At))
		}
	}
	if end == nil {
		return nil, fmt.Errorf("the history has no end: was the trial killed?")
	}
	return nil, nil
}

// auditHosts checks that only the trial's clients did what only clients do.
func auditHosts(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	client := map[sim.Kind]bool{}
	for _, k := range append(sim.ClientKinds(), sim.UntoldKinds()...) {
		client[k] = true
	}
	for i := range h.Events {
		if e := &h.Events[i]; client[e.Kind] && !h.IsClient(e.Host) {
			return e, fmt.Errorf("event %d (%s) happened on %q, which is not a client", e.Seq, e.Kind, e.Host)
		}
	}
	return nil, nil
}

// auditAttempts checks that every answer to an attempt to get the lock has its request, and that
// a client asks only once at a time for each operation. A client that has crashed no longer
// waits for an answer: when it is back it may ask again.
func auditAttempts(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	type attempt struct {
		client sim.HostID
		op     string
	}
	waiting := map[attempt]bool{}
	for i := range h.Events {
		e := &h.Events[i]
		a := attempt{e.Host, e.Op}
		switch e.Kind {
		case sim.Acquire:
			if waiting[a] {
				return e, fmt.Errorf("event %d: %s asks for the lock for %s while an earlier request is still open", e.Seq, e.Host, opOf(e))
			}
			waiting[a] = true
		case sim.Acquired, sim.NotAcquired:
			if !waiting[a] {
				return e, fmt.Errorf("event %d: %s got an answer (%s) for %s without having asked", e.Seq, e.Host, e.Kind, opOf(e))
			}
			delete(waiting, a)
		case sim.FaultApplied:
			if t.KindOf(e).SwitchesOff() {
				maps.DeleteFunc(waiting, func(a attempt, _ bool) bool { return a.client == e.Host })
			}
		}
	}
	return nil, nil
}

// auditGrants checks that the lock service, if there is one, gave the lock to every client that
// was told it holds the lock. The time does not matter: the service's stamps may be late.
//
// In the virtual world everything that a service does is recorded. A holder that the service
// does not know of is then no fault of the recording: some lock libraries do that, and the trial
// is to show it. In the live world the header says whether the lock is known to do so.
func auditGrants(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	served := len(h.Header.Servers) > 0
	given := map[string]bool{}
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.Granted {
			served = true
			if e.Grant == "" {
				return e, fmt.Errorf("event %d does not say which grant was given", e.Seq)
			}
			given[e.Grant] = true
		}
	}
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != sim.Acquired || !served || given[e.Grant] || h.Header.World == sim.VirtualWorld || h.Header.Ungranted {
			continue
		}
		return e, fmt.Errorf("event %d: %s acquired the grant %q, which the lock service never gave", e.Seq, e.Host, e.Grant)
	}
	return nil, nil
}

func auditLeftover(t *trace.Trace) (*sim.Event, error) { return Leftover(t.History) }

// auditLedger checks that the versions of the account go up by one, and that a client that was
// told its write was taken had it taken before. An observer of an account that the lock service
// keeps may see the write later (see auditLag).
func auditLedger(t *trace.Trace) (*sim.Event, error) {
	h := t.History
	version, opened := uint64(0), false
	observed := h.Header.Inside && h.Header.World == sim.LiveWorld
	var told []*sim.Event
	taken := map[string]*sim.Event{} // the first accepted write of each operation
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.LedgerOpened:
			version, opened = e.Version, true
		case sim.LedgerWrite:
			if !opened {
				return e, fmt.Errorf("event %d writes to an account that was not opened", e.Seq)
			}
			if e.Version != version+1 {
				return e, fmt.Errorf("event %d wrote version %d of the account, but the previous one was %d", e.Seq, e.Version, version)
			}
			version = e.Version
			if taken[e.Op] == nil {
				taken[e.Op] = e
			}
		case sim.Wrote:
			told = append(told, e)
		}
	}
	late := slices.IndexFunc(told, func(e *sim.Event) bool {
		write := taken[e.Op]
		return write == nil || write.Seq > e.Seq && write.At > e.At && !observed
	})
	if late >= 0 {
		e := told[late]
		return e, fmt.Errorf("event %d: %s was told that %s was written, but the ledger had not taken such a write", e.Seq, e.Host, opOf(e))
	}
	return nil, nil
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

// opOf names the operation of an event as the history does, because readers will look a
// contradiction up there.
func opOf(e *sim.Event) string {
	if e.Op == "" {
		return "an unnamed operation"
	}
	return e.Op
}
