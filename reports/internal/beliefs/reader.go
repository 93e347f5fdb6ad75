package beliefs

import (
	"cmp"
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// reader goes through a history once, with the truth on one side and the clients on the other.
type reader struct {
	lock    *lockTruth
	money   *moneyTruth
	adds    bool // clients add elements to a set: there are no beliefs about a lock or an account
	clients []*client
	byHost  map[sim.HostID]*client
	now     sim.Event // the one being read
}

func newReader(t *trace.Trace) *reader {
	h := t.History
	r := &reader{lock: newLockTruth(t), money: newMoneyTruth(h), byHost: map[sim.HostID]*client{}}
	for _, id := range h.Header.Clients {
		c := &client{id: id, trace: t, truth: r.lock, money: r.money}
		c.lockSays = track{about: TheLock}
		c.accountSays = track{about: TheAccount}
		r.clients = append(r.clients, c)
		r.byHost[id] = c
		c.say(&sim.Event{})
	}
	r.lock.say(&sim.Event{})
	for _, b := range t.Beliefs {
		if c := r.byHost[b.Client]; c != nil {
			c.coming = append(c.coming, b)
		}
	}
	r.money.say(&sim.Event{})
	return r
}

// read processes an event: first what became true, then what is believed.
func (r *reader) read(e *sim.Event) {
	r.now = *e
	r.adds = r.adds || e.Kind == sim.Add
	lock, money := r.lock.see(e), r.money.see(e)
	if money {
		r.money.say(e)
	}
	mine := r.byHost[e.Host]
	if mine != nil {
		mine.see(e)
		mine.say(e)
	}
	if !lock && !money {
		return
	}
	for _, c := range r.clients {
		if c != mine {
			c.say(e)
		}
	}
	if lock {
		r.lock.say(e)
	}
}

// close ends all beliefs with the trial.
func (r *reader) close() *Beliefs {
	out := &Beliefs{Parties: []Party{}}
	if r.adds {
		return out
	}
	for _, c := range r.clients {
		out.Parties = append(out.Parties, Party{
			Name: string(c.id), Role: Client,
			Lock: c.lockSays.close(&r.now), Account: c.accountSays.close(&r.now),
		})
		for _, t := range []*track{&c.lockSays, &c.accountSays} {
			for _, m := range t.mistakes {
				m.Client = c.id
				out.Mistakes = append(out.Mistakes, m)
			}
		}
	}
	slices.SortStableFunc(out.Mistakes, func(a, b Mistake) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(r.lock.servers) > 0 {
		out.Parties = append(out.Parties, Party{Name: "lock service", Role: Service, Lock: r.lock.says.close(&r.now)})
	}
	out.Parties = append(out.Parties, Party{Name: r.money.name, Role: Account, Account: r.money.says.close(&r.now)})
	return out
}

// track is what one party believes about one subject, as it grows.
type track struct {
	about    Subject
	list     []Belief
	mistakes []Mistake
	wrong    bool // the last mistake still lasts
}

// turn starts a belief with an event, unless the same belief is already held.
func (t *track) turn(e *sim.Event, b Belief) {
	b.Seq, b.From, b.To = e.Seq, e.At, e.At
	if n := len(t.list); n > 0 {
		last := &t.list[n-1]
		if last.same(b) {
			return
		}
		last.To = e.At
		if last.Seq == b.Seq { // one event led to both: the second stays
			t.list = t.list[:n-1]
		}
	}
	t.list = append(t.list, b)
	t.judge(e, b)
}

func (b *Belief) same(o Belief) bool {
	return b.State == o.State && b.Says == o.Says && b.Grant == o.Grant && b.Op == o.Op && b.Wrong == o.Wrong && b.Because == o.Because
}

// judge records mistakes. A belief that stays wrong about the same thing is one mistake, described
// by the reason why it became one.
func (t *track) judge(e *sim.Event, b Belief) {
	if t.wrong {
		m := &t.mistakes[len(t.mistakes)-1]
		if b.Wrong && m.Grant == b.Grant && m.Op == b.Op && (m.State == Counts) == (b.State == Counts) {
			return
		}
		m.end(e)
		t.wrong = false
	}
	if b.Wrong {
		t.mistakes = append(t.mistakes, Mistake{
			About: t.about, State: b.State, Grant: b.Grant, Op: b.Op,
			Seq: e.Seq, From: e.At, Because: b.Because, Thought: b.Says,
		})
		t.wrong = true
	}
}

// close ends the last belief with the trial.
func (t *track) close(last *sim.Event) []Belief {
	if n := len(t.list); n > 0 {
		t.list[n-1].To = max(t.list[n-1].From, last.At)
	}
	if t.wrong {
		t.mistakes[len(t.mistakes)-1].end(last)
	}
	return t.list
}

// told are the events by which a client learns that it was wrong, and their descriptions.
var told = map[sim.Kind]string{
	sim.Lost:         "told: lock lost",
	sim.WriteRefused: "told: write refused",
	sim.ReadRefused:  "told: read refused",
}

// end ends a mistake: by an event of the client that corrects it, or by one that leaves the client
// in the dark.
func (m *Mistake) end(e *sim.Event) {
	m.Ended, m.To = e.Seq, e.At
	how, learned := told[e.Kind]
	switch {
	case learned:
		m.Learned, m.How = true, how
	case e.Kind == sim.Abandon:
		m.How = "stops before it writes"
	case e.Kind == sim.Release:
		m.How = "is done before it learns of it"
	case e.Kind == sim.FaultApplied:
		m.How = "crashes before it learns of it"
	case e.Kind == sim.WriteUnknown:
		m.How = "gets no answer to its write"
	case e.Kind == sim.Wrote:
		m.How = "never learns of it: its write was taken"
	case e.Kind == sim.End:
		m.How = "never learns of it"
	default:
		m.How = "goes on without having learned of it"
	}
}
