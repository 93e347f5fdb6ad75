package timeline

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

const ms = time.Millisecond

// scribe writes literal histories: at appends an event at a time.
type scribe struct {
	header sim.Header
	events []sim.Event
}

func newScribe(scenario, backend, guard string, clients int) *scribe {
	h := sim.Header{
		Format: sim.Format, Scenario: scenario, Backend: backend, Guard: guard, Discipline: "attentive", World: "virtual",
		Seed: 1, TTL: 10 * time.Second, Until: 40 * time.Second, Ledger: "ledger",
	}
	for i := range clients {
		h.Clients = append(h.Clients, sim.HostID(fmt.Sprintf("client-%d", i+1)))
	}
	if backend != "none" {
		h.Servers = []sim.HostID{sim.HostID(backend + "-1")}
	}
	s := &scribe{header: h}
	s.at(0, sim.Event{Host: "ledger", Kind: sim.LedgerOpened, Balance: 100})
	return s
}

func (s *scribe) at(t time.Duration, e sim.Event) {
	e.At = t
	s.events = append(s.events, e)
}

// withdrawal is one client's part: when it asked, was given the lock, read, wrote.
type withdrawal struct {
	client                     int
	nth                        int
	asked, acquired, wrote     time.Duration
	base, version              uint64
	from                       int64 // balance read
	token                      uint64
	refused                    bool
	freed                      bool          // the service still knew it when it released
	slow                       time.Duration // how long the write was on its way
	noService, withoutDeadline bool
}

func (s *scribe) withdraw(w withdrawal) {
	id := s.header.Clients[w.client-1]
	op := fmt.Sprintf("%s/%d", id, w.nth)
	grant := "g-" + op
	client := func(t time.Duration, e sim.Event) {
		e.Host, e.Op = id, op
		s.at(t, e)
	}
	ledger := func(t time.Duration, e sim.Event) {
		e.Host, e.Op, e.Client, e.Token = "ledger", op, id, w.token
		s.at(t, e)
	}
	until := w.acquired + s.header.TTL
	if w.withoutDeadline {
		until = 0
	}
	client(w.asked, sim.Event{Kind: sim.Acquire})
	if !w.noService {
		s.at(w.acquired-ms/2, sim.Event{Host: s.header.Servers[0], Kind: sim.Granted, Grant: grant, Token: w.token})
	}
	client(w.acquired, sim.Event{Kind: sim.Acquired, Grant: grant, Token: w.token, Until: until})
	ledger(w.acquired+ms/2, sim.Event{Kind: sim.LedgerRead, Version: w.base, Balance: w.from})
	client(w.acquired+ms, sim.Event{Kind: sim.Read, Version: w.base, Balance: w.from})
	client(w.wrote-ms, sim.Event{Kind: sim.Write, Grant: grant, Token: w.token, Base: w.base, Balance: w.from - 10})
	client(w.wrote-ms, sim.Event{Kind: sim.WriteSent})
	arrives := w.wrote - ms/2 + w.slow
	if w.refused {
		ledger(arrives, sim.Event{Kind: sim.LedgerWriteRefused, Base: w.base, Note: "a higher token was seen"})
		client(w.wrote+w.slow, sim.Event{Kind: sim.WriteRefused, Token: w.token})
	} else {
		ledger(arrives, sim.Event{Kind: sim.LedgerWrite, Base: w.base, Version: w.version, Balance: w.from - 10})
		client(w.wrote+w.slow, sim.Event{Kind: sim.Wrote, Version: w.version})
	}
	done := w.wrote + w.slow
	client(done, sim.Event{Kind: sim.Release, Grant: grant})
	if w.freed {
		if !w.noService {
			s.at(done+ms, sim.Event{Host: s.header.Servers[0], Kind: sim.Freed, Grant: grant})
		}
		client(done+2*ms, sim.Event{Kind: sim.Released, Grant: grant})
	} else {
		client(done+2*ms, sim.Event{Kind: sim.NotReleased, Grant: grant, Note: "lost"})
	}
	client(done+3*ms, sim.Event{Kind: sim.Done})
}

func (s *scribe) pause(client int, from, to time.Duration) {
	id := s.header.Clients[client-1]
	s.header.Faults = append(s.header.Faults, sim.Fault{Kind: sim.Pause, Host: id})
	number := int64(len(s.header.Faults))
	s.at(from, sim.Event{Host: id, Kind: sim.FaultApplied, Fault: number})
	s.at(from, sim.Event{Host: id, Kind: sim.FaultProven, Fault: number})
	s.at(to, sim.Event{Host: id, Kind: sim.FaultProven, Fault: number})
	s.at(to, sim.Event{Host: id, Kind: sim.FaultUndone, Fault: number})
}

func (s *scribe) end(t time.Duration) *sim.History {
	s.at(t, sim.Event{Kind: sim.End, Note: "all clients are done"})
	return trace.Finish(s.header, s.events, func(sim.HostID) *sim.Clock { return nil })
}

// seqOf finds the number of the nth event of a kind on a host, counted from 1.
func seqOf(h *sim.History, host sim.HostID, kind sim.Kind, nth int) int64 {
	for _, e := range h.Events {
		if e.Host == host && e.Kind == kind {
			if nth--; nth == 0 {
				return e.Seq
			}
		}
	}
	panic(fmt.Sprintf("the history has no such event: %s %s", host, kind))
}

// gcPause is the well-known figure: client 1 stops for longer than its lease.
func gcPause(guard string) (*sim.History, []check.Finding) {
	s := newScribe("gc-pause", "redis", guard, 2)
	fenced := guard != "none"
	one := withdrawal{client: 1, nth: 1, asked: ms, acquired: 2 * ms, wrote: 17 * time.Second, from: 100, version: 2, refused: fenced}
	two := withdrawal{client: 2, nth: 1, asked: time.Second, acquired: 10200 * ms, wrote: 12200 * ms, from: 100, version: 1, freed: true}
	if fenced {
		one.token, two.token = 33, 34
	}
	s.withdraw(one)
	s.withdraw(two)
	s.pause(1, 3*ms, 15003*ms)
	s.at(10002*ms, sim.Event{Host: "redis-1", Kind: sim.Expired, Grant: "g-client-1/1"})
	h := s.end(17004 * ms)
	overlap := []int64{seqOf(h, "client-1", sim.Acquired, 1), seqOf(h, "client-2", sim.Acquired, 1)}
	found := []check.Finding{
		{Property: check.Overlap, Verdict: check.Violated, Evidence: overlap,
			Why: "client-1 and client-2 both believed they held the lock from 10.2 s to 12.2 s."},
		{Property: check.OverlapValid, Verdict: check.Holds, Why: "no two clients held the lock within their own deadlines"},
		{Property: check.FaultsHappened, Verdict: check.Holds},
	}
	if fenced {
		return h, append(found, check.Finding{Property: check.LostUpdate, Verdict: check.Holds})
	}
	writes := []int64{seqOf(h, "ledger", sim.LedgerWrite, 1), seqOf(h, "ledger", sim.LedgerWrite, 2)}
	return h, append(found,
		check.Finding{Property: check.LostUpdate, Verdict: check.Violated, Evidence: writes,
			Why: "client-2's withdrawal of 10 was acknowledged, yet is missing from the balance: client-1 wrote 90 over it, computed from version 0, when the account was at version 1."},
		check.Finding{Property: check.StaleWrite, Verdict: check.Violated, Evidence: writes[1:],
			Why: "the ledger took client-1's write at 17 s although client-2 had been granted the lock since."})
}

// takingTurns makes every client make some withdrawals, one after the other.
func takingTurns(backend string, clients, each int) (*sim.History, []check.Finding) {
	s := newScribe("no-fault", backend, "none", clients)
	t, balance, version := 2*ms, int64(100), uint64(0)
	for n := range each {
		for c := range clients {
			w := withdrawal{client: c + 1, nth: n + 1, asked: ms + time.Duration(n*clients)*2100*ms, acquired: t, wrote: t + 2*time.Second,
				base: version, version: version + 1, from: balance, freed: true, noService: backend == "none", withoutDeadline: backend == "none"}
			if n > 0 {
				w.asked = t - time.Duration(clients-1)*2100*ms
			}
			s.withdraw(w)
			t, balance, version = t+2100*ms, balance-10, version+1
		}
	}
	return s.end(t), []check.Finding{
		{Property: check.Overlap, Verdict: check.Holds}, {Property: check.LostUpdate, Verdict: check.Holds},
	}
}

// together has two clients working at once, with nothing to separate them.
func together() (*sim.History, []check.Finding) {
	s := newScribe("no-fault", "none", "none", 2)
	s.withdraw(withdrawal{client: 1, nth: 1, asked: ms, acquired: 2 * ms, wrote: 2 * time.Second, from: 100, version: 1, freed: true, noService: true, withoutDeadline: true})
	s.withdraw(withdrawal{client: 2, nth: 1, asked: ms, acquired: 3 * ms, wrote: 2050 * ms, from: 100, version: 2, freed: true, noService: true, withoutDeadline: true})
	s.at(2*ms, sim.Event{Host: "client-1", Kind: sim.Granted, Grant: "g-client-1/1"})
	s.at(3*ms, sim.Event{Host: "client-2", Kind: sim.Granted, Grant: "g-client-2/1"})
	h := s.end(40 * time.Second)
	return h, []check.Finding{
		{Property: check.Overlap, Verdict: check.Violated, Why: "client-1 and client-2 both believed they held the lock.",
			Evidence: []int64{seqOf(h, "client-1", sim.Acquired, 1), seqOf(h, "client-2", sim.Acquired, 1)}},
		{Property: check.OverlapValid, Verdict: check.Violated, Why: "client-1 and client-2 both held the lock within their own deadlines.",
			Evidence: []int64{seqOf(h, "client-1", sim.Acquired, 1), seqOf(h, "client-2", sim.Acquired, 1)}},
		{Property: check.LostUpdate, Verdict: check.Violated, Why: "client-1's withdrawal was acknowledged, yet is missing from the balance.",
			Evidence: []int64{seqOf(h, "ledger", sim.LedgerWrite, 1), seqOf(h, "ledger", sim.LedgerWrite, 2)}},
	}
}

// renewing has a holder that renews its lease every third of it, is paused once, and learns of its
// loss.
func renewing() (*sim.History, []check.Finding) {
	s := newScribe("long-work", "redis", "none", 2)
	s.header.Backend = "redis+renew+retry=0.1ttl"
	id, grant := sim.HostID("client-1"), "g-client-1/1"
	s.at(ms, sim.Event{Host: id, Kind: sim.Acquire, Op: "client-1/1"})
	s.at(2*ms, sim.Event{Host: "redis-1", Kind: sim.Granted, Grant: grant, Token: 7})
	s.at(3*ms, sim.Event{Host: id, Kind: sim.Acquired, Op: "client-1/1", Grant: grant, Token: 7, Until: 10 * time.Second})
	for i := range 4 {
		t := time.Duration(i+1) * 3300 * ms
		s.at(t, sim.Event{Host: "redis-1", Kind: sim.Extended, Grant: grant})
		s.at(t+ms, sim.Event{Host: id, Kind: sim.Renewed, Grant: grant, Until: t + 10*time.Second})
	}
	s.pause(1, 14*time.Second, 26*time.Second)
	s.at(23200*ms, sim.Event{Host: "redis-1", Kind: sim.Expired, Grant: grant})
	s.at(26001*ms, sim.Event{Host: id, Kind: sim.Lost, Grant: grant})
	s.at(26002*ms, sim.Event{Host: id, Kind: sim.Abandon, Op: "client-1/1", Grant: grant})
	s.withdraw(withdrawal{client: 2, nth: 1, asked: 2 * time.Second, acquired: 24 * time.Second, wrote: 25 * time.Second, slow: 900 * ms, from: 100, version: 1, token: 8, freed: true})
	h := s.end(28 * time.Second)
	return h, []check.Finding{{Property: check.FaultsHappened, Verdict: check.Undecided, Why: "the pause of client-1 could not be shown to have lasted"}}
}

// silent contains nothing but its end.
func silent() (*sim.History, []check.Finding) {
	s := newScribe("no-fault", "redis", "none", 2)
	s.header.Faults = []sim.Fault{{Kind: sim.Pause, Host: "client-1"}}
	s.events = nil
	return s.end(40 * time.Second), nil
}

// crowded has far more events than a picture can hold, and one violation late in it.
func crowded() (*sim.History, []check.Finding) {
	h, _ := takingTurns("redis", 3, 200)
	last := seqOf(h, "ledger", sim.LedgerWrite, 480)
	return h, []check.Finding{{Property: check.StaleWrite, Verdict: check.Violated, Evidence: []int64{last}, Why: "an example of a violation late in a long history"}}
}
