package control

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

func settings[B backends.Backend](t rapid.TB, b B, lease time.Duration) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, b.Name(), lease, b.IssuesTokens(), b)
	return s
}

// newStage puts clients on a stage, each with a plan.
func newStage[B backends.Simulated](t *testing.T, b B, plans ...locktest.Plan) *locktest.Stage {
	t.Helper()
	var clients []sim.HostID
	for i := range plans {
		clients = append(clients, sim.HostID(fmt.Sprintf("client-%d", i+1)))
	}
	s := locktest.NewStage(t, b, settings(t, b, ttl), 1, clients...)
	s.Story = locktest.Story{Letters: true, Without: []sim.Kind{sim.Deadline}}
	for i, plan := range plans {
		s.Client(clients[i], 0, plan)
	}
	return s
}

func once(work time.Duration) locktest.Plan { return locktest.Hold(0, work) }

func TestNoLockIsGivenToEverybodyAtOnce(t *testing.T) {
	s := newStage(t, None{}, once(time.Second), once(time.Second))
	s.Expect(time.Minute, `
	0s client-1 granted A
	0s client-1 acquired A
	0s client-2 granted B
	0s client-2 acquired B
	1s client-1 release A
	1s client-1 freed A
	1s client-1 released A
	1s client-2 release B
	1s client-2 freed B
	1s client-2 released B
	`)
}

func TestThePerfectLockIsTakenAndGivenBack(t *testing.T) {
	s := newStage(t, Perfect{}, once(time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms lock-1 granted A token 1
	4ms client-1 acquired A token 1 until 10s
	1.004s client-1 release A
	1.005s lock-1 freed A
	1.006s client-1 released A
	`)
}

func TestThePerfectLockEndsALeaseToTheNanosecond(t *testing.T) {
	s := newStage(t, Perfect{}, once(15*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms lock-1 granted A token 1
	4ms client-1 acquired A token 1 until 10s
	10.003s lock-1 expired A
	15.004s client-1 release A
	15.006s client-1 not-released A: the lock is no longer held: its lease has ended
	`)
}

func TestThePerfectClientDiscardsAnAnswerThatComesTooLate(t *testing.T) {
	s := newStage(t, Perfect{}, once(time.Second))
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms lock-1 granted A token 1
	10.003s lock-1 expired A
	15.002s client-1 not-acquired: the lock was granted, but the answer came too late to count on it
	`)
}

// crashOn switches off the service when client 1 has recorded its first event of a kind.
func crashOn(k sim.Kind, d time.Duration) []sim.Step {
	return []sim.Step{{When: locktest.On("client-1", k), Do: sim.Fault{Kind: sim.Crash, Host: PerfectID, For: d}}}
}

func TestThePerfectServiceForgetsNothingWhenItsMachineWasOff(t *testing.T) {
	second := func(h sim.Host, l backends.Lock) {
		h.Sleep(3 * time.Second) // the service has been back since 2 s
		locktest.Hold(0, time.Second)(h, l)
		h.Sleep(5 * time.Second)
		locktest.Hold(0, time.Second)(h, l)
	}
	s := newStage(t, Perfect{}, once(5*time.Second), second)
	s.World.Direct(crashOn(sim.Acquired, 2*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent A
	3ms lock-1 granted A token 1
	4ms client-1 acquired A token 1 until 10s
	3s client-2 acquire-sent B
	3.004s client-2 not-acquired: the lock is held by somebody else
	5.004s client-1 release A
	5.007s lock-1 freed A
	5.008s client-1 released A
	8.004s client-2 acquire-sent C
	8.005s lock-1 granted C token 2
	8.006s client-2 acquired C token 2 until 18.004s
	9.006s client-2 release C
	9.007s lock-1 freed C
	9.008s client-2 released C
	`)
}

func TestThePerfectServiceEndsALeaseThatRanOutWhileItWasOff(t *testing.T) {
	for _, c := range []struct {
		off  time.Duration
		ends string
	}{
		{2 * time.Second, "10.003s lock-1 expired A"}, // to the nanosecond, as always
		{12 * time.Second, "12.004s lock-1 expired A"},
	} {
		s := newStage(t, Perfect{}, once(15*time.Second))
		s.World.Direct(crashOn(sim.Acquired, c.off))
		got := s.Story.Lines(s.Run(time.Minute).Events)
		if len(got) != 6 || got[3] != c.ends {
			t.Errorf("off for %v: what happened: %q\nexpected as number 4: %q", c.off, got, c.ends)
		}
	}
}

func TestAClientThatStartsAgainGivesItsGrantsOtherNames(t *testing.T) {
	for _, b := range []backends.Simulated{None{}, Perfect{}} {
		w := virtual.New(1)
		defer w.Close()
		for _, id := range b.Servers(backends.Settings{}) {
			w.AddHost(id)
		}
		_, set := locktest.Parse(t, b.Name(), ttl, b.IssuesTokens(), b)
		getLock := b.Simulate(w, set)
		var names []string
		h := w.AddHost("client-1")
		h.Boot(func() {
			lock := getLock(h)
			h.Go("client", func(sim.Host) {
				lease, err := lock.Acquire(2 * ttl)
				if err != nil {
					t.Errorf("%s: %v", b.Name(), err)
					return
				}
				names = append(names, lease.Grant())
			})
		})
		w.Direct([]sim.Step{{When: sim.Trigger{After: time.Second}, Do: sim.Fault{Kind: sim.Crash, Host: "client-1", For: 2 * ttl}}})
		if err := w.Run(time.Minute); err != nil {
			t.Fatal(err)
		}
		if len(names) != 2 || names[0] == names[1] {
			t.Errorf("%s: before and after the crash the grants were called %q", b.Name(), names)
		}
	}
}

func TestThePerfectLockIsHeldByOneClientAtATime(t *testing.T) {
	s := newStage(t, Perfect{}, once(5*time.Second), func(h sim.Host, l backends.Lock) {
		h.Sleep(time.Second)
		if lease, err := l.Acquire(2 * time.Second); lease != nil || !errors.Is(err, backends.ErrHeld) {
			t.Errorf("Acquire while it is held = %v, %v", lease, err)
		}
		lease, err := l.Acquire(ttl)
		if err != nil || lease.Token() != 2 || !lease.Valid() || h.Now() < 5*time.Second {
			t.Errorf("at %v Acquire = %+v, %v", h.Now(), lease, err)
		}
	})
	s.Run(time.Minute)
}

func TestAnUnansweredRequestToThePerfectLockIsUnknown(t *testing.T) {
	s := newStage(t, Perfect{}, func(_ sim.Host, l backends.Lock) {
		if lease, err := l.Acquire(0); lease != nil || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Acquire = %v, %v; expected sim.ErrUnknown", lease, err)
		}
	})
	s.World.Cut(PerfectID, "client-1")
	s.Run(time.Minute)
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
					locktest.Hold(2*ttl, work)(h, lock)
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
		h := trace.Finish(sim.Header{Faults: w.Faults()}, w.Events(), w.Clock)
		if e, found := locktest.ValidOverlap(h); found {
			t.Fatalf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
		}
	})
}
