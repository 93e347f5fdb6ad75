package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Disorder is a stamp that is earlier than that of its cause, such as an answer stamped before
// its request. Such stamps cannot be right.
type Disorder struct {
	Effect  string        // what is stamped too early, unless its cause is stamped too late
	Cause   string        // what must have come first
	At      time.Duration // the effect's stamp
	CauseAt time.Duration // the cause's stamp; sim.Forever if the history has no such cause
	Event   *sim.Event    // the effect, if it is an event
	Message int64         // the number of the effect, if it is a message
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

// Disorders checks a history against the order of cause and effect, and lists the stamps that
// violate it. A request is sent, arrives, is handled and answered, its answer arrives, and its
// caller is told: none of these may be stamped before the previous one. Between the same two
// hosts and for the same operation, the n-th effect needs n causes at or before it.
//
// Messages are checked only if all of them were recorded. A lock service is held only to what is
// true of every service: a grant needs a message that has arrived there, and an acquisition
// needs one that has come from there. That the service's stamps may be late is no disorder (see
// auditLag). For that reason an account that the service keeps is not checked.
func Disorders(h *sim.History) []Disorder { return disorders(trace.Read(h)) }

func disorders(t *trace.Trace) []Disorder {
	h := t.History
	a := &causes{of: map[asker][]stamps{}, client: setOf(h.Header.Clients), server: setOf(h.Header.Servers), ledger: h.Header.Ledger, inside: h.Header.Inside}
	for i := range h.Events {
		a.event(&h.Events[i])
	}
	if wholeTraffic(h) {
		for i := range h.Events {
			a.exchanged(t, &h.Events[i])
		}
		for i := range h.Messages {
			a.message(&h.Messages[i])
		}
	}
	out := a.disorders()
	for i := range h.Messages {
		out = append(out, ownDisorders(&h.Messages[i])...)
	}
	out = append(out, grantsUnasked(t)...)
	out = append(out, lossesWithoutFault(t)...)
	slices.SortStableFunc(out, func(a, b Disorder) int { return cmp.Compare(a.At, b.At) })
	return out
}

// auditCausality checks that no effect is stamped before its cause.
func auditCausality(t *trace.Trace) (*sim.Event, error) {
	all := disorders(t)
	if len(all) == 0 {
		return nil, nil
	}
	return all[0].Event, fmt.Errorf("%s out of order; the first: %v", trace.Count(len(all), "stamp"), all[0])
}

// follows identifies a kind of cause and what follows from it.
type follows int

// What follows from what, for one operation of a client …
const (
	readCalled follows = iota
	writeCalled
	markCalled
	readTaken
	writeTaken
	markTaken
	ofOperations // how many there are
)

// … and for all messages between two hosts.
const (
	readSent = ofOperations + iota
	writeSent
	markSent
	readArrived
	writeArrived
	markArrived
	accountAnswers
	accountAnswered
	serviceAsked
	serviceAnswered
	ofAll // how many there are
)

// words names the cause and the effect.
func (f follows) words() (cause, effect string) {
	w := [ofAll][2]string{
		readCalled:      {"the acquisition under which the read was made", "the account's reading"},
		writeCalled:     {"the call of the write", "the account accepting or refusing the write"},
		markCalled:      {"the acknowledged charge that is marked", "the account marking the job"},
		readTaken:       {"the account's reading", "what the client is told of it"},
		writeTaken:      {"the account accepting or refusing the write", "what the client is told of it"},
		markTaken:       {"the account marking the job", "what the client is told of it"},
		readSent:        {"the acquisition under which the read was made", "the sending of the request"},
		writeSent:       {"the call of the write", "the sending of the request"},
		markSent:        {"the acknowledged charge that is marked", "the sending of the request"},
		readArrived:     {"the arrival of its request", "the account's reading"},
		writeArrived:    {"the arrival of its request", "the account accepting or refusing the write"},
		markArrived:     {"the arrival of its request", "the account marking the job"},
		accountAnswers:  {"the account accepting or refusing it", "the sending of the answer"},
		accountAnswered: {"the arrival of the answer", "what the client is told of it"},
		serviceAsked:    {"the arrival of a message at the lock service", "the grant"},
		serviceAnswered: {"the arrival of an answer of the lock service", "the acquisition"},
	}[f]
	return w[0], w[1]
}

// asker identifies who asks: one operation of a client, or the client as a whole.
type asker struct {
	client sim.HostID
	op     string // empty for all operations
}

// stamps holds the stamps of causes and of the effects that must follow them.
type stamps struct {
	causes  []time.Duration
	effects []stampOf
}

// stampOf is the stamp of an event or a message.
type stampOf struct {
	at      time.Duration
	event   *sim.Event
	message int64
}

// causes collects the stamps of a history.
type causes struct {
	client, server map[sim.HostID]bool
	ledger         sim.HostID
	inside         bool // the account has no host and no stamps of its own

	askers []asker // in order of first appearance
	of     map[asker][]stamps
}

func setOf(hosts []sim.HostID) map[sim.HostID]bool {
	set := map[sim.HostID]bool{}
	for _, id := range hosts {
		set[id] = true
	}
	return set
}

func (a *causes) at(who asker) []stamps {
	all := a.of[who]
	if all == nil {
		n := ofOperations
		if who.op == "" {
			n = ofAll
		}
		all = make([]stamps, n)
		a.of[who], a.askers = all, append(a.askers, who)
	}
	return all
}

func (s *stamps) cause(at time.Duration) { s.causes = append(s.causes, at) }
func (s *stamps) effectOf(e *sim.Event)  { s.effects = append(s.effects, stampOf{at: e.At, event: e}) }
func (s *stamps) effectBy(m *sim.Message) {
	s.effects = append(s.effects, stampOf{at: m.Sent, message: m.Number})
}

// disorders lists the effects that are earlier than their cause. With both sorted, the n-th
// effect is compared with the n-th cause.
func (a *causes) disorders() (out []Disorder) {
	for _, who := range a.askers {
		for f, all := range a.of[who] {
			slices.Sort(all.causes)
			slices.SortStableFunc(all.effects, func(a, b stampOf) int { return cmp.Compare(a.at, b.at) })
			for i, e := range all.effects {
				d := Disorder{At: e.at, CauseAt: sim.Forever, Event: e.event, Message: e.message}
				if i < len(all.causes) {
					d.CauseAt = all.causes[i]
				}
				if d.At < d.CauseAt {
					d.Cause, d.Effect = follows(f).words()
					out = append(out, d)
				}
			}
		}
	}
	return out
}

// event records what an event says about requests to the account, by operation.
func (a *causes) event(e *sim.Event) {
	if a.inside {
		return
	}
	if !a.client[e.Host] {
		if called, taken, _, is := requestTo(e.Kind); is {
			all := a.at(asker{e.Client, e.Op})
			all[called].effectOf(e)
			all[taken].cause(e.At)
		}
		return
	}
	switch e.Kind {
	case sim.Acquired, sim.Read, sim.ReadRefused, sim.Write, sim.Wrote, sim.WriteRefused, sim.Marked:
	default:
		return
	}
	all := a.at(asker{e.Host, e.Op})
	switch e.Kind {
	case sim.Acquired:
		all[readCalled].cause(e.At)
	case sim.Write:
		all[writeCalled].cause(e.At)
	case sim.Wrote:
		all[writeTaken].effectOf(e)
		all[markCalled].cause(e.At)
	case sim.WriteRefused:
		all[writeTaken].effectOf(e)
	case sim.Read, sim.ReadRefused:
		all[readTaken].effectOf(e)
	case sim.Marked:
		all[markTaken].effectOf(e)
	}
}

// requestTo says which request an event of the account is about. The event is the effect of
// called and arrived, and the cause of taken. It returns false for any other event.
func requestTo(k sim.Kind) (called, taken, arrived follows, is bool) {
	switch k {
	case sim.LedgerRead, sim.LedgerReadRefused:
		return readCalled, readTaken, readArrived, true
	case sim.LedgerWrite, sim.LedgerWriteRefused:
		return writeCalled, writeTaken, writeArrived, true
	case sim.LedgerMarked:
		return markCalled, markTaken, markArrived, true
	}
	return 0, 0, 0, false
}

// grantsUnasked finds grants that were given before their client had ever asked for the lock.
// Nothing stricter can be checked: a request that got no answer may be carried out much later,
// after its client has acquired the lock through another request and given it back.
func grantsUnasked(t *trace.Trace) (out []Disorder) {
	h := t.History
	asked := map[sim.HostID]time.Duration{} // when each client asked first
	for i := range h.Events {
		if e := &h.Events[i]; e.Kind == sim.Acquire {
			if _, before := asked[e.Host]; !before {
				asked[e.Host] = e.At
			}
		}
	}
	for i := range h.Events {
		e := &h.Events[i]
		if at, asks := asked[t.Owner(e.Grant)]; e.Kind == sim.Granted && asks && e.At < at {
			out = append(out, Disorder{Effect: "the grant", Cause: "its client's request for the lock", At: e.At, CauseAt: at, Event: e})
		}
	}
	return out
}
