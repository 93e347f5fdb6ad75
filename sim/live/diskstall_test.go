//go:build linux

package live_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/confine"
)

// syncing is a server with two loops: one writes a line each time it has synced a file, the
// other each time a hundredth of a second has passed.
const syncing = `
while :; do date +%s%N >> ticked; sleep 0.01; done &
echo data > file
while :; do sync file; date +%s%N >> synced; sleep 0.01; done`

func needDiskStall(t *testing.T) {
	t.Helper()
	if err := confine.DiskStall(); err != nil {
		t.Skip(err)
	}
}

// linesOf returns how often something has happened so far.
func linesOf(t *testing.T, lab *live.Lab, name string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(lab.Dir("server-1"), name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

// awaitMore waits until it has happened once more.
func awaitMore(t *testing.T, lab *live.Lab, name string) {
	t.Helper()
	before := linesOf(t, lab, name)
	for limit := time.Now().Add(20 * time.Second); linesOf(t, lab, name) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("no line was added to %s", name)
		}
	}
}

func syncingServer(t *testing.T) (*live.Lab, *live.World, sim.Fault) {
	t.Helper()
	needDiskStall(t)
	lab := newLab(t, "server-1")
	lab.DiskStalls = true
	if _, err := lab.Agent("server-1").Start("server", []string{"sh", "-c", syncing}); err != nil {
		t.Fatal(err)
	}
	awaitMore(t, lab, "synced")
	return lab, live.NewWorld(lab, nil), sim.Fault{Kind: sim.StallDisk, Host: "server-1"}
}

// While a disk is stalled, nothing is synced and everything else continues. Afterwards
// everything continues, including processes that were stopped and resumed in the meantime.
func TestOnlyWhatSyncsWaitsForADiskThatStalls(t *testing.T) {
	lab, w, f := syncingServer(t)
	if err := w.Apply(f); err != nil {
		t.Fatal(err)
	}
	awaitMore(t, lab, "ticked") // a line that was about to be written has been written
	awaitMore(t, lab, "ticked")
	before := linesOf(t, lab, "synced")
	for range 5 {
		awaitMore(t, lab, "ticked")
	}
	if err := lab.Agent("server-1").Pause(); err != nil { // a thread that waits can be stopped
		t.Error(err)
	}
	if err := lab.Agent("server-1").Resume(); err != nil {
		t.Error(err)
	}
	for range 5 {
		awaitMore(t, lab, "ticked")
	}
	if err := w.Probe(f); err != nil {
		t.Error(err)
	}
	if after := linesOf(t, lab, "synced"); after != before {
		t.Errorf("%d syncs were done", after-before)
	}
	if err := w.Undo(f); err != nil {
		t.Fatal(err)
	}
	awaitMore(t, lab, "synced")
	awaitMore(t, lab, "synced")
}

// A host with a stalled disk can crash, and is not stuck when it is back.
func TestAHostWhoseDiskStallsCanCrash(t *testing.T) {
	lab, w, f := syncingServer(t)
	if err := w.Apply(f); err != nil {
		t.Fatal(err)
	}
	if err := lab.Agent("server-1").Crash(); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Agent("server-1").Restart(); err != nil {
		t.Fatal(err)
	}
	awaitMore(t, lab, "ticked")
	if err := w.Undo(f); err != nil {
		t.Fatal(err)
	}
	awaitMore(t, lab, "synced")
}

// A lab that is closed during a stall leaves no process behind.
func TestALabIsClosedAlsoWhileADiskStalls(t *testing.T) {
	lab, w, f := syncingServer(t)
	if err := w.Apply(f); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- lab.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the lab is not closed after 20 s")
	}
}

// If programs were not started for it, the fault is refused: it would hold nothing.
func TestADiskCannotStallWhereProgramsWereNotStartedForIt(t *testing.T) {
	needDiskStall(t)
	lab := newLab(t, "server-1")
	if _, err := lab.Agent("server-1").Start("server", []string{"sleep", "1000"}); err != nil {
		t.Fatal(err)
	}
	err := live.NewWorld(lab, nil).Apply(sim.Fault{Kind: sim.StallDisk, Host: "server-1"})
	if err == nil || !strings.Contains(err.Error(), "no program was started") {
		t.Errorf("got %v", err)
	}
}
