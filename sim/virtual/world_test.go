package virtual

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// run runs the processes that start sets up until the time is up, and returns what they logged.
func run(t *testing.T, until time.Duration, start func(w *World, log func(format string, args ...any))) []string {
	t.Helper()
	w := New(1)
	defer w.Close()
	var lines []string
	start(w, func(format string, args ...any) {
		lines = append(lines, fmt.Sprintf("%v ", w.Now())+fmt.Sprintf(format, args...))
	})
	if err := w.Run(until); err != nil {
		t.Fatal(err)
	}
	return lines
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestProcessesWakeInOrderOfTimeThenOfEntry(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		h := w.AddHost("a")
		for i, d := range []time.Duration{3, 1, 2, 1} {
			h.Go("sleeper", func(h sim.Host) {
				h.Sleep(d * time.Second)
				log("sleeper %d", i)
			})
		}
	})
	expect(t, got, "1s sleeper 1", "1s sleeper 3", "2s sleeper 2", "3s sleeper 0")
}

func TestPausedHostHandlesWhatPiledUpInOrder(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		server := w.AddHost("server")
		server.Serve(func(_ sim.HostID, request any) any { return request })
		w.SetLatency("server", "server", Latency{})
		client := w.AddHost("client")
		for _, way := range [][2]sim.HostID{{"client", "server"}, {"server", "client"}} {
			w.SetLatency(way[0], way[1], Latency{Base: 500 * time.Millisecond})
		}
		client.Go("timer at 3 s", func(h sim.Host) { h.Sleep(3 * time.Second); log("timer") })
		client.Go("caller", func(h sim.Host) {
			h.Sleep(time.Second)
			reply, err := client.Send("server", "hello").Wait(time.Minute) // arrives at 3 s: handshake and request
			log("reply %v %v, own clock %v", reply, err, h.Now())
		})
		client.Go("timer at 2 s", func(h sim.Host) { h.Sleep(2 * time.Second); log("timer") })
		w.Direct([]sim.Step{{
			When: sim.Trigger{After: 1500 * time.Millisecond},
			Do:   sim.Fault{Kind: sim.Pause, Host: "client", For: 10 * time.Second},
		}})
	})
	expect(t, got, "11.5s timer", "11.5s timer", "11.5s reply hello <nil>, own clock 11.5s")
}

func TestTwoPausesOfOneHostEndWithTheLaterOne(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		w.AddHost("a").Go("ticker", func(h sim.Host) {
			for range 3 {
				h.Sleep(time.Second)
				log("tick")
			}
		})
		pause := func(at, length time.Duration) sim.Step {
			return sim.Step{When: sim.Trigger{After: at}, Do: sim.Fault{Kind: sim.Pause, Host: "a", For: length}}
		}
		w.Direct([]sim.Step{pause(1500*time.Millisecond, 4*time.Second), pause(3*time.Second, 5*time.Second)})
	})
	expect(t, got, "1s tick", "8s tick", "9s tick")
}

func TestProcessIsHeldAtTheEventThatAPauseWaitsFor(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("client-1").Go("work", func(h sim.Host) {
		h.Record(sim.Event{Kind: sim.Check})
		h.Record(sim.Event{Kind: sim.Write})
		h.Record(sim.Event{Kind: sim.Done})
	})
	w.Direct([]sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Check, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: 15 * time.Second},
	}})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range w.Events() {
		got = append(got, fmt.Sprintf("%v %s", e.At, e.Kind))
	}
	expect(t, got, "0s check", "0s fault-applied", "0s fault-proven",
		"15s fault-proven", "15s fault-undone", "15s write", "15s done", "15s end")
}

func TestServerPausedAtAnEventAnswersOnlyWhenItGoesOn(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		server := w.AddHost("server")
		server.Serve(func(sim.HostID, any) any {
			server.Record(sim.Event{Kind: sim.Granted})
			return "granted"
		})
		client := w.AddHost("client")
		client.Go("caller", func(h sim.Host) {
			reply, err := client.Send("server", nil).Wait(time.Minute)
			log("%v %v after %v", reply, err, h.Now() > 5*time.Second)
		})
		w.Direct([]sim.Step{{
			When: sim.Trigger{Host: "server", Kind: sim.Granted, Nth: 1},
			Do:   sim.Fault{Kind: sim.Pause, Host: "server", For: 5 * time.Second},
		}})
	})
	if len(got) != 1 || !strings.HasSuffix(got[0], "granted <nil> after true") {
		t.Errorf("got %q", got)
	}
}

func TestSignalIsALatch(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		h := w.AddHost("a")
		s := h.NewSignal()
		wait := func(name string, timeout time.Duration) {
			h.Go(name, func(sim.Host) { log("%s: %v", name, s.Wait(timeout)) })
		}
		wait("looks too early", 0)
		wait("gives up", time.Second)
		wait("waits", time.Minute)
		wait("waits for ever", sim.Forever)
		h.Go("fires", func(h sim.Host) {
			h.Sleep(2 * time.Second)
			s.Fire()
			s.Fire()
			log("late: %v", s.Wait(0))
		})
	})
	expect(t, got, "0s looks too early: false", "1s gives up: false",
		"2s late: true", "2s waits: true", "2s waits for ever: true")
}

func TestClockStepMovesTheTimersOfItsHostOnly(t *testing.T) {
	got := run(t, time.Hour, func(w *World, log func(string, ...any)) {
		a, b := w.AddHost("a"), w.AddHost("b")
		for _, h := range []*Host{a, b} {
			h.Go("sleeper", func(h sim.Host) {
				h.Sleep(10 * time.Second)
				log("%s wakes, its clocks show %v and %s", h.ID(), h.Now(), h.Wall().Format("15:04:05"))
			})
		}
		w.After(4*time.Second, func() { a.StepMonotonic(5 * time.Second); b.StepWall(time.Minute) })
	})
	expect(t, got, "5s a wakes, its clocks show 10s and 00:00:05", "10s b wakes, its clocks show 10s and 00:01:10")
}

func TestStoppedMonotonicClockStopsTheTimers(t *testing.T) {
	got := run(t, time.Hour, func(w *World, log func(string, ...any)) {
		h := w.AddHost("a")
		h.Go("sleeper", func(h sim.Host) { h.Sleep(10 * time.Second); log("wakes at %v on its own clock", h.Now()) })
		h.Go("waiter", func(h sim.Host) { log("signal: %v", h.NewSignal().Wait(10*time.Second)) })
		h.After(10*time.Second, func() { log("callback") })
		w.After(4*time.Second, func() { h.SetMonotonicRate(0) })
		w.After(20*time.Second, func() { h.SetMonotonicRate(2 * sim.TrueRate) })
	})
	expect(t, got, "23s callback", "23s wakes at 10s on its own clock", "23s signal: false")
}

func TestTimerStops(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		h := w.AddHost("a")
		doomed := h.After(2*time.Second, func() { log("must not happen") })
		h.After(time.Second, func() { log("stops the other"); doomed.Stop(); doomed.Stop() })
	})
	expect(t, got, "1s stops the other")
}

func TestARunThatEndsWhileProcessesAreParkedUnwindsThem(t *testing.T) {
	w := New(1)
	h := w.AddHost("a")
	var unwound []string
	h.Go("sleeps", func(h sim.Host) {
		defer func() { unwound = append(unwound, "sleeps") }()
		h.Sleep(time.Hour)
		t.Error("a killed process went on")
	})
	h.Go("waits, and blocks again while it unwinds", func(h sim.Host) {
		defer h.Sleep(time.Second)
		defer func() { unwound = append(unwound, "waits") }()
		h.NewSignal().Wait(sim.Forever)
		t.Error("a killed process went on")
	})
	h.Go("calls a server that never answers", func(sim.Host) {
		defer func() { unwound = append(unwound, "calls") }()
		h.Send("a", "anybody there?").Wait(sim.Forever)
		t.Error("a killed process went on")
	})
	w.Direct([]sim.Step{{When: sim.Trigger{After: time.Second}, Do: sim.Fault{Kind: sim.Pause, Host: "a"}}})
	if err := w.Run(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if len(unwound) != 3 || len(w.processes) != 0 {
		t.Errorf("unwound %v, %d processes left", unwound, len(w.processes))
	}
}

func TestPanicOfAProcessReachesTheCallerOfRun(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a").Go("broken", func(sim.Host) { panic("a bug in the lock") })
	defer func() {
		if r := recover(); r != "a bug in the lock" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = w.Run(time.Second)
	t.Error("Run returned")
}

func TestWaitingForNothingIsReportedInsteadOfHanging(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a").Go("spins", func(h sim.Host) {
		for {
			h.Sleep(0)
		}
	})
	if err := w.Run(time.Second); err == nil || !strings.Contains(err.Error(), "time does not go on") {
		t.Errorf("err = %v", err)
	}
}

func TestBlockingOutsideAProcessIsRefused(t *testing.T) {
	w := New(1)
	defer w.Close()
	h := w.AddHost("a")
	h.After(0, func() { h.Sleep(time.Second) })
	defer func() {
		if r := recover(); !strings.Contains(fmt.Sprint(r), "outside a process") {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = w.Run(time.Second)
}

// A hundred thousand worlds, each ending with a paused host, a parked process and a call in
// flight, leave no goroutine and no memory behind.
func TestManyWorldsLeaveNothingBehind(t *testing.T) {
	worlds := 100_000
	if raceEnabled || testing.Short() {
		worlds = 20_000
	}
	before := footprint()
	for i := range worlds {
		w := New(uint64(i))
		a, b := w.AddHost("a"), w.AddHost("b")
		b.Serve(func(sim.HostID, any) any { return nil })
		a.Go("calls", func(h sim.Host) { _, _ = a.Send("b", nil).Wait(sim.Forever); h.Sleep(sim.Forever) })
		b.Go("sleeps", func(h sim.Host) { h.Sleep(time.Hour) })
		w.Direct([]sim.Step{{When: sim.Trigger{After: time.Millisecond}, Do: sim.Fault{Kind: sim.Pause, Host: "b"}}})
		if err := w.Run(time.Second); err != nil {
			t.Fatal(err)
		}
		w.Close()
	}
	after := footprint()
	if after.goroutines > before.goroutines {
		t.Errorf("%d goroutines before, %d after", before.goroutines, after.goroutines)
	}
	if after.heap > before.heap+1<<20 {
		t.Errorf("%d bytes in use before, %d after", before.heap, after.heap)
	}
}

type usage struct {
	goroutines int
	heap       uint64
}

func footprint() usage {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{runtime.NumGoroutine(), m.HeapAlloc}
}

func TestARunThatIsInterruptedEnds(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a").Go("works", func(h sim.Host) {
		for {
			h.Sleep(1)
		}
	})
	enough := errors.New("enough")
	asked := 0
	w.Interrupted = func() error {
		if asked++; asked < 3 {
			return nil
		}
		return enough
	}
	if err := w.Run(time.Hour); err != enough || w.Now() > time.Second {
		t.Errorf("it ended at %v with %v", w.Now(), err)
	}
}

func TestFarTooManyEventsAreReportedInsteadOfFillingTheMemory(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a").Go("tells", func(h sim.Host) {
		for {
			h.Sleep(1)
			h.Record(sim.Event{Kind: sim.Check})
		}
	})
	err := w.Run(time.Hour)
	if cut, ok := errors.AsType[*Runaway](err); !ok || cut.Events != sim.MaxEvents+1 || cut.At != w.Now() {
		t.Errorf("Run = %v", err)
	}
}
