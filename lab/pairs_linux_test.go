package lab

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// pairsVar is the environment variable for how many more pairs of scripts the test below runs (make
// live-pairs). Each takes from a quarter of a minute to two minutes.
const pairsVar = "LOCKLAB_PAIRS"

// TestNoTrialTouchesTheNext runs two scripts one after the other on the same servers. While one
// runs, no server may do anything for a client of the other. The first pair is one that once
// failed: messages that a cut had held back arrived when it was healed. More pairs are drawn at
// random.
func TestNoTrialTouchesTheNext(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	playPair(t, "redlock", "minority-partition", "client-crash", 1)
	seed := rand.Uint64()
	t.Logf("drawn with the seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range times(t, pairsVar, 0) {
		backend, first, second := drawPair(t, random)
		for _, jobs := range []int{1, 6} {
			playPair(t, backend, first, second, jobs)
		}
	}
}

// playPair runs two scripts with enough seeds that each of the labs has both.
func playPair(t *testing.T, backend, first, second string, jobs int) {
	t.Run(fmt.Sprintf("%s %s %s jobs %d", backend, first, second, jobs), func(t *testing.T) {
		folder := t.TempDir()
		out, _ := exec.Command(buildCommand(t), "run", first, second, "--backend", backend, "--guard", "none", "--world", "live",
			"--seeds", fmt.Sprint(jobs), "--jobs", fmt.Sprint(jobs), "--out", folder).CombinedOutput()
		judged := 0
		for _, r := range readResults(t, folder) {
			f := r.Finding(check.RecordingSane)
			if strings.Contains(f.Why, "could not be carried out") {
				t.Logf("%s, seed %d: %s", r.Scenario, r.Seed, r.Surprises)
				continue
			}
			judged++
			if f.Verdict != check.Holds {
				t.Errorf("%s, seed %d: recording-sane is %v: %s", r.Scenario, r.Seed, f.Verdict, f.Why)
			}
		}
		if judged == 0 {
			t.Errorf("nothing was judged:\n%s", out)
		}
	})
}

// longestOfPair is how many leases a script of a pair may take. Longer scripts leave nothing else
// behind, and would keep a slow machine busy for hours.
const longestOfPair = 20

// drawPair draws a lock service and two scripts that it can run in the live world with the same
// settings of its servers. The first leaves the servers fit to be used again.
func drawPair(t *testing.T, random *rand.Rand) (backend, first, second string) {
	t.Helper()
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	var backends []string
	for _, b := range services.Registry() {
		if trial.LiveMissing(b) == nil && b.Name() != "none" {
			backends = append(backends, b.Name())
		}
	}
	backend = backends[random.IntN(len(backends))]
	trials, err := trial.Selection{Backends: []string{backend}, Guards: []string{"none"}, World: sim.LiveWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	can, _ := trial.Available(trials)
	draw := func(is func(*script.Scenario) bool) string {
		for {
			s := can[random.IntN(len(can))].Scenario
			if len(s.Lock) == 0 && s.Until.In(s.LiveTTL) <= longestOfPair*s.LiveTTL && is(s) {
				return s.Name
			}
		}
	}
	first = draw(keepsServers)
	return backend, first, draw(func(s *script.Scenario) bool { return s.Name != first }) // not the same script twice
}

// keepsServers reports whether a script leaves the servers fit for another one: it only pauses
// hosts and has network faults.
func keepsServers(s *script.Scenario) bool {
	return !slices.ContainsFunc(s.Steps, func(step script.Step) bool {
		return step.Do.Bare.Kind.Row().LeavesTraces
	})
}

// readResults reads the rows of the latest run in a folder.
func readResults(t *testing.T, folder string) (all []outcome.Result) {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "latest", "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r outcome.Result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}
