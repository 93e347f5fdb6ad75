package trial

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// fingerprintsFile has a line for every cell: scenario, lock service, guard, discipline, seed and
// the fingerprint of the history. It shows cell by cell what a change to a script, a lock or the
// kernel changes; transcripts to read are in reports/terminal/testdata.
const fingerprintsFile = "testdata/fingerprints.txt"

// cellLine returns a trial's line in fingerprintsFile, without the fingerprint at its end.
func cellLine(trial Trial) string {
	return fmt.Sprintf("%s %s %s %s %d", trial.Scenario.Name, trial.Backend, trial.Guard, trial.Discipline, trial.Seed)
}

// TestTheSameTrialGivesTheSameBytesEverywhere checks that it does so whenever it runs, on any
// machine, on any number of processors, and beside any other trials.
func TestTheSameTrialGivesTheSameBytesEverywhere(t *testing.T) {
	several := map[string]string{}
	for _, j := range suite(t).judged {
		if j.Trial.Seed == 1 {
			several[cellLine(j.Trial)] = j.Result.Fingerprint
		}
	}
	trials := virtualTrials(t, outcome.Seeds{First: 1, Last: 1})
	if scripttest.Update() {
		if testing.Short() {
			t.Fatalf("%s has every cell: leave out -short", fingerprintsFile)
		}
		writeFingerprints(t, several)
	}
	kept := readFingerprints(t)
	if !testing.Short() && len(kept) != len(trials) {
		t.Errorf("%s has %d cells, the suite has %d", fingerprintsFile, len(kept), len(trials))
	}
	t.Run("on several processors", func(t *testing.T) { compareFingerprints(t, trials, kept, several) })
	if testing.Short() {
		return
	}
	t.Run("on one", func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		alone := map[string]string{}
		for _, trial := range trials {
			alone[cellLine(trial)] = simulated(t, trial).Fingerprint()
		}
		compareFingerprints(t, trials, kept, alone)
	})
}

func writeFingerprints(t *testing.T, found map[string]string) {
	t.Helper()
	var lines []string
	for cell, fingerprint := range found {
		lines = append(lines, cell+" "+fingerprint+"\n")
	}
	slices.Sort(lines)
	if err := os.WriteFile(fingerprintsFile, []byte(strings.Join(lines, "")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFingerprints(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(fingerprintsFile)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for l := range strings.Lines(string(text)) {
		cell, fingerprint, two := cutLast(strings.TrimSpace(l))
		if _, twice := kept[cell]; !two || twice {
			t.Fatalf("%s: the line %q has no fingerprint, or stands here twice", fingerprintsFile, l)
		}
		kept[cell] = fingerprint
	}
	return kept
}

// cutLast cuts the last word off a line.
func cutLast(l string) (before, last string, found bool) {
	i := strings.LastIndexByte(l, ' ')
	if i < 0 {
		return "", l, false
	}
	return l[:i], l[i+1:], true
}

// compareFingerprints names the cells whose history differs from the kept one, and says how to see
// what changed and how to accept it.
func compareFingerprints(t *testing.T, trials []Trial, kept, found map[string]string) {
	t.Helper()
	var differ []Trial
	for _, trial := range trials {
		if got := found[cellLine(trial)]; got == "" || got != kept[cellLine(trial)] {
			differ = append(differ, trial)
		}
	}
	if len(differ) == 0 {
		return
	}
	const most = 40
	var b strings.Builder
	for _, trial := range differ[:min(most, len(differ))] {
		fmt.Fprintf(&b, "  %s: kept %q, found %q\n", cellLine(trial), kept[cellLine(trial)], found[cellLine(trial)])
	}
	if len(differ) > most {
		fmt.Fprintf(&b, "  and %d more\n", len(differ)-most)
	}
	first := outcome.Result{Scenario: differ[0].Scenario.Name, Backend: differ[0].Backend.String(), Guard: string(differ[0].Guard),
		Discipline: differ[0].Discipline.String(), World: sim.VirtualWorld, Seed: 1, TTL: differ[0].TTL}
	t.Errorf("%d cells of %d tell another story than %s:\n%s"+
		"to see the change, run one before and after it, and compare the two files in latest/histories:\n  %s\n"+
		"if it is right, accept it:\n  go test ./scenarios/trial -run TheSame -update",
		len(differ), len(trials), fingerprintsFile, b.String(), first.Replay(""))
}
