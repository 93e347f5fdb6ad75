//go:build linux

package live_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

func TestTrialEndsWhenAllClientsAreDone(t *testing.T) {
	lab := newLab(t, "client-1", "client-2", "ledger")
	startDuty(t, lab, "client-1", "client", nil)
	startDuty(t, lab, "client-2", "client", nil)
	startDuty(t, lab, "ledger", "ledger", nil)
	events, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1", "client-2"})
	if err != nil {
		t.Fatal(err)
	}
	want := []sim.Kind{sim.Acquired, sim.Check, sim.Done}
	for _, id := range []sim.HostID{"client-1", "client-2"} {
		if got := kinds(events, id); !slices.Equal(got, want) {
			t.Errorf("%s recorded %v, want %v", id, got, want)
		}
	}
	if e := first(t, events, sim.LedgerOpened); e.At != 0 || e.Host != "ledger" || e.Balance != 100 {
		t.Errorf("what the ledger recorded before the start is %+v, want it at 0", e)
	}
	last := events[len(events)-1]
	if last.Kind != sim.End || last.Note != sim.AllDone {
		t.Errorf("the last event is %+v", last)
	}
	for i, e := range events[1:] {
		if e.At < events[i].At {
			t.Errorf("events out of order: %+v before %+v", events[i], e)
		}
	}
}

// A trial in which far too much happens is cut off. The lab is closed while its processes still
// run.
func TestATrialThatRunsAwayIsCut(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "runaway", nil)
	events, err := live.NewWorld(lab, nil).Run(t.Context(), time.Hour, []sim.HostID{"client-1"})
	if err == nil || !strings.Contains(err.Error(), "the trial failed: it was cut at ") || !strings.Contains(err.Error(), ", with 200000 events: ") {
		t.Errorf("got %v", err)
	}
	if len(events) != sim.MaxEvents {
		t.Errorf("%d events were recorded", len(events))
	}
}

// A process that is delayed while it relates its clock to the machine's is behind true time
// forever. So some may be late, but not all of them, and none is ahead.
func TestClockThatNobodyTouchesShowsTrueTime(t *testing.T) {
	hosts := []sim.HostID{"client-1", "client-2", "client-3", "client-4"}
	lab := newLab(t, hosts...)
	for _, id := range hosts {
		startDuty(t, lab, id, "truthteller", nil)
	}
	events := play(t, live.NewWorld(lab, nil), time.Minute, hosts...)
	least := time.Hour
	for _, id := range hosts {
		own := slices.DeleteFunc(slices.Clone(events), func(e sim.Event) bool { return e.Host != id })
		before, shown, after := first(t, own, sim.Acquired).Until, first(t, own, sim.Check).Until, first(t, own, sim.Release).Until
		if shown > after+time.Microsecond {
			t.Errorf("at %v of true time or before, the clock of %s showed %v", after, id, shown)
		}
		least = min(least, before-shown)
	}
	if least > 5*time.Millisecond {
		t.Errorf("the clocks are %v or more behind true time although nobody touched them", least)
	}
}

func TestTrialEndsWhenTimeIsUp(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	const until = 50 * time.Millisecond
	events, err := live.NewWorld(lab, nil).Run(t.Context(), until, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.Kind != sim.End || last.Note != sim.TimeUp || last.At < until {
		t.Errorf("the last event is %+v, want the end not before %v", last, until)
	}
}

// A client that is held at an event and paused there must not execute one more instruction,
// however fast it is, until the pause is over.
func TestHeldClientIsPausedExactlyAtTheEvent(t *testing.T) {
	const length = 40 * time.Millisecond
	steps := []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: length},
	}}
	for range 5 {
		lab := newLab(t, "client-1")
		startDuty(t, lab, "client-1", "client", nil)
		events, err := live.NewWorld(lab, steps).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
		if err != nil {
			t.Fatal(err)
		}
		var got []sim.Kind
		for _, e := range events {
			got = append(got, e.Kind)
		}
		want := []sim.Kind{
			sim.Acquired, sim.FaultApplied, sim.FaultProven, sim.FaultProven, sim.FaultUndone,
			sim.Check, sim.Done, sim.End,
		}
		if !slices.Equal(got, want) {
			t.Fatalf("events %v,\nwant   %v", got, want)
		}
		if lasted := events[4].At - events[1].At; lasted < length {
			t.Errorf("the pause lasted %v, want at least %v", lasted, length)
		}
	}
}

func TestPauseOfAClientStopsNeitherItsObserverNorOthers(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	startDuty(t, lab, "client-1", "never-done", nil)
	startDuty(t, lab, "client-2", "never-done", nil)
	if _, err := lab.Agent("client-1").StartHelper("observer", nil); err != nil {
		t.Fatal(err)
	}
	steps := []sim.Step{{
		When: sim.Trigger{After: 20 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1"},
	}}
	events, err := live.NewWorld(lab, steps).Run(t.Context(), 100*time.Millisecond, []sim.HostID{"client-1", "client-2"})
	if err != nil {
		t.Fatal(err)
	}
	applied := first(t, events, sim.FaultApplied)
	if applied.At < steps[0].When.After {
		t.Errorf("the fault came at %v, want %v or later", applied.At, steps[0].When.After)
	}
	first(t, events, sim.FaultProven)
	after := make(map[sim.Kind]int)
	for _, e := range events {
		if e.At <= applied.At {
			continue
		}
		after[e.Kind]++
		if e.Host == "client-1" && e.Kind == sim.Check {
			t.Fatalf("client-1 is paused since %v and recorded %+v", applied.At, e)
		}
	}
	if after[sim.Extended] == 0 || after[sim.Check] == 0 {
		t.Errorf("the observer or the other client stood still, too: after the pause %v", after)
	}
	if after[sim.Freed] != 1 {
		t.Errorf("the observer's last word is missing: after the pause %v", after)
	}
}

func TestDutyThatDiesIsReportedWithItsLastWords(t *testing.T) {
	lab := newLab(t, "client-1", "client-2")
	startDuty(t, lab, "client-1", "never-done", nil)
	startDuty(t, lab, "client-2", "quitter", nil)
	_, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	wantError(t, err, "quitter on host client-2", "exit status 1", "this is the last thing I say", "I quit")
}

func TestServerThatDiesIsReportedWithItsLastWords(t *testing.T) {
	lab := newLab(t, "client-1", "server-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	argv := []string{"sh", "-c", "sleep 0.05; echo out of memory >&2; exit 9"}
	if _, err := lab.Agent("server-1").Start("tiny-server", argv); err != nil {
		t.Fatal(err)
	}
	_, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	wantError(t, err, "tiny-server on host server-1", "exit status 9", "out of memory")
}

func TestUnknownDutyIsReported(t *testing.T) {
	lab := newLab(t, "client-1")
	p := startDuty(t, lab, "client-1", "no-such-duty", nil)
	wantError(t, p.AwaitReady(t.Context()), "no-such-duty on host client-1", "no duty of this name")
}

func TestDutyThatGarblesItsReportsIsReported(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "garbler", nil)
	_, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	wantError(t, err, "garbler on host client-1", "not a report")
}

func TestOnlyTheHarnessMakesLabs(t *testing.T) {
	lab := newLab(t, "client-1")
	p := startDuty(t, lab, "client-1", "outsider", nil)
	wantError(t, p.AwaitReady(t.Context()), "make a lab", "namespaces.Enter", "prepare the live world")
}

func TestEndOfWhatAProcessPrintsIsKept(t *testing.T) {
	lab := newLab(t, "server-1")
	argv := []string{"sh", "-c", "i=0; while [ $i -lt 9999 ]; do i=$((i+1)); echo line $i; done"}
	p, err := lab.Agent("server-1").Start("chatter", argv)
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if kept := p.Output(); len(kept) != 64<<10 || !strings.HasSuffix(kept, "\nline 9998\nline 9999\n") {
		t.Errorf("kept %d bytes, the last are %q", len(kept), kept[max(0, len(kept)-40):])
	}
}

func TestTrialCanBeBrokenOff(t *testing.T) {
	lab := newLab(t, "client-1")
	startDuty(t, lab, "client-1", "never-done", nil)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errors.New("somebody pressed Ctrl-C"))
	defer cancel()
	_, err := live.NewWorld(lab, nil).Run(ctx, time.Hour, []sim.HostID{"client-1"})
	wantError(t, err, "somebody pressed Ctrl-C")
}

func TestFaultThatCannotBeAppliedIsUnproven(t *testing.T) {
	lab := newLab(t, "client-1", "empty")
	startDuty(t, lab, "client-1", "client", nil)
	steps := []sim.Step{
		{When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1}, Do: sim.Fault{Kind: sim.Pause, Host: "empty"}},
		{When: sim.Trigger{Host: "client-1", Kind: sim.Check, Nth: 1}, Do: sim.Fault{Kind: "earthquake", Host: "client-1"}},
	}
	w := live.NewWorld(lab, steps)
	events, err := w.Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, e := range events {
		if e.Kind == sim.FaultUnproven {
			notes = append(notes, e.Note)
		}
	}
	if len(notes) != 2 || !strings.Contains(notes[0], "no process") || !strings.Contains(notes[1], "earthquake") {
		t.Errorf("unproven faults: %q", notes)
	}
	if w.Can(sim.Pause) != nil || w.Can("earthquake") == nil {
		t.Error("the world does not know what it can do")
	}
}

func TestHostIsAMonitor(t *testing.T) {
	lab := newLab(t, "client-1")
	const processes = 8
	startDuty(t, lab, "client-1", "monitor", processes)
	events, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
	if err != nil {
		t.Fatal(err)
	}
	if e := first(t, events, sim.Check); e.Balance != 100*processes {
		t.Errorf("%d processes that add 100 times made %d", processes, e.Balance)
	}
}

func TestHostDrawsFromItsOwnSeededStream(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		lab := newLab(t, "client-1")
		lab.Seed = seed
		startDuty(t, lab, "client-1", "client", nil)
		events, err := live.NewWorld(lab, nil).Run(t.Context(), time.Minute, []sim.HostID{"client-1"})
		if err != nil {
			t.Fatal(err)
		}
		want := sim.NewRandom(seed, "client-1").Uint64()
		if e := first(t, events, sim.Acquired); e.Token != want {
			t.Errorf("seed %d: the client drew %d, want %d", seed, e.Token, want)
		}
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %q, want %q in it", err, part)
		}
	}
}
