//go:build linux

package live_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestEveryWayOfAskingForTheTimeIsShifted(t *testing.T) {
	needClocks(t)
	perl, err := exec.LookPath("perl")
	livetest.NeedAll(t, err)
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("clocks", []string{perl, "-e", perlClocks}); err != nil {
		t.Fatal(err)
	}
	const clocks, wallClocks = 9, 5 // the others are monotonic
	file := filepath.Join(lab.Dir("server-1"), "clocks")
	fresh := func() (bounds []float64) {
		for range 2 { // the second new file was begun after this moment
			os.Remove(file)
			eventually(t, "it tells the time", func() bool { _, err := os.Stat(file); return err == nil })
		}
		text, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(text)) {
			seconds, _ := strconv.ParseFloat(field, 64)
			bounds = append(bounds, seconds)
		}
		return bounds
	}
	// The fraction of a second is just below a whole one, so that it must nearly always be
	// carried.
	var wall, monotonic time.Duration
	for _, step := range []time.Duration{0, 3600999 * time.Millisecond, -7200 * time.Second} {
		if _, err := a.StepWall(step); err != nil {
			t.Fatal(err)
		}
		if _, err := a.StepMonotonic(step.Abs()); err != nil {
			t.Fatal(err)
		}
		wall, monotonic = wall+step, monotonic+step.Abs()
		bounds := fresh()
		if len(bounds) != 2*clocks {
			t.Fatalf("%d bounds, want two for each of %d clocks", len(bounds), clocks)
		}
		for i := range clocks {
			want := wall
			if i >= wallClocks {
				want = monotonic
			}
			if least, most := bounds[2*i], bounds[2*i+1]; want.Seconds() < least || want.Seconds() > most {
				t.Errorf("clock %d is off by %f s to %f s, want %v", i, least, most, want)
			}
		}
	}
}

func TestRealRedisBelievesItsWallClock(t *testing.T) {
	needClocks(t)
	program, err := exec.LookPath("redis-server")
	livetest.NeedAll(t, err)
	lab := newLab(t, "redis-1", "client-1")
	a := lab.Agent("redis-1")
	argv := []string{program, "--save", "", "--appendonly", "no", "--bind", a.Address(), "--protected-mode", "no"}
	if _, err := a.Start("redis-server", argv); err != nil {
		t.Fatal(err)
	}
	ask := func(command string, lines int) (answer []string, err error) {
		conn, err := a.Dial(t.Context(), "tcp", a.Address()+":6379")
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		if _, err := fmt.Fprint(conn, command+"\r\n"); err != nil {
			return nil, err
		}
		for s := bufio.NewScanner(conn); len(answer) < lines && s.Scan(); {
			answer = append(answer, s.Text())
		}
		return answer, nil
	}
	asked := 0
	a.ProveClock = func(context.Context) (time.Time, error) {
		asked++
		answer, err := ask("TIME", 5)
		if err != nil || len(answer) < 5 {
			return time.Time{}, errors.Join(err, fmt.Errorf("TIME: %q", answer))
		}
		seconds, err1 := strconv.ParseInt(answer[2], 10, 64)
		micros, err2 := strconv.ParseInt(answer[4], 10, 64)
		return time.Unix(seconds, micros*1000), errors.Join(err1, err2)
	}
	eventually(t, "redis takes a key for ten seconds", func() bool {
		answer, _ := ask("SET lock me PX 10000", 1)
		return len(answer) == 1 && answer[0] == "+OK"
	})
	startDuty(t, lab, "client-1", "client", nil)
	const step = 15 * time.Second
	w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.ClockFault, Host: "redis-1", Clock: sim.WallClock, Step: step})})
	play(t, w, time.Minute, "client-1")
	if asked != 1 {
		t.Errorf("redis was asked for its time %d times, want once", asked)
	}
	if answer, err := ask("GET lock", 1); err != nil || answer[0] != "$-1" {
		t.Errorf("the key is still there: %q, %v", answer, err)
	}
	if now, err := a.ProveClock(t.Context()); err != nil || !near(time.Until(now), step) {
		t.Errorf("redis says it is %v, %v", now, err)
	}
	if err := w.Heal(); err != nil {
		t.Fatal(err)
	}
	if now, err := a.ProveClock(t.Context()); err != nil || !near(time.Until(now), 0) {
		t.Errorf("after the step redis says it is %v, %v", now, err)
	}
}

func TestServerThatTellsAnotherTimeLeavesTheStepUnproven(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "server-1", "client-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	a.ProveClock = func(context.Context) (time.Time, error) { return time.Now(), nil }
	startDuty(t, lab, "client-1", "client", nil)
	steps := []sim.Step{at(sim.Fault{Kind: sim.ClockFault, Host: "server-1", Clock: sim.WallClock, Step: time.Hour})}
	events, err := live.NewWorld(lab, steps).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	if e := first(t, events, sim.FaultUnproven); !strings.Contains(e.Note, "expected 1h0m0s") {
		t.Errorf("unproven, because %s", e.Note)
	}
}

// Patching and restoring code under a program that constantly reads the clock on many threads
// must change nothing but the wall clock.
func TestHundredStepsUnderLoadDoNoHarm(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1")
	p := startDuty(t, lab, "client-1", "spinner", nil)
	if err := p.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := lab.Agent("client-1")
	for range 100 {
		for _, step := range []time.Duration{time.Hour, -time.Hour} {
			if _, err := a.StepWall(step); err != nil {
				t.Fatal(err)
			}
		}
	}
	events := play(t, live.NewWorld(lab, nil), time.Minute, "client-1")
	if e := first(t, events, sim.Check); e.Balance < 1000 {
		t.Errorf("it read the clock only %d times", e.Balance)
	}
}

func TestEmptyHostHasNoClock(t *testing.T) {
	needClocks(t)
	lab := newLab(t, "client-1", "empty")
	startDuty(t, lab, "client-1", "client", nil)
	var steps []sim.Step
	for _, clock := range []sim.ClockName{sim.WallClock, sim.MonotonicClock} {
		steps = append(steps, at(sim.Fault{Kind: sim.ClockFault, Host: "empty", Clock: clock, Step: time.Second}))
	}
	steps = append(steps, at(sim.Fault{Kind: sim.Suspend, Host: "empty"}), at(sim.Fault{Kind: sim.Crash, Host: "empty"}))
	events, err := live.NewWorld(lab, steps).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, e := range events {
		if e.Kind == sim.FaultUnproven && strings.Contains(e.Note, "no process") {
			refused++
		}
	}
	if refused != len(steps) {
		t.Errorf("%d of %d faults were refused", refused, len(steps))
	}
}

// A shift that no process could see is not proven; one that was seen stays proven if the process
// dies.
func TestClockThatNobodyHasSeenIsNotProven(t *testing.T) {
	needClocks(t)
	step := sim.Fault{Kind: sim.ClockFault, Host: server1, Clock: sim.WallClock, Step: time.Hour, For: 20 * time.Millisecond}
	crash := sim.Fault{Kind: sim.Crash, Host: server1}
	for _, c := range []struct {
		faults   []sim.Fault
		unproven int
	}{
		{[]sim.Fault{step, crash}, 0},
		{[]sim.Fault{crash, step}, 2}, // when it was applied, and before it was undone
	} {
		lab := newLab(t, client1, server1)
		if _, err := lab.Agent(server1).Start("server", []string{"sleep", "1000"}); err != nil {
			t.Fatal(err)
		}
		startDuty(t, lab, client1, "never-done", nil)
		events, err := live.NewWorld(lab, []sim.Step{at0(c.faults[0]), at0(c.faults[1])}).Run(t.Context(), 100*time.Millisecond, []sim.HostID{client1})
		if err != nil {
			t.Fatal(err)
		}
		unproven := 0
		for _, e := range events {
			if e.Kind == sim.FaultUnproven {
				unproven++
				if !strings.Contains(e.Note, "no process on host server-1 has seen") {
					t.Errorf("unproven, because %s", e.Note)
				}
			}
		}
		if unproven != c.unproven {
			t.Errorf("%s and then %s: %d times unproven, want %d", c.faults[0].Lane(), c.faults[1].Lane(), unproven, c.unproven)
		}
	}
}
