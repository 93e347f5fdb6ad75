//go:build linux

package lab

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// leastCells is the minimum number of cells of a live run in continuous integration.
const leastCells = 30

// TestTheFewLiveCellsHaveEveryLockServiceAndEveryKindOfFault checks what continuous integration
// runs live.
func TestTheFewLiveCellsHaveEveryLockServiceAndEveryKindOfFault(t *testing.T) {
	all, err := load(strings.Fields(makeVariable(t, "LIVE_FEW")))
	if err != nil {
		t.Fatal(err)
	}
	pause, err := load([]string{"gc-pause"})
	if err != nil {
		t.Fatal(err)
	}
	choice := trial.Selection{World: sim.LiveWorld, Guards: []string{string(ledger.None)}, Seeds: outcome.Seeds{First: 1, Last: 1}}
	trials, err := choice.InBothWorlds(all)
	if err != nil {
		t.Fatal(err)
	}
	choice.Backends = strings.Split(makeVariable(t, "LIVE_FEW_LIBRARIES"), ",")
	libraries, err := choice.Trials(pause)
	if err != nil {
		t.Fatal(err)
	}
	seen, faults, cells := map[string]bool{}, map[sim.FaultKind]bool{}, 0
	for _, trial := range append(slices.Collect(trials.All()), libraries...) {
		if trial.World != sim.LiveWorld || !canBeDone(trial) {
			continue
		}
		cells++
		seen[trial.Backend.Backend.Name()] = true
		for _, s := range trial.Scenario.Steps {
			faults[s.Resolve(trial.TTL).Do.Kind] = true
		}
	}
	for _, b := range services.Registry() {
		if !seen[b.Name()] && !strings.HasPrefix(b.Name(), "redlock-") { // option sets of redlock
			t.Errorf("no cell with %s", b.Name())
		}
	}
	for _, kind := range sim.FaultKinds() {
		if live.Can(kind) == nil && !faults[kind] {
			t.Errorf("no cell with a fault of the kind %s", kind)
		}
	}
	if cells < leastCells {
		t.Errorf("%d cells, expected at least %d", cells, leastCells)
	}
}

// TestTheLongLiveScriptsAreThoseOfMoreThanAMinute checks the scripts that make live runs only once:
// all that take more than a minute, and no others.
func TestTheLongLiveScriptsAreThoseOfMoreThanAMinute(t *testing.T) {
	all, err := load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var long []string
	for _, s := range all {
		if s.VirtualOnly == "" && s.Until.In(s.LiveTTL) > time.Minute {
			long = append(long, s.Name)
		}
	}
	listed := strings.Split(makeVariable(t, "LIVE_LONG"), ",")
	slices.Sort(long)
	slices.Sort(listed)
	if !slices.Equal(listed, long) {
		t.Errorf("the Makefile lists\n%v, expected\n%v", listed, long)
	}
}

// canBeDone reports whether the live world can carry out everything in a trial, on any machine.
func canBeDone(trial trial.Trial) bool {
	return trial.Scenario.VirtualOnly == "" && !slices.ContainsFunc(trial.Scenario.Steps, func(s script.Step) bool {
		return live.CanDo(s.Resolve(trial.TTL).Do) != nil
	})
}

// makeVariable reads a variable of the Makefile.
func makeVariable(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		if value, ok := strings.CutPrefix(line, name+" = "); ok {
			return value
		}
	}
	t.Fatalf("the Makefile has no %s", name)
	return ""
}
