package beliefs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"pgregory.net/rapid"
)

// line is one event of a test's history: "2.5 client-1 acquired", with what it carries.
type line struct {
	seconds float64
	host    sim.HostID
	kind    sim.Kind
	with    sim.Event
}

// history makes a history of two clients with a lease of 10 s.
func history(backend, guard string, servers []sim.HostID, lines ...line) *sim.History {
	header := sim.Header{
		Format: sim.Format, Scenario: "x", Backend: backend, Guard: guard, Discipline: "attentive", World: "virtual", TTL: 10 * time.Second,
		Clients: []sim.HostID{"client-1", "client-2"}, Servers: servers, Ledger: "ledger", Copies: strings.HasPrefix(backend, "sentinel"),
		Faults: []sim.Fault{{Kind: sim.Crash, Hosts: []sim.HostID{"client-1", "client-2"}}},
	}
	events := []sim.Event{{Host: "ledger", Kind: sim.LedgerOpened, Balance: 100}}
	for _, l := range lines {
		e := l.with
		e.At, e.Host, e.Kind = time.Duration(l.seconds*float64(time.Second)), l.host, l.kind
		events = append(events, e)
	}
	last := events[len(events)-1].At
	events = append(events, sim.Event{At: last, Kind: sim.End, Note: sim.AllDone})
	return trace.Finish(header, events, nil)
}

var (
	one = []sim.HostID{"redis-1"}
	g1  = sim.Event{Op: "client-1/1", Grant: "g1"}
	g2  = sim.Event{Op: "client-2/1", Grant: "g2"}
)

func until(e sim.Event, seconds int) sim.Event {
	e.Until = time.Duration(seconds) * time.Second
	return e
}

func account(op string, client sim.HostID, base, version uint64, balance int64) sim.Event {
	return sim.Event{Op: op, Client: client, Base: base, Version: version, Balance: balance}
}

// pause is the well-known figure: client-1 stops from 1 s to 16 s.
func pause(guard string) *sim.History {
	lines := []line{
		{0, "client-1", sim.Acquire, sim.Event{Op: "client-1/1"}},
		{0.1, "redis-1", sim.Granted, sim.Event{Grant: "g1", Token: 33}},
		{0.2, "client-1", sim.Acquired, until(g1, 10)},
		{0.3, "client-1", sim.Read, account("client-1/1", "", 0, 0, 100)},
		{1, "client-2", sim.Acquire, sim.Event{Op: "client-2/1"}},
		{10.1, "redis-1", sim.Expired, sim.Event{Grant: "g1"}},
		{10.2, "redis-1", sim.Granted, sim.Event{Grant: "g2", Token: 34}},
		{10.3, "client-2", sim.Acquired, until(g2, 20)},
		{10.4, "client-2", sim.Read, account("client-2/1", "", 0, 0, 100)},
		{12, "client-2", sim.Write, account("client-2/1", "", 0, 0, 90)},
		{12.1, "ledger", sim.LedgerWrite, account("client-2/1", "client-2", 0, 1, 90)},
		{12.2, "client-2", sim.Wrote, sim.Event{Op: "client-2/1", Version: 1}},
		{12.3, "client-2", sim.Release, g2},
		{12.4, "redis-1", sim.Freed, sim.Event{Grant: "g2", Client: "client-2"}},
		{12.5, "client-2", sim.Released, g2},
		{16, "client-1", sim.Write, account("client-1/1", "", 0, 0, 90)},
	}
	if guard == "none" {
		lines = append(lines,
			line{16.1, "ledger", sim.LedgerWrite, account("client-1/1", "client-1", 0, 2, 90)},
			line{16.2, "client-1", sim.Wrote, sim.Event{Op: "client-1/1", Version: 2}})
	} else {
		lines = append(lines,
			line{16.1, "ledger", sim.LedgerWriteRefused, account("client-1/1", "client-1", 0, 0, 0)},
			line{16.2, "client-1", sim.WriteRefused, sim.Event{Op: "client-1/1"}})
	}
	lines = append(lines, line{16.3, "client-1", sim.Release, g1}, line{16.4, "client-1", sim.NotReleased, g1}, line{17, "client-1", sim.Done, sim.Event{}})
	return history("redis", guard, one, lines...)
}

// mistakes writes mistakes in the form that tests compare.
func mistakes(b *Beliefs) []string {
	var out []string
	for _, m := range b.Mistakes {
		out = append(out, fmt.Sprintf("%s %s %.1f-%.1f: %s; %s", m.Client, m.About, m.From.Seconds(), m.To.Seconds(), m.Because, m.How))
	}
	return out
}

func expect(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got  %s\n want %s", what, strings.Join(got, "\n      "), strings.Join(want, "\n      "))
	}
}

func TestPausedHolderIsWrongFromTheMomentItsLeaseExpires(t *testing.T) {
	expect(t, "guard none", mistakes(Of(pause("none"))), []string{
		"client-1 lock 10.1-16.3: the lease expired at redis-1; is done before it learns of it",
		"client-1 account 12.1-16.2: client-2 has written 90 (v1); never learns of it: its write was taken",
		"client-2 account 16.1-17.0: client-1 has written 90 over it, computed from v0; never learns of it",
	})
	expect(t, "guard cas", mistakes(Of(pause("cas"))), []string{
		"client-1 lock 10.1-16.3: the lease expired at redis-1; is done before it learns of it",
		"client-1 account 12.1-16.2: client-2 has written 90 (v1); told: write refused",
	})
}

func TestAHolderThatIsToldOfItsLossHasLearned(t *testing.T) {
	b := Of(history("redis", "none", one,
		line{0, "redis-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{0.1, "client-1", sim.Acquired, g1},
		line{5, "redis-1", sim.Forgotten, sim.Event{Grant: "g1"}},
		line{7, "client-1", sim.Lost, g1},
	))
	expect(t, "mistakes", mistakes(b), []string{"client-1 lock 5.0-7.0: the lease was forgotten at redis-1; told: lock lost"})
	if !b.Mistakes[0].Learned {
		t.Error("client-1 was told, but is said not to have learned of it")
	}
}

func TestALockFreedBySomebodyElseMakesItsHolderWrong(t *testing.T) {
	b := Of(history("redis", "none", one,
		line{0, "redis-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{0.1, "client-1", sim.Acquired, g1},
		line{2, "redis-1", sim.Freed, sim.Event{Grant: "g1", Client: "client-2"}},
		line{3, "client-1", sim.Release, g1},
	))
	expect(t, "mistakes", mistakes(b), []string{"client-1 lock 2.0-3.0: client-2 freed the lock at redis-1; is done before it learns of it"})
}

func TestTwoMastersMakeTheEarlierHolderWrong(t *testing.T) {
	servers := []sim.HostID{"redis-master", "redis-replica-1"}
	b := Of(history("sentinel+replicas=2", "none", servers,
		line{0, "redis-master", sim.Granted, sim.Event{Grant: "g1"}},
		line{0.1, "client-1", sim.Acquired, g1},
		line{1, "redis-replica-1", sim.Granted, sim.Event{Grant: "g2", Client: "client-2"}},
		line{1.1, "client-2", sim.Acquired, g2},
		line{2, "client-1", sim.Release, g1},
		line{2, "redis-master", sim.Freed, sim.Event{Grant: "g1", Client: "client-1"}},
		line{3, "client-2", sim.Release, g2},
	))
	expect(t, "mistakes", mistakes(b), []string{"client-1 lock 1.0-2.0: redis-replica-1 gave the lock to client-2; is done before it learns of it"})
	if got := b.At(4)[2].Lock.Says; got != "several hold the lock: client-1 at redis-master, client-2 at redis-replica-1" {
		t.Errorf("the lock service says %q", got)
	}
}

func TestALeaseThatTheNewMasterProlongsOutlivesItsEndAtTheOldOne(t *testing.T) {
	lines := []line{
		{0, "redis-master", sim.Granted, sim.Event{Grant: "g1"}},
		{0.1, "client-1", sim.Acquired, g1},
		{5, "redis-replica-1", sim.Extended, sim.Event{Grant: "g1"}},
		{10, "redis-master", sim.Expired, sim.Event{Grant: "g1"}},
		{12, "client-1", sim.Release, g1},
	}
	servers := []sim.HostID{"redis-master", "redis-replica-1"}
	expect(t, "servers with copies of their own", mistakes(Of(history("sentinel", "none", servers, lines...))), nil)
	expect(t, "servers that agree", mistakes(Of(history("etcd", "none", servers, lines...))), []string{
		"client-1 lock 10.0-12.0: the lease expired at redis-master; is done before it learns of it",
	})
}

func TestWithoutAServiceBothAreWrongWhileTheyWorkAtOnce(t *testing.T) {
	b := Of(history("none", "none", nil,
		line{0, "client-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{0, "client-1", sim.Acquired, g1},
		line{1, "client-2", sim.Granted, sim.Event{Grant: "g2"}},
		line{1, "client-2", sim.Acquired, g2},
		line{2, "client-1", sim.Release, g1},
		line{3, "client-2", sim.Release, g2},
	))
	expect(t, "mistakes", mistakes(b), []string{
		"client-1 lock 1.0-2.0: there is no lock, and client-2 is at work too; is done before it learns of it",
		"client-2 lock 1.0-3.0: there is no lock, and client-1 is at work too; is done before it learns of it",
	})
	if n := len(b.Parties); n != 3 {
		t.Errorf("%d parties, want two clients and the account", n)
	}
}

func TestALockThatWasNeverGivenIsWrongFromTheStart(t *testing.T) {
	h := history("etcd", "none", one,
		line{0, "redis-1", sim.Granted, sim.Event{Grant: "g2", Client: "client-2"}},
		line{1, "client-1", sim.Acquired, g1},
		line{2, "client-1", sim.Release, g1},
	)
	expect(t, "mistakes", mistakes(Of(h)), []string{"client-1 lock 1.0-2.0: the lock service never gave it the lock; is done before it learns of it"})
}

func TestNobodyIsWrongWhereTheServiceCannotBeSeen(t *testing.T) {
	h := history("redis", "none", one, line{1, "client-1", sim.Acquired, g1}, line{2, "client-1", sim.Release, g1})
	expect(t, "mistakes", mistakes(Of(h)), nil)
}

func TestAnObserverMayBeALittleBehindTheClient(t *testing.T) {
	h := history("redis", "none", one,
		line{1, "client-1", sim.Acquired, g1},
		line{1.01, "redis-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{2, "client-1", sim.Release, g1})
	h.Header.World = "live"
	expect(t, "live", mistakes(Of(h)), nil)
	h.Header.World = "virtual"
	if got := mistakes(Of(h)); len(got) != 1 {
		t.Errorf("in the virtual world stamps are exact, yet %q", got)
	}
}

func TestVotesAreCountedUntilThereIsAMajority(t *testing.T) {
	servers := []sim.HostID{"redis-1", "redis-2", "redis-3"}
	b := Of(history("redlock", "none", servers,
		line{0, "client-1", sim.AcquireSent, g1},
		line{1, "redis-1", sim.NodeGranted, sim.Event{Grant: "g1"}},
		line{2, "redis-2", sim.NodeGranted, sim.Event{Grant: "g1"}},
		line{2, "redis-2", sim.Granted, sim.Event{Grant: "g1"}},
		line{3, "client-1", sim.Acquired, g1},
		line{4, "redis-1", sim.NodeEnded, sim.Event{Grant: "g1", Ended: sim.Expired}},
		line{4, "redis-1", sim.Expired, sim.Event{Grant: "g1"}},
		line{5, "client-1", sim.Release, g1},
	))
	var says []string
	for _, s := range b.Parties[2].Lock {
		says = append(says, s.Says)
	}
	expect(t, "the service", says, []string{
		"nobody holds the lock", "nobody holds the lock (votes of 3: client-1 1)", "nobody holds the lock (votes of 3: client-1 2)",
		"client-1 holds the lock", "nobody holds the lock (votes of 3: client-1 1)",
	})
	expect(t, "mistakes", mistakes(b), []string{"client-1 lock 4.0-5.0: the lease expired at redis-1, which leaves no majority; is done before it learns of it"})
}

func TestACrashedClientBelievesNothing(t *testing.T) {
	b := Of(history("redis", "none", one,
		line{0, "redis-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{0, "client-1", sim.Acquired, g1},
		line{1, "client-1", sim.Read, account("client-1/1", "", 0, 0, 100)},
		line{2, "client-1", sim.FaultApplied, sim.Event{Fault: 1}},
		line{2, "client-1", sim.FaultProven, sim.Event{Fault: 1}},
		line{10, "redis-1", sim.Expired, sim.Event{Grant: "g1"}},
		line{11, "ledger", sim.LedgerWrite, account("client-2/1", "client-2", 0, 1, 90)},
	))
	expect(t, "mistakes", mistakes(b), nil)
	c := b.At(8)[0]
	if want := "has crashed and believes nothing"; c.Lock.Says != want || c.Account.Says != want {
		t.Errorf("client-1 %q and %q, want %q", c.Lock.Says, c.Account.Says, want)
	}
}

func TestRenewalMakesADeadlineGoodAgain(t *testing.T) {
	b := Of(history("redis", "none", one,
		line{0, "redis-1", sim.Granted, sim.Event{Grant: "g1"}},
		line{0, "client-1", sim.Acquired, until(g1, 10)},
		line{12, "client-1", sim.Renewed, until(g1, 20)},
		line{21, "client-1", sim.Lost, g1},
	))
	var states []State
	for _, s := range b.Parties[0].Lock {
		states = append(states, s.State)
	}
	if want := []State{Nothing, Holds, Overdue, Holds, Overdue, Nothing}; !slices.Equal(states, want) {
		t.Errorf("client-1 %v, want %v", states, want)
	}
}

func TestAJobThatIsChargedTwiceMakesBothWrong(t *testing.T) {
	job := func(e sim.Event) sim.Event { e.Job = "job-1"; return e }
	b := Of(history("none", "none", nil,
		line{1, "client-1", sim.Read, job(account("client-1/1", "", 0, 0, 100))},
		line{1, "client-2", sim.Read, job(account("client-2/1", "", 0, 0, 100))},
		line{2, "ledger", sim.LedgerWrite, job(account("client-2/1", "client-2", 0, 1, 90))},
		line{2, "client-2", sim.Wrote, job(sim.Event{Op: "client-2/1", Version: 1})},
		line{3, "ledger", sim.LedgerWrite, job(account("client-1/1", "client-1", 1, 2, 80))},
		line{3, "client-1", sim.Wrote, job(sim.Event{Op: "client-1/1", Version: 2})},
	))
	expect(t, "mistakes", mistakes(b), []string{
		"client-1 account 2.0-3.0: client-2 has charged for it; never learns of it: its write was taken",
		"client-2 account 3.0-3.0: client-1 charged for it as well; never learns of it",
	})
}

// TestAtIsWhatALookThroughTheListsGives steps through any history: lists have no gaps, and beliefs
// after an event do not depend on what happens later.
func TestAtIsWhatALookThroughTheListsGives(t *testing.T) {
	kinds := slices.Concat(sim.ClientKinds(), sim.ServerKinds(), []sim.Kind{sim.Deadline, sim.FaultApplied, sim.FaultUndone})
	rapid.Check(t, func(t *rapid.T) {
		var lines []line
		for i := range rapid.IntRange(0, 60).Draw(t, "events") {
			client := rapid.SampledFrom([]sim.HostID{"client-1", "client-2"}).Draw(t, "client")
			e := sim.Event{Client: client, Op: string(client) + "/1", Grant: "g-" + string(client), Fault: 1,
				Version: rapid.Uint64Range(0, 4).Draw(t, "version"), Base: rapid.Uint64Range(0, 4).Draw(t, "base")}
			host := rapid.SampledFrom([]sim.HostID{"redis-1", "redis-2", "ledger", client}).Draw(t, "host")
			lines = append(lines, line{float64(i), host, rapid.SampledFrom(kinds).Draw(t, "kind"), e})
		}
		backend := rapid.SampledFrom([]string{"redis", "sentinel"}).Draw(t, "backend")
		h := history(backend, "fence-all", []sim.HostID{"redis-1", "redis-2"}, lines...)
		b := Of(h)
		for _, p := range b.Parties {
			for _, list := range [][]Belief{p.Lock, p.Account} {
				for i, s := range list {
					if i > 0 && (s.Seq <= list[i-1].Seq || s.From != list[i-1].To) || i == 0 && s.Seq != 0 {
						t.Fatalf("%s: %+v does not follow %+v", p.Name, s, list[max(i-1, 0)])
					}
					if s.Wrong != (s.Because != "") || s.Says == "" {
						t.Fatalf("%s: %+v", p.Name, s)
					}
				}
			}
		}
		for seq := range int64(len(h.Events) + 1) {
			for i, o := range b.At(seq) {
				for _, pair := range []struct {
					got  *Belief
					list []Belief
				}{{o.Lock, b.Parties[i].Lock}, {o.Account, b.Parties[i].Account}} {
					var want *Belief
					for j := range pair.list {
						if pair.list[j].Seq <= seq {
							want = &pair.list[j]
						}
					}
					if pair.got != want {
						t.Fatalf("after event %d %s believes %+v, want %+v", seq, o.Party, pair.got, want)
					}
				}
			}
		}
	})
}

func TestTheShapeOnAPageIsStable(t *testing.T) {
	first, err := json.Marshal(Of(pause("none")))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(Of(pause("none")))
	if string(first) != string(second) {
		t.Error("the same history gives two different texts")
	}
	for _, want := range []string{
		`{"parties":[{"name":"client-1","role":"client","lock":[{"seq":0,"from":0,"to":0,"state":"nothing","says":"does not hold the lock"}`,
		`"wrong":true,"because":"the lease expired at redis-1, and client-2 has the lock"}`,
		`"mistakes":[{"client":"client-1","about":"lock","state":"overdue","grant":"g1","seq":8,`,
	} {
		if !strings.Contains(string(first), want) {
			t.Errorf("no %s in\n%s", want, first)
		}
	}
}

func TestAnEmptyHistoryHasParties(t *testing.T) {
	b := Of(&sim.History{Header: sim.Header{Clients: []sim.HostID{"client-1"}}})
	if len(b.Parties) != 2 || b.At(0)[0].Lock.State != Nothing {
		t.Errorf("got %+v", b)
	}
}

// BenchmarkOf reads a history of 100,000 events.
func BenchmarkOf(b *testing.B) {
	var lines []line
	for i := range 12_500 {
		op, grant := fmt.Sprintf("client-%d/%d", i%2+1, i), fmt.Sprintf("g%d", i)
		client, at := sim.HostID(fmt.Sprintf("client-%d", i%2+1)), float64(i)
		lines = append(lines,
			line{at, client, sim.Acquire, sim.Event{Op: op}},
			line{at, "redis-1", sim.Granted, sim.Event{Grant: grant, Client: client}},
			line{at, client, sim.Acquired, sim.Event{Op: op, Grant: grant}},
			line{at, client, sim.Read, account(op, "", 0, uint64(i), 100)},
			line{at, "ledger", sim.LedgerWrite, account(op, client, uint64(i), uint64(i+1), 100)},
			line{at, client, sim.Wrote, sim.Event{Op: op, Version: uint64(i + 1)}},
			line{at, client, sim.Release, sim.Event{Op: op, Grant: grant}},
			line{at, "redis-1", sim.Freed, sim.Event{Grant: grant, Client: client}})
	}
	h := history("redis", "none", one, lines...)
	for b.Loop() {
		Of(h)
	}
}
