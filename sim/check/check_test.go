package check

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

func TestAllJudgesPreconditionsFirstThenPropertiesInOrder(t *testing.T) {
	var got []Property
	for _, f := range All(trace.Read(transcript(t, pausedHolder))) {
		got = append(got, f.Property)
	}
	if want := append(Preconditions(), Properties()...); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOneAgreesWithAll(t *testing.T) {
	h := transcript(t, lostWithdrawal)
	for _, want := range All(trace.Read(h)) {
		got := One(want.Property, h)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: One says %v, All says %v", want.Property, got, want)
		}
	}
}

func TestAPropertyThatNothingJudgesIsUndecided(t *testing.T) {
	f := One("beauty", transcript(t, pausedHolder))
	if f.Verdict != Undecided || f.Property != "beauty" || f.Why != `no checker judges "beauty"` {
		t.Errorf("got %+v", f)
	}
}

func TestACheckerThatPanicsHasNotJudged(t *testing.T) {
	broken := Row{Property: Overlap, check: func(t *trace.Trace) Finding { return Finding{Evidence: []int64{t.History.Events[7].Seq}} }}
	f := broken.run(trace.Read(&sim.History{}))
	if f.Verdict != Undecided || f.Property != Overlap || !strings.Contains(f.Why, "index out of range [7]") {
		t.Errorf("got %+v", f)
	}
}

func TestTheWorstVerdictWins(t *testing.T) {
	holds, open, broken := Finding{Verdict: Holds}, Finding{Verdict: Undecided}, Finding{Verdict: Violated}
	for _, each := range []struct {
		of   []Finding
		want Verdict
	}{
		{nil, Holds},
		{[]Finding{holds, holds}, Holds},
		{[]Finding{holds, open, holds}, Undecided},
		{[]Finding{open, broken, holds}, Violated},
	} {
		if got := Worst(each.of...); got != each.want {
			t.Errorf("Worst(%v) is %s, want %s", each.of, got, each.want)
		}
	}
}

func TestFindingsReadBackFromJSON(t *testing.T) {
	for _, want := range All(trace.Read(transcript(t, lostWithdrawal))) {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Finding
		if err := json.Unmarshal(text, &got); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s became %v (%v)", text, got, err)
		}
	}
	var v Verdict
	if err := v.UnmarshalText([]byte("maybe")); err == nil || err.Error() != `verdict "maybe", expected holds, undecided or violated` {
		t.Errorf("a verdict that does not exist: %v", err)
	}
	if got := Verdict(9).String(); got != "Verdict(9)" {
		t.Errorf("Verdict(9) is written %q", got)
	}
}

// anyHistory draws a history, which need not make any sense.
func anyHistory(t *rapid.T) *sim.History {
	kinds := slices.Concat(sim.ClientKinds(), sim.ServerKinds(),
		[]sim.Kind{sim.Deadline, sim.LedgerOpened, sim.FaultApplied, sim.FaultProven, sim.FaultUnproven, sim.FaultUndone, sim.End, sim.InSet, sim.SetRead})
	hosts := []sim.HostID{"client-1", "client-2", "client-3", "lock", "ledger"}
	h := &sim.History{Header: sim.Header{
		World:   rapid.SampledFrom([]string{"virtual", "live"}).Draw(t, "world"),
		TTL:     rapid.SampledFrom([]time.Duration{0, 5 * time.Millisecond, time.Second}).Draw(t, "ttl"),
		Clients: hosts[:3], Servers: hosts[3:4], Ledger: "ledger", Faults: []sim.Fault{{Kind: sim.Pause, Host: "client-1"}, {Kind: sim.Pause, Host: "lock"}, {Kind: sim.Crash, Host: "client-2"}},
	}}
	at := time.Duration(0)
	for i := range rapid.IntRange(0, 60).Draw(t, "events") {
		at += time.Duration(rapid.IntRange(0, 3).Draw(t, "later")) * 5 * time.Millisecond
		h.Events = append(h.Events, sim.Event{
			Seq: int64(i + 1), At: at,
			Host:    rapid.SampledFrom(hosts).Draw(t, "host"),
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Op:      rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "op"),
			Job:     rapid.SampledFrom([]string{"", "", "job-1"}).Draw(t, "job"),
			Client:  rapid.SampledFrom([]sim.HostID{"", "client-1", "client-2"}).Draw(t, "for"),
			Grant:   rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "grant"),
			Token:   rapid.Uint64Range(0, 4).Draw(t, "token"),
			Base:    rapid.Uint64Range(0, 6).Draw(t, "base"),
			Version: rapid.Uint64Range(0, 6).Draw(t, "version"),
			Fault:   rapid.Int64Range(0, 4).Draw(t, "fault"), // 4: not in the header
		})
	}
	return h
}

func TestNoHistoryIsTooStrangeToJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		for _, f := range All(trace.Read(h)) {
			if f.Why == "" || strings.Contains(f.Why, "the checker itself failed") {
				t.Errorf("%s: %q", f.Property, f.Why)
			}
			if f.Verdict == Violated && (len(f.Evidence) == 0 || slices.Contains(Preconditions(), f.Property)) {
				t.Errorf("%s is violated, by events %v", f.Property, f.Evidence)
			}
			for i, seq := range f.Evidence {
				if seq < 1 || seq > int64(len(h.Events)) || i > 0 && seq <= f.Evidence[i-1] {
					t.Errorf("%s: evidence %v of %d events", f.Property, f.Evidence, len(h.Events))
				}
			}
		}
	})
}

// The sweep over beliefs must agree with comparing every pair of them.
func TestOverlapFindsWhatComparingAllPairsFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []trace.Spell
		at := time.Duration(0)
		for i := range rapid.IntRange(1, 12).Draw(t, "beliefs") {
			at += time.Duration(rapid.IntRange(0, 2).Draw(t, "later"))
			all = append(all, trace.Spell{
				Client: rapid.SampledFrom([]sim.HostID{"client-1", "client-2", "client-3"}).Draw(t, "client"),
				From:   at, To: at + time.Duration(rapid.IntRange(0, 6).Draw(t, "length")),
				Began: &sim.Event{Seq: int64(2*i + 1)}, Ended: &sim.Event{Seq: int64(2*i + 2)},
			})
		}
		overlaps := 0
		for i, later := range all {
			if slices.ContainsFunc(all[:i], func(earlier trace.Spell) bool {
				return earlier.Client != later.Client && min(earlier.To, later.To) > max(earlier.From, later.From)
			}) {
				overlaps++
			}
		}
		f := twoAtOnce(Overlap, "held it", all, nil)
		if (f.Verdict == Violated) != (overlaps > 0) {
			t.Fatalf("%d overlaps, but the finding is %v", overlaps, f)
		}
		if overlaps > 0 && !strings.Contains(f.Why, ": "+count(overlaps, "overlap")+" among") {
			t.Errorf("%d overlaps, but the finding says %s", overlaps, f.Why)
		}
	})
}

// A write is stale if any grant to another client came between its own grant and the write.
func TestStaleWriteFindsWhatComparingAllPairsFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &sim.History{Header: sim.Header{World: "virtual", Clients: []sim.HostID{"client-1", "client-2", "client-3"}}}
		add := func(e sim.Event) {
			e.Seq = int64(len(h.Events) + 1)
			e.At = time.Duration(e.Seq) * time.Second
			h.Events = append(h.Events, e)
		}
		var given []sim.HostID // the client of each grant, by number
		stale := false
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if len(given) == 0 || rapid.Bool().Draw(t, "grant") {
				client := rapid.SampledFrom(h.Header.Clients).Draw(t, "client")
				name := fmt.Sprint("grant", len(given))
				add(sim.Event{Host: "lock", Kind: sim.Granted, Grant: name})
				add(sim.Event{Host: client, Kind: sim.Acquired, Grant: name, Op: name})
				given = append(given, client)
				continue
			}
			mine := rapid.IntRange(0, len(given)-1).Draw(t, "writer")
			add(sim.Event{Host: "ledger", Kind: sim.LedgerWrite, Op: fmt.Sprint("grant", mine), Client: given[mine]})
			for _, other := range given[mine:] {
				stale = stale || other != given[mine]
			}
		}
		if f := staleWrite(trace.Read(h)); (f.Verdict == Violated) != stale {
			t.Errorf("stale is %t, but the finding is %v", stale, f)
		}
	})
}

// longTrial returns a history of about this many events, with clients that take turns.
func longTrial(events int) *sim.History {
	h := &sim.History{Header: sim.Header{
		Format: sim.Format, World: "virtual", TTL: time.Second, Clients: []sim.HostID{"client-1", "client-2"},
		Servers: []sim.HostID{"lock"}, Ledger: "ledger",
	}}
	add := func(host sim.HostID, kind sim.Kind, e sim.Event) {
		e.Host, e.Kind, e.Seq = host, kind, int64(len(h.Events)+1)
		e.At = time.Duration(e.Seq) * time.Millisecond
		h.Events = append(h.Events, e)
	}
	add("ledger", sim.LedgerOpened, sim.Event{})
	for n := uint64(1); len(h.Events) < events-10; n++ {
		client := h.Header.Clients[n%2]
		op, grant := fmt.Sprintf("%s/%d", client, n), fmt.Sprint("grant", n)
		add(client, sim.Acquire, sim.Event{Op: op})
		add("lock", sim.Granted, sim.Event{Grant: grant})
		add(client, sim.Acquired, sim.Event{Op: op, Grant: grant, Token: n})
		add("ledger", sim.LedgerRead, sim.Event{Client: client, Op: op, Version: n - 1})
		add(client, sim.Write, sim.Event{Op: op, Grant: grant})
		add("ledger", sim.LedgerWrite, sim.Event{Client: client, Op: op, Base: n - 1, Version: n})
		add(client, sim.Wrote, sim.Event{Op: op, Version: n})
		add(client, sim.Release, sim.Event{Op: op, Grant: grant})
		add("lock", sim.Freed, sim.Event{Grant: grant, Client: client})
	}
	add("", sim.End, sim.Event{})
	return h
}

func TestALongTrialWithoutFaultHoldsEverything(t *testing.T) {
	for _, f := range All(trace.Read(longTrial(10_000))) {
		if f.Verdict != Holds {
			t.Errorf("%s: %s: %s", f.Property, f.Verdict, f.Why)
		}
	}
}

func BenchmarkAll(b *testing.B) {
	for _, events := range []int{10_000, 100_000} {
		h := longTrial(events)
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				All(trace.Read(h))
			}
			b.ReportMetric(float64(len(h.Events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
