package control

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

func settings(t rapid.TB, b backends.Backend, lease time.Duration) backends.Settings {
	t.Helper()
	spec, err := backends.Registry{b}.ParseSpec(b.Name())
	if err != nil {
		t.Fatal(err)
	}
	s, err := spec.Settings(lease, b.IssuesTokens())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hold takes the lock once, works for a while, and gives it back, writing down what it
// was told.
func hold(h sim.Host, l backends.Lock, wait, work time.Duration) {
	lease, err := l.Acquire(wait)
	if err != nil {
		h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
		return
	}
	h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
	h.Sleep(work)
	h.Record(sim.Event{Kind: sim.Release, Grant: lease.Grant()})
	if err := lease.Release(); err != nil {
		h.Record(sim.Event{Kind: sim.NotReleased, Grant: lease.Grant(), Note: err.Error()})
		return
	}
	h.Record(sim.Event{Kind: sim.Released, Grant: lease.Grant()})
}

// simulate runs one client for each script, with a millisecond to the service.
func simulate(t *testing.T, b backends.Simulated, steps []sim.Step, scripts ...func(sim.Host, backends.Lock)) []string {
	t.Helper()
	w := virtual.New(1)
	defer w.Close()
	s := settings(t, b, ttl)
	for _, id := range b.Servers(s) {
		w.AddHost(id)
	}
	getLock := b.Simulate(w, s)
	for i, script := range scripts {
		id := sim.HostID(fmt.Sprintf("client-%d", i+1))
		h := w.AddHost(id)
		lock := getLock(h)
		for _, server := range b.Servers(s) {
			w.SetLatency(id, server, virtual.Latency{Base: time.Millisecond})
			w.SetLatency(server, id, virtual.Latency{Base: time.Millisecond})
		}
		h.Go("client", func(h sim.Host) { script(h, lock) })
	}
	w.Direct(steps)
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range w.Events() {
		if e.Kind == sim.End || e.Fault != "" {
			continue
		}
		line := fmt.Sprintf("%v %s %s", e.At, e.Host, e.Kind)
		if e.Grant != "" {
			line += " " + e.Grant
		}
		if e.Token != 0 {
			line += fmt.Sprintf(" token %d", e.Token)
		}
		if e.Until != 0 {
			line += fmt.Sprintf(" until %v", e.Until)
		}
		if e.Note != "" {
			line += ": " + e.Note
		}
		lines = append(lines, line)
	}
	return lines
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("what happened:\n%q\nexpected:\n%q", got, want)
	}
}

func pauseOn(k sim.Kind, d time.Duration) []sim.Step {
	return []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: d},
	}}
}

func once(work time.Duration) func(sim.Host, backends.Lock) {
	return func(h sim.Host, l backends.Lock) { hold(h, l, 0, work) }
}

func TestNoLockIsGivenToEverybodyAtOnce(t *testing.T) {
	expect(t, simulate(t, None{}, nil, once(time.Second), once(time.Second)),
		"0s client-1 granted none:client-1:1",
		"0s client-1 acquired none:client-1:1",
		"0s client-2 granted none:client-2:1",
		"0s client-2 acquired none:client-2:1",
		"1s client-1 release none:client-1:1",
		"1s client-1 freed none:client-1:1",
		"1s client-1 released none:client-1:1",
		"1s client-2 release none:client-2:1",
		"1s client-2 freed none:client-2:1",
		"1s client-2 released none:client-2:1")
}

func TestThePerfectLockIsTakenAndGivenBack(t *testing.T) {
	expect(t, simulate(t, Perfect{}, nil, once(time.Second)),
		"0s client-1 acquire-sent perfect:client-1:1",
		"3ms lock-1 granted perfect:client-1:1 token 1",
		"4ms client-1 acquired perfect:client-1:1 token 1 until 10s",
		"1.004s client-1 release perfect:client-1:1",
		"1.005s lock-1 freed perfect:client-1:1",
		"1.006s client-1 released perfect:client-1:1")
}

func TestThePerfectLockEndsALeaseToTheNanosecond(t *testing.T) {
	expect(t, simulate(t, Perfect{}, nil, once(15*time.Second)),
		"0s client-1 acquire-sent perfect:client-1:1",
		"3ms lock-1 granted perfect:client-1:1 token 1",
		"4ms client-1 acquired perfect:client-1:1 token 1 until 10s",
		"10.003s lock-1 expired perfect:client-1:1",
		"15.004s client-1 release perfect:client-1:1",
		"15.006s client-1 not-released perfect:client-1:1: "+backends.ErrLost.Error())
}

func TestThePerfectClientDiscardsAnAnswerThatComesTooLate(t *testing.T) {
	expect(t, simulate(t, Perfect{}, pauseOn(sim.AcquireSent, 15*time.Second), once(time.Second)),
		"0s client-1 acquire-sent perfect:client-1:1",
		"3ms lock-1 granted perfect:client-1:1 token 1",
		"10.003s lock-1 expired perfect:client-1:1",
		"15.002s client-1 not-acquired: "+backends.ErrTooLate.Error())
}

// crashOn switches the service off when client 1 has recorded its first event of a kind.
func crashOn(k sim.Kind, d time.Duration) []sim.Step {
	return []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Crash, Host: PerfectID, For: d},
	}}
}

func TestThePerfectServiceForgetsNothingWhenItsMachineWasOff(t *testing.T) {
	second := func(h sim.Host, l backends.Lock) {
		h.Sleep(3 * time.Second) // the service is back since 2 s
		hold(h, l, 0, time.Second)
		h.Sleep(5 * time.Second)
		hold(h, l, 0, time.Second)
	}
	expect(t, simulate(t, Perfect{}, crashOn(sim.Acquired, 2*time.Second), once(5*time.Second), second),
		"0s client-1 acquire-sent perfect:client-1:1",
		"3ms lock-1 granted perfect:client-1:1 token 1",
		"4ms client-1 acquired perfect:client-1:1 token 1 until 10s",
		"3s client-2 acquire-sent perfect:client-2:1",
		"3.004s client-2 not-acquired: "+backends.ErrHeld.Error(),
		"5.004s client-1 release perfect:client-1:1",
		"5.007s lock-1 freed perfect:client-1:1",
		"5.008s client-1 released perfect:client-1:1",
		"8.004s client-2 acquire-sent perfect:client-2:2",
		"8.005s lock-1 granted perfect:client-2:2 token 2",
		"8.006s client-2 acquired perfect:client-2:2 token 2 until 18.004s",
		"9.006s client-2 release perfect:client-2:2",
		"9.007s lock-1 freed perfect:client-2:2",
		"9.008s client-2 released perfect:client-2:2")
}

func TestThePerfectServiceEndsALeaseThatRanOutWhileItWasOff(t *testing.T) {
	for _, c := range []struct {
		off  time.Duration
		ends string
	}{
		{2 * time.Second, "10.003s lock-1 expired perfect:client-1:1"}, // to the nanosecond, as ever
		{12 * time.Second, "12.004s lock-1 expired perfect:client-1:1"},
	} {
		got := simulate(t, Perfect{}, crashOn(sim.Acquired, c.off), once(15*time.Second))
		if len(got) != 6 || got[3] != c.ends {
			t.Errorf("off for %v: what happened: %q\nexpected as number 4: %q", c.off, got, c.ends)
		}
	}
}

func TestThePerfectLockIsHeldByOneClientAtATime(t *testing.T) {
	simulate(t, Perfect{}, nil, once(5*time.Second), func(h sim.Host, l backends.Lock) {
		h.Sleep(time.Second)
		if lease, err := l.Acquire(2 * time.Second); lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire while it is held = %v, %v", lease, err)
		}
		lease, err := l.Acquire(ttl)
		if err != nil || lease.Token() != 2 || !lease.Valid() || h.Now() < 5*time.Second {
			t.Errorf("at %v Acquire = %+v, %v", h.Now(), lease, err)
		}
	})
}

func TestAnUnansweredRequestToThePerfectLockIsUnknown(t *testing.T) {
	w := virtual.New(1)
	defer w.Close()
	w.AddHost(PerfectID)
	h := w.AddHost("client-1")
	lock := Perfect{}.Simulate(w, settings(t, Perfect{}, ttl))(h)
	w.Cut(PerfectID, "client-1")
	h.Go("client", func(sim.Host) {
		if lease, err := lock.Acquire(0); lease != nil || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Acquire = %v, %v; expected sim.ErrUnknown", lease, err)
		}
	})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestWithThePerfectLockNoTwoLeasesAreValidAtOnceWhoeverIsPaused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := func(label string) time.Duration {
			return time.Duration(rapid.Int64Range(int64(ttl/20), int64(2*ttl)).Draw(t, label))
		}
		w := virtual.New(rapid.Uint64().Draw(t, "seed"))
		defer w.Close()
		w.AddHost(PerfectID)
		getLock := Perfect{}.Simulate(w, settings(t, Perfect{}, ttl))
		hosts := []sim.HostID{PerfectID, "client-1", "client-2", "client-3"}
		for _, id := range hosts[1:] {
			h, rest, work := w.AddHost(id), span("rest"), span("work")
			lock := getLock(h)
			h.Go("client", func(h sim.Host) {
				for {
					hold(h, lock, 2*ttl, work)
					h.Sleep(rest)
				}
			})
		}
		var steps []sim.Step
		for range rapid.IntRange(0, 6).Draw(t, "pauses") {
			when := sim.Trigger{After: 4 * span("at")}
			if rapid.Bool().Draw(t, "during an acquire") {
				when = sim.Trigger{Host: rapid.SampledFrom(hosts[1:]).Draw(t, "acquirer"), Kind: sim.AcquireSent, Nth: rapid.IntRange(1, 4).Draw(t, "nth")}
			}
			steps = append(steps, sim.Step{When: when, Do: sim.Fault{
				Kind: sim.Pause, Host: rapid.SampledFrom(hosts).Draw(t, "host"), For: span("pause"),
			}})
		}
		w.Direct(steps)
		if err := w.Run(10 * ttl); err != nil {
			t.Fatal(err)
		}
		holder := ""
		for _, e := range sim.Finish(sim.Header{}, w.Events(), w.Clock).Events {
			switch e.Kind {
			case sim.Acquired:
				if holder != "" {
					t.Fatalf("at %v %s acquired while %s was valid", e.At, e.Grant, holder)
				}
				holder = e.Grant
			case sim.Release, sim.Deadline:
				if e.Grant == holder {
					holder = ""
				}
			}
		}
	})
}
