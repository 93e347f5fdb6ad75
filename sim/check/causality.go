package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Disorder is a stamp that stands before that of what must have come first: an answer before
// its request. What is stamped so cannot be what happened.
type Disorder struct {
	Effect  string        // what is stamped too early, or its cause too late
	Cause   string        // what must have come first
	At      time.Duration // the stamp of the effect
	CauseAt time.Duration // that of the cause; sim.Forever: the history has none
	Event   *sim.Event    // the effect, if it is an event
	Message int64         // the number of the message, if it is one
}

func (d Disorder) String() string {
	what := d.Effect
	switch {
	case d.Event != nil:
		what = fmt.Sprintf("event %d (%s)", d.Event.Seq, d.Effect)
	case d.Message != 0:
		what = fmt.Sprintf("message %d (%s)", d.Message, d.Effect)
	}
	if d.CauseAt == sim.Forever {
		return fmt.Sprintf("%s is stamped %v, without %s before it", what, d.At, d.Cause)
	}
	return fmt.Sprintf("%s is stamped %v, before %s at %v", what, d.At, d.Cause, d.CauseAt)
}

// Disorders holds a history to the order of cause and effect, and lists the stamps that are
// out of it: a request is sent, arrives, is handled and answered, its answer arrives and its
// caller is told, each no sooner than what is named before it. Between the same two hosts
// and for the same operation the n-th effect needs n causes at or before it.
//
// Messages are held to it where all of them were recorded. Of a lock service only what is
// true of every one is asked: a grant needs a message that has arrived there, and an
// acquisition one that has come from there. That its stamps may be late is no disorder: see
// auditLag.
func Disorders(h *sim.History) []Disorder {
	a := &causes{of: map[step]*stamps{}, client: setOf(h.Header.Clients), server: setOf(h.Header.Servers), ledger: h.Header.Ledger}
	for i := range h.Events {
		a.event(&h.Events[i])
	}
	if wholeTraffic(h) {
		owners := grantOwners(h)
		for i := range h.Events {
			a.exchanged(owners, &h.Events[i])
		}
		for i := range h.Messages {
			a.message(&h.Messages[i])
		}
	}
	out := a.disorders()
	for i := range h.Messages {
		out = append(out, ownDisorders(&h.Messages[i])...)
	}
	out = append(out, grantsUnasked(h)...)
	out = append(out, lossesWithoutFault(h)...)
	slices.SortStableFunc(out, func(a, b Disorder) int { return cmp.Compare(a.At, b.At) })
	return out
}

// auditCausality: no effect is stamped before its cause.
func auditCausality(h *sim.History) (*sim.Event, error) {
	all := Disorders(h)
	if len(all) == 0 {
		return nil, nil
	}
	return all[0].Event, fmt.Errorf("%s out of order: %v", count(len(all), "stamp"), all[0])
}

// step is a kind of cause and what follows from it, for one client and, if it is known, one
// operation.
type step struct {
	cause, effect string
	client        sim.HostID
	op            string
}

// stamps are those of a step's causes and effects.
type stamps struct {
	causes  []time.Duration
	effects []Disorder // if it turns out that they are
}

// causes collects the stamps of a history.
type causes struct {
	client, server map[sim.HostID]bool
	ledger         sim.HostID

	steps []step // in the order in which they came up
	of    map[step]*stamps
}

func setOf(hosts []sim.HostID) map[sim.HostID]bool {
	set := map[sim.HostID]bool{}
	for _, id := range hosts {
		set[id] = true
	}
	return set
}

func (a *causes) at(s step) *stamps {
	if a.of[s] == nil {
		a.of[s] = &stamps{}
		a.steps = append(a.steps, s)
	}
	return a.of[s]
}

func (a *causes) cause(s step, at time.Duration) {
	a.at(s).causes = append(a.at(s).causes, at)
}

func (a *causes) effect(s step, d Disorder) {
	d.Effect, d.Cause = s.effect, s.cause
	a.at(s).effects = append(a.at(s).effects, d)
}

// disorders lists the effects that stand before their cause: with both in order, the n-th
// before the n-th.
func (a *causes) disorders() (out []Disorder) {
	for _, s := range a.steps {
		all := a.of[s]
		slices.Sort(all.causes)
		slices.SortStableFunc(all.effects, func(a, b Disorder) int { return cmp.Compare(a.At, b.At) })
		for i, d := range all.effects {
			d.CauseAt = sim.Forever
			if i < len(all.causes) {
				d.CauseAt = all.causes[i]
			}
			if d.At < d.CauseAt {
				out = append(out, d)
			}
		}
	}
	return out
}

// What a client records of a request to the account, and what the account records of it.
const (
	callsWrite = "the call of the write"
	takesWrite = "the account's taking or refusing the write"
	callsRead  = "the acquisition that the read is made under"
	takesRead  = "the account's reading"
	callsMark  = "the acknowledged charge that is marked"
	takesMark  = "the account's marking the job"
	isTold     = "what the client is told of it"
)

// event takes in what an event says of requests to the account, by operation.
func (a *causes) event(e *sim.Event) {
	if a.client[e.Host] {
		of := func(cause, effect string) step { return step{cause, effect, e.Host, e.Op} }
		switch e.Kind {
		case sim.Acquired:
			a.cause(of(callsRead, takesRead), e.At)
		case sim.Write:
			a.cause(of(callsWrite, takesWrite), e.At)
		case sim.Wrote, sim.WriteRefused:
			a.effect(of(takesWrite, isTold), Disorder{At: e.At, Event: e})
			if e.Kind == sim.Wrote {
				a.cause(of(callsMark, takesMark), e.At)
			}
		case sim.Read, sim.ReadRefused:
			a.effect(of(takesRead, isTold), Disorder{At: e.At, Event: e})
		case sim.Marked:
			a.effect(of(takesMark, isTold), Disorder{At: e.At, Event: e})
		}
		return
	}
	calls, takes := requestTo(e.Kind)
	if takes == "" {
		return
	}
	a.effect(step{calls, takes, e.Client, e.Op}, Disorder{At: e.At, Event: e})
	a.cause(step{takes, isTold, e.Client, e.Op}, e.At)
}

// requestTo names the request that an event of the account's is about; empty: none.
func requestTo(k sim.Kind) (calls, takes string) {
	switch k {
	case sim.LedgerRead, sim.LedgerReadRefused:
		return callsRead, takesRead
	case sim.LedgerWrite, sim.LedgerWriteRefused:
		return callsWrite, takesWrite
	case sim.LedgerMarked:
		return callsMark, takesMark
	}
	return "", ""
}

// grantsUnasked finds grants that were given before their client had ever asked for the lock.
// No more can be asked: a request that got no answer may be carried out much later, when its
// client has got the lock by another one and given it back.
func grantsUnasked(h *sim.History) (out []Disorder) {
	asked := map[sim.HostID]time.Duration{} // when each client asked first
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.Acquire {
			if _, before := asked[e.Host]; !before {
				asked[e.Host] = e.At
			}
		}
	}
	for _, g := range grantsOf(h).inOrder {
		if at, asks := asked[g.client]; asks && g.granted.At < at {
			out = append(out, Disorder{Effect: serviceGrants, Cause: "its client's asking for the lock", At: g.granted.At, CauseAt: at, Event: g.granted})
		}
	}
	return out
}
