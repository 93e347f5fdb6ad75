//go:build linux

package live_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"golang.org/x/sys/unix"
)

// Every host is measured throughout a trial, and faults on links do not disturb this.
func TestEveryHostOfATrialIsMeasured(t *testing.T) {
	hosts := []sim.HostID{"client-1", "client-2", "redis-1"}
	lab := newLab(t, hosts...)
	for _, id := range hosts[:2] {
		startDuty(t, lab, id, "never-done", nil)
	}
	w := live.NewWorld(lab, []sim.Step{{Do: sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{{"client-1"}, {"client-2", "redis-1"}}}}})
	w.Pace = &sim.Pace{Margin: 40 * time.Millisecond}
	events := play(t, w, 500*time.Millisecond, hosts[:2]...)
	end := events[len(events)-1].At
	measured := map[sim.HostID]sim.Lateness{}
	for _, m := range w.Pace.Measured {
		measured[m.Host] = m
	}
	if len(measured) != 4 || len(w.Pace.Measured) != 4 {
		t.Fatalf("measured %+v, want each host and the switch once", w.Pace.Measured)
	}
	for _, id := range append(hosts, "") {
		m, late := measured[id], lateness(events, id)
		if id != "redis-1" && m.Wakes == 0 || id != "" && m.Trips == 0 {
			t.Errorf("host %q: %+v", id, m)
		}
		// A pulse wakes up once in each period, or reports how late it was.
		if least := int64((end - late) / (20 * time.Millisecond) / 2); id != "redis-1" && m.Wakes < least-2 {
			t.Errorf("host %q: woke up %d times in %v of which it was %v late, want %d", id, m.Wakes, end, late, least)
		}
		if m.Woke > w.Pace.Bearable() || m.Trip > w.Pace.Bearable() {
			t.Errorf("host %q: what cannot be borne is an event, got %+v", id, m)
		}
	}
}

// lateness is the total lateness of a host according to the events.
func lateness(events []sim.Event, host sim.HostID) (sum time.Duration) {
	for _, e := range events {
		if e.Kind == sim.Late && e.Host == host {
			sum += e.Late
		}
	}
	return sum
}

// A process that stands still is late if nothing in the script stops it.
func TestAProcessThatStandsStillIsLate(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	stopped := startDuty(t, lab, "client-1", "never-done", nil)
	startDuty(t, lab, "client-2", "never-done", nil)
	w := live.NewWorld(lab, nil)
	const margin, still = 200 * time.Millisecond, 400 * time.Millisecond
	w.Pace = &sim.Pace{Margin: margin}
	over := make(chan struct{})
	var stopping sync.WaitGroup
	stopping.Go(func() { // again and again, as the moment of the trial's start is unknown on a busy machine
		for {
			for _, signal := range []unix.Signal{unix.SIGCONT, unix.SIGSTOP} {
				unix.Kill(stopped.Pid(), signal)
				select {
				case <-time.After(still):
				case <-over:
					unix.Kill(stopped.Pid(), unix.SIGCONT)
					return
				}
			}
		}
	})
	events := play(t, w, 6*still, "client-1", "client-2")
	close(over)
	stopping.Wait()
	if !slices.ContainsFunc(events, func(e sim.Event) bool {
		return e.Kind == sim.Late && e.Host == "client-1" && e.Late >= still-margin/2 && e.Note == "a process of client-1 woke up that late"
	}) {
		events = slices.DeleteFunc(events, func(e sim.Event) bool { return e.Kind != sim.Late })
		t.Errorf("client-1 stood still for %v, and no event says so, but only %+v", still, events)
	}
}

// Without a Pace no process has a pulse.
func TestWhatATrialDoesNotAskForIsNotMeasured(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	startDuty(t, lab, "client-1", "client", nil)
	startDuty(t, lab, "client-2", "client", nil)
	w := live.NewWorld(lab, nil)
	for _, e := range play(t, w, time.Minute, "client-1", "client-2") {
		if e.Kind == sim.Late {
			t.Errorf("got %+v", e)
		}
	}
	if w.Pace != nil {
		t.Errorf("got %+v", w.Pace)
	}
}

// If the harness carries out a step late, the trial is not the script as written.
func TestAStepThatComesLateIsWrittenDown(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	for _, id := range []sim.HostID{"client-1", "client-2"} {
		startDuty(t, lab, id, "never-done", nil)
	}
	w := live.NewWorld(lab, []sim.Step{{When: sim.Trigger{After: 50 * time.Millisecond}, Do: sim.Fault{Kind: sim.Pause, Host: sim.HostID(sim.Leader), For: 50 * time.Millisecond}}})
	const margin, slow = 200 * time.Millisecond, 300 * time.Millisecond
	w.Pace = &sim.Pace{Margin: margin}
	w.Who = func(sim.Role) []sim.HostID {
		time.Sleep(slow)
		return []sim.HostID{"client-2"}
	}
	events := play(t, w, time.Second, "client-1", "client-2")
	i := slices.IndexFunc(events, func(e sim.Event) bool {
		return e.Kind == sim.Late && e.Host == "" && strings.Contains(e.Note, "pause client-2 came that late")
	})
	if i < 0 || events[i].Late < slow {
		t.Errorf("the step was %v late, and the events say %+v", slow, events)
	}
}

// A host that is switched on again too late is recorded as late, although it had no process that
// could wake up.
func TestAHostThatIsSwitchedOnAgainLateIsLate(t *testing.T) {
	lab := newLab(t, "client-1", "redis-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	const margin, slow = 200 * time.Millisecond, 300 * time.Millisecond
	idle := live.BeforeRestart(func() error {
		time.Sleep(slow)
		return nil
	})
	if _, err := lab.Agent("redis-1").Start("server", []string{"sleep", "1000"}, idle); err != nil {
		t.Fatal(err)
	}
	w := live.NewWorld(lab, []sim.Step{{When: sim.Trigger{After: 50 * time.Millisecond}, Do: sim.Fault{Kind: sim.Crash, Host: "redis-1", For: 50 * time.Millisecond}}})
	w.Pace = &sim.Pace{Margin: margin}
	events := play(t, w, time.Second, "client-1")
	i := slices.IndexFunc(events, func(e sim.Event) bool {
		return e.Kind == sim.Late && e.Host == "redis-1" && e.Note == "redis-1 was switched on again that late"
	})
	if i < 0 || events[i].Late < slow {
		t.Errorf("the host was back %v late, and the events say %+v", slow, events)
	}
}
