package control

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
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
	s.Story = locktest.Story{Without: []sim.Kind{sim.Deadline}}
	for i, plan := range plans {
		s.Client(clients[i], 0, plan)
	}
	return s
}

func once(work time.Duration) locktest.Plan { return locktest.Hold(0, work) }

func TestNoLockIsGivenToEverybodyAtOnce(t *testing.T) {
	s := newStage(t, None{}, once(time.Second), once(time.Second))
	s.Expect(time.Minute, `
	0s client-1 granted none:client-1:1
	0s client-1 acquired none:client-1:1
	0s client-2 granted none:client-2:1
	0s client-2 acquired none:client-2:1
	1s client-1 release none:client-1:1
	1s client-1 freed none:client-1:1
	1s client-1 released none:client-1:1
	1s client-2 release none:client-2:1
	1s client-2 freed none:client-2:1
	1s client-2 released none:client-2:1
	`)
}

func TestThePerfectLockIsTakenAndGivenBack(t *testing.T) {
	s := newStage(t, Perfect{}, once(time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent perfect:client-1:1
	3ms lock-1 granted perfect:client-1:1 token 1
	4ms client-1 acquired perfect:client-1:1 token 1 until 10s
	1.004s client-1 release perfect:client-1:1
	1.005s lock-1 freed perfect:client-1:1
	1.006s client-1 released perfect:client-1:1
	`)
}

func TestThePerfectLockEndsALeaseToTheNanosecond(t *testing.T) {
	s := newStage(t, Perfect{}, once(15*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent perfect:client-1:1
	3ms lock-1 granted perfect:client-1:1 token 1
	4ms client-1 acquired perfect:client-1:1 token 1 until 10s
	10.003s lock-1 expired perfect:client-1:1
	15.004s client-1 release perfect:client-1:1
	15.006s client-1 not-released perfect:client-1:1: the lock is no longer held: its lease has ended
	`)
}

func TestThePerfectClientDiscardsAnAnswerThatComesTooLate(t *testing.T) {
	s := newStage(t, Perfect{}, once(time.Second))
	s.Pause("client-1", sim.AcquireSent, 15*time.Second)
	s.Expect(time.Minute, `
	0s client-1 acquire-sent perfect:client-1:1
	3ms lock-1 granted perfect:client-1:1 token 1
	10.003s lock-1 expired perfect:client-1:1
	15.002s client-1 not-acquired: the lock was granted, but the answer came too late to count on it
	`)
}

// crashOn switches the service off when client 1 has recorded its first event of a kind.
func crashOn(k sim.Kind, d time.Duration) []sim.Step {
	return []sim.Step{{When: locktest.On("client-1", k), Do: sim.Fault{Kind: sim.Crash, Host: PerfectID, For: d}}}
}

func TestThePerfectServiceForgetsNothingWhenItsMachineWasOff(t *testing.T) {
	second := func(h sim.Host, l backends.Lock) {
		h.Sleep(3 * time.Second) // the service is back since 2 s
		locktest.Hold(0, time.Second)(h, l)
		h.Sleep(5 * time.Second)
		locktest.Hold(0, time.Second)(h, l)
	}
	s := newStage(t, Perfect{}, once(5*time.Second), second)
	s.World.Direct(crashOn(sim.Acquired, 2*time.Second))
	s.Expect(time.Minute, `
	0s client-1 acquire-sent perfect:client-1:1
	3ms lock-1 granted perfect:client-1:1 token 1
	4ms client-1 acquired perfect:client-1:1 token 1 until 10s
	3s client-2 acquire-sent perfect:client-2:1
	3.004s client-2 not-acquired: the lock is held by somebody else
	5.004s client-1 release perfect:client-1:1
	5.007s lock-1 freed perfect:client-1:1
	5.008s client-1 released perfect:client-1:1
	8.004s client-2 acquire-sent perfect:client-2:2
	8.005s lock-1 granted perfect:client-2:2 token 2
	8.006s client-2 acquired perfect:client-2:2 token 2 until 18.004s
	9.006s client-2 release perfect:client-2:2
	9.007s lock-1 freed perfect:client-2:2
	9.008s client-2 released perfect:client-2:2
	`)
}

func TestThePerfectServiceEndsALeaseThatRanOutWhileItWasOff(t *testing.T) {
	for _, c := range []struct {
		off  time.Duration
		ends string
	}{
		{2 * time.Second, "10.003s lock-1 expired perfect:client-1:1"}, // to the nanosecond, as ever
		{12 * time.Second, "12.004s lock-1 expired perfect:client-1:1"},
	} {
		s := newStage(t, Perfect{}, once(15*time.Second))
		s.World.Direct(crashOn(sim.Acquired, c.off))
		got := s.Story.Lines(s.Run(time.Minute).Events)
		if len(got) != 6 || got[3] != c.ends {
			t.Errorf("off for %v: what happened: %q\nexpected as number 4: %q", c.off, got, c.ends)
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
		h := sim.Finish(sim.Header{}, w.Events(), w.Clock)
		if e, found := locktest.ValidOverlap(h); found {
			t.Fatalf("at %v %s acquired a lock that another client still counted on", e.At, e.Host)
		}
	})
}
