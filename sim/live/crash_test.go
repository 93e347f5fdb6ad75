//go:build linux

package live_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// at returns a step that fires when client-1 records "acquired", and holds it there.
func at(f sim.Fault) sim.Step {
	return sim.Step{When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1}, Do: f}
}

// patient is the length of trials in which something happens after 50 ms, on a machine that may
// be busy with other things.
const patient = 600 * time.Millisecond

// play runs a world to its end. Every fault must be proven.
func play(t *testing.T, w *live.World, until time.Duration, clients ...sim.HostID) []sim.Event {
	t.Helper()
	events, err := w.Run(t.Context(), until, clients)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == sim.FaultUnproven {
			t.Fatalf("fault %d on %s was not proven: %s", e.Fault, e.Host, e.Note)
		}
	}
	return events
}

// From the stamp of a crash on, the host does nothing; it does something again only after the
// stamp of the crash's end.
func TestACrashedHostIsStillBetweenTheStampsOfTheFault(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "restless", nil)
	steps := []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Check, Nth: 20, After: 100 * time.Microsecond},
		Do:   sim.Fault{Kind: sim.Crash, Host: "client-1", For: 5 * time.Millisecond},
	}}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	applied, undone := first(t, events, sim.FaultApplied).At, first(t, events, sim.FaultUndone).At
	for _, e := range events {
		if (e.Kind == sim.Check || e.Kind == sim.Done) && applied < e.At && e.At < undone {
			t.Errorf("it did something (%s) at %v, between %v and %v", e.Kind, e.At, applied, undone)
		}
	}
}

func TestCrashKillsEverythingAndRestartStartsItAgainInTheSameDirectory(t *testing.T) {
	lab := newLab(t, "client-1", "server-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	a := lab.Agent("server-1")
	lives := filepath.Join(lab.Dir("server-1"), "lives")
	read := func() string { text, _ := os.ReadFile(lives); return string(text) }
	var hooks []string
	// A server with a child in a session of its own that ignores every signal it can.
	script := `echo "$0 $COLOUR" >> lives; setsid sh -c 'trap "" TERM HUP; sleep 1000; :' & wait`
	_, err := a.Start("server", []string{"sh", "-c", script, "argument"}, live.WithEnv("COLOUR=green"),
		live.BeforeStart(note(&hooks, "start")), live.BeforeRestart(note(&hooks, "restart")))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server runs", func() bool { return read() == "argument green\n" })
	steps := []sim.Step{{
		When: sim.Trigger{After: 20 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Crash, Host: "server-1", For: 30 * time.Millisecond},
	}}
	events := play(t, live.NewWorld(lab, steps), patient, "client-1")
	var got []sim.Kind
	for _, e := range events {
		if e.Fault != 0 {
			got = append(got, e.Kind)
		}
	}
	if want := []sim.Kind{sim.FaultApplied, sim.FaultProven, sim.FaultProven, sim.FaultUndone}; !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	eventually(t, "the server runs again", func() bool { return read() == "argument green\nargument green\n" })
	if want := []string{"start", "restart", "start"}; !slices.Equal(hooks, want) {
		t.Errorf("called %q, want %q", hooks, want)
	}
}

func note(called *[]string, name string) func() error {
	return func() error { *called = append(*called, name); return nil }
}

func TestCrashedHostRunsNothingUntilItIsRestarted(t *testing.T) {
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	wantError(t, a.Crash(), "server-1", "no process")
	p, err := a.Start("server", []string{"sh", "-c", "sleep 1000 & sleep 1000"})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Crashed(), "is not down")
	if err := a.Pause(); err != nil { // stopped processes die too, and the pause ends with them
		t.Fatal(err)
	}
	for range 2 { // two crashes at once
		if err := a.Crash(); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Crashed(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the process has ended", func() bool { return isClosed(p.Done()) })
	_, err = a.Start("late", []string{"sh"})
	wantError(t, err, "host is down")
	wantError(t, a.Pause(), "host is down")
	if procs, err := a.Restart(); err != nil || len(procs) != 0 {
		t.Errorf("one of two crashes was taken back: %v, %v", procs, err)
	}
	if err := a.Crashed(); err != nil {
		t.Errorf("the host runs although a second crash is in effect: %v", err)
	}
	procs, err := a.Restart()
	if err != nil || len(procs) != 1 || procs[0].Name() != "server" {
		t.Fatalf("restarted %v, %v", procs, err)
	}
	wantError(t, a.Crashed(), "is not down")
	_, err = a.Restart()
	wantError(t, err, "is not down")
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestRestartThatFailsIsReported(t *testing.T) {
	lab := newLab(t, "server-1")
	a := lab.Agent("server-1")
	fails := live.BeforeRestart(func() error { return errors.New("the disk is broken") })
	if _, err := a.Start("server", []string{"sleep", "1000"}, fails); err != nil {
		t.Fatal(err)
	}
	if err := a.Crash(); err != nil {
		t.Fatal(err)
	}
	_, err := a.Restart()
	wantError(t, err, "restart host server-1", "the disk is broken")
}

func TestCrashedClientBeginsAnewWithOtherRandomNumbers(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "reborn", nil)
	steps := []sim.Step{at(sim.Fault{Kind: sim.Crash, Host: "client-1", For: 20 * time.Millisecond})}
	events := play(t, live.NewWorld(lab, steps), time.Minute, "client-1")
	var got []sim.Kind
	var drawn []uint64
	for _, e := range events {
		if got = append(got, e.Kind); e.Kind == sim.Acquired {
			drawn = append(drawn, e.Token)
		}
	}
	want := []sim.Kind{
		sim.Acquired, sim.FaultApplied, sim.FaultProven, sim.FaultProven, sim.FaultUndone,
		sim.Acquired, sim.Done, sim.End,
	}
	if !slices.Equal(got, want) {
		t.Fatalf("events %v,\nwant   %v", got, want)
	}
	if drawn[0] == drawn[1] {
		t.Errorf("both lives drew %d", drawn[0])
	}
	if now := events[5].Until; now < events[4].At {
		t.Errorf("the second life began at %v and found its clock at %v", events[4].At, now)
	}
}

func TestCrashedClientThatIsNotRestartedIsNeverDone(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	startDuty(t, lab, "client-1", "reborn", nil)
	startDuty(t, lab, "client-2", "client", nil)
	steps := []sim.Step{at(sim.Fault{Kind: sim.Crash, Host: "client-1"})}
	events := play(t, live.NewWorld(lab, steps), 100*time.Millisecond, "client-1", "client-2")
	if last := events[len(events)-1]; last.Note != sim.TimeUp {
		t.Errorf("the trial ended with %q, want %q", last.Note, sim.TimeUp)
	}
}

// A machine that is switched off neither resets nor refuses connections.
func TestPeersOfACrashedHostAreNotTold(t *testing.T) {
	lab := newLab(t, "client-1", "server-1")
	p := startDuty(t, lab, "server-1", "listener", lab.Address("server-1"))
	if err := p.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	startDuty(t, lab, "client-1", "caller", lab.Address("server-1"))
	steps := []sim.Step{at(sim.Fault{Kind: sim.Crash, Host: "server-1"})}
	tried := 0
	for _, e := range play(t, live.NewWorld(lab, steps), time.Minute, "client-1") {
		if e.Kind == sim.Check {
			tried++
			if !strings.Contains(e.Note, "timeout") {
				t.Errorf("the client found out: %s", e.Note)
			}
		}
	}
	if tried != 2 {
		t.Errorf("it tried %d times, want 2", tried)
	}
}

func TestObserverOutlivesTheCrashOfItsHost(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	if _, err := lab.Agent("client-1").StartHelper("observer", nil); err != nil {
		t.Fatal(err)
	}
	steps := []sim.Step{{
		When: sim.Trigger{After: 20 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Crash, Host: "client-1"},
	}}
	events := play(t, live.NewWorld(lab, steps), patient, "client-1")
	crashed := first(t, events, sim.FaultApplied).At
	seen := 0
	for _, e := range events {
		if e.At > crashed && e.Kind == sim.Check {
			t.Fatalf("client-1 is down since %v and recorded %+v", crashed, e)
		}
		if e.At > crashed && e.Kind == sim.Extended {
			seen++
		}
	}
	if seen == 0 {
		t.Error("the observer died with the host")
	}
	if e := first(t, events, sim.Freed); e.Note != "last word" {
		t.Errorf("the observer's last word is %q", e.Note)
	}
}

// A lab serves one trial after the other: a crash in the first does not disturb the second, and
// Heal brings the hosts back.
func TestHealedLabServesAnotherTrial(t *testing.T) {
	lab := newLab(t, "client-1", "server-1", "server-2")
	for _, id := range []sim.HostID{"server-1", "server-2"} {
		if _, err := lab.Agent(id).Start("server", []string{"sleep", "1000"}); err != nil {
			t.Fatal(err)
		}
	}
	startDuty(t, lab, "client-1", "client", nil)
	w := live.NewWorld(lab, []sim.Step{
		at(sim.Fault{Kind: sim.Crash, Host: "server-1"}),
		at(sim.Fault{Kind: sim.Pause, Host: "server-2"}),
	})
	if err := w.Heal(); err == nil {
		t.Error("a trial was healed that had not even begun")
	}
	play(t, w, time.Minute, "client-1")
	if err := errors.Join(lab.Agent("server-1").Crashed(), lab.Agent("server-2").Paused()); err != nil {
		t.Fatal(err)
	}
	if err := w.Heal(); err != nil {
		t.Fatal(err)
	}
	wantError(t, lab.Agent("server-1").Crashed(), "is not down")
	wantError(t, lab.Agent("server-2").Paused(), "expected T")
	startDuty(t, lab, "client-1", "client", nil)
	events := play(t, live.NewWorld(lab, nil), time.Minute, "client-1")
	if n := len(kinds(events, "client-1")); n != 3 {
		t.Errorf("the second trial has %d events of the client, want 3", n)
	}
}

// A lab that is reused does not remember everything that has ever run in it.
func TestLabForgetsWhatEarlierTrialsHaveDoneWith(t *testing.T) {
	lab := newLab(t, client1, server1)
	if _, err := lab.Agent(server1).Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	var clients []*live.Proc
	for range 3 {
		clients = append(clients, startDuty(t, lab, client1, "client", nil))
		if _, err := lab.Agent(server1).StartHelper("observer", nil); err != nil {
			t.Fatal(err)
		}
		w := live.NewWorld(lab, []sim.Step{at(sim.Fault{Kind: sim.Crash, Host: server1})})
		play(t, w, time.Minute, client1)
		if err := w.Heal(); err != nil {
			t.Fatal(err)
		}
	}
	// The server once more, and the last trial's crashed server, client and observer.
	if procs, helpers := lab.Kept(); procs != 4 || helpers != 1 {
		t.Errorf("it remembers %d processes and %d helpers, want 4 and 1", procs, helpers)
	}
	if clients[0].Listens() {
		t.Error("the first trial is still told of events")
	}
}

// A process that has the pid of an earlier helper is still affected by faults.
func TestHelperThatHasEndedShieldsNobody(t *testing.T) {
	lab := newLab(t, server1)
	a := lab.Agent(server1)
	p, err := a.Start("server", []string{"sleep", "1000"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Haunt(p.Pid()); err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Crashed(), "is not down")
	if err := a.Pause(); err != nil {
		t.Error(err)
	}
}
