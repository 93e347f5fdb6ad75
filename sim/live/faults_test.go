//go:build linux

package live_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

func TestLiveWorldSaysWhichFaultsItCannotDo(t *testing.T) {
	needClocks(t)
	clock := func(name sim.ClockName, step, length time.Duration, rate int64) sim.Fault {
		return sim.Fault{Kind: sim.ClockFault, Host: sim.Leader, Clock: name, Step: step, For: length, Rate: rate}
	}
	for _, c := range []struct {
		fault sim.Fault
		why   string // empty: it can
	}{
		{clock(sim.WallClock, time.Second, time.Second, 0), ""},
		{clock(sim.WallClock, -time.Second, 0, 0), ""},
		{clock(sim.MonotonicClock, time.Second, 0, 0), ""},
		{clock(sim.MonotonicClock, time.Second, time.Second, 0), "cannot undo"},
		{clock(sim.MonotonicClock, -time.Second, 0, 0), "cannot be set back"},
		{clock(sim.WallClock, 0, 0, 2), "how fast"},
		{sim.Fault{Kind: sim.Suspend}, ""},
		{sim.Fault{Kind: sim.Crash}, ""},
		{sim.Fault{Kind: sim.Pause}, ""},
		{sim.Fault{Kind: sim.Drop, Probability: 0.005}, ""},
		{sim.Fault{Kind: sim.Drop, Probability: 0.004}, "too rare"},
		{sim.Fault{Kind: "earthquake"}, "earthquake"},
	} {
		err := live.CanDo(c.fault)
		if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%+v: %v, want %q", c.fault, err, c.why)
		}
	}
}

// at0 makes a step that is done before the clients start.
func at0(f sim.Fault) sim.Step { return sim.Step{Do: f} }

func TestRolesAreAskedOfTheLockService(t *testing.T) {
	lab := newLab(t, "server-1", "server-2", "client-1")
	for _, id := range []sim.HostID{"server-1", "server-2"} {
		if _, err := lab.Agent(id).Start("server", []string{"sleep", "1000"}); err != nil {
			t.Fatal(err)
		}
	}
	startDuty(t, lab, "client-1", "client", nil)
	w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.Pause, Host: sim.Leader})})
	w.Who = func(role sim.Role) []sim.HostID {
		if role == sim.Leader {
			return []sim.HostID{"server-2"}
		}
		return nil
	}
	events := play(t, w, time.Minute, "client-1")
	if e := first(t, events, sim.FaultApplied); e.Host != "server-2" {
		t.Errorf("the leader is %s, want server-2", e.Host)
	}
	if hosts := w.Role(sim.Master); hosts != nil {
		t.Errorf("nobody is master, and %v was found", hosts)
	}
}

func TestTwoPausesEndWithTheSecond(t *testing.T) {
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	if _, err := a.Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.Pause(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(a.Resume(), a.Paused()); err != nil {
		t.Errorf("one of two pauses has ended, and: %v", err)
	}
	if err := a.Resume(); err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Paused(), "expected T")
	wantError(t, a.Resume(), "not stopped")
}
