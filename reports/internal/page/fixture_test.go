package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/timeline"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// folder is where these tests keep the results of their run.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "locklab-page"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// ran returns the set that a run of a few real trials leaves on disk.
var ran = sync.OnceValues(func() (*results.Set, error) {
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		return nil, err
	}
	wanted := []string{"gc-pause", "no-fault", "split-brain"}
	all = slices.DeleteFunc(all, func(s *script.Scenario) bool { return !slices.Contains(wanted, s.Name) })
	trials, err := trial.Selection{
		Guards: []string{"none", "fence-all", "fence-equal", "cas"}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 2},
	}.Trials(all)
	if err != nil {
		return nil, err
	}
	return runOf(folder, trials)
})

// runOf runs trials and leaves their results in a folder.
func runOf(into string, trials []trial.Trial) (*results.Set, error) {
	trials, pointless := trial.Available(trials)
	f, err := results.NewFolder(into, results.About{
		Command: []string{"locklab", "run", "--seeds", "2"}, Version: "(test)", Go: "go1.26", Started: time.Unix(1e9, 0),
		World: "virtual", Seeds: "2", Trials: len(trials), Scenarios: trial.Cards(trials, pointless),
	})
	if err != nil {
		return nil, err
	}
	for _, one := range trials {
		h, err := one.Simulate(context.Background())
		if err != nil {
			return nil, err
		}
		if err := f.Add(trial.Judged{Trial: one, Result: one.Judge(h), History: h}); err != nil {
			return nil, err
		}
	}
	return f.Set(), f.Close()
}

// trialsOf draws and packs kept trials.
func trialsOf(t *testing.T, kept []results.Kept) (trials []Trial) {
	t.Helper()
	for _, k := range kept {
		file, err := os.Open(k.Path)
		if err != nil {
			t.Fatal(err)
		}
		h, err := sim.ReadHistory(file, k.Path)
		if err = errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		trials = append(trials, trialOf(t, k, h))
	}
	return trials
}

func trialOf(t *testing.T, k results.Kept, h *sim.History) Trial {
	t.Helper()
	figure, layout, err := timeline.Draw(h, k.Result.Findings, k.Title)
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := figure.WriteSVG(&svg); err != nil {
		t.Fatal(err)
	}
	trial, err := NewTrial(k, h, svg.Bytes(), layout)
	if err != nil {
		t.Fatal(err)
	}
	return trial
}

// drawn holds the kept trials of the run, which many tests put into their page.
var drawn struct {
	once   sync.Once
	trials []Trial
}

// content returns a whole page about real trials.
func content(t *testing.T) Content {
	t.Helper()
	set, err := ran()
	if err != nil {
		t.Fatal(err)
	}
	drawn.once.Do(func() { drawn.trials = trialsOf(t, set.Kept) })
	withClaims := *set
	withClaims.Claims = []results.Claim{{Source: "Martin Kleppmann, 2016", ID: "K4", Says: "A pause outlives the lease.", Verdict: "confirmed", Condition: "right if: nobody checks", Figures: []string{"lost-update violated in 2 of 2"}}}
	return Content{
		Title: "locklab", Headline: "All as expected.", Set: &withClaims, Trials: slices.Clone(drawn.trials),
		Charts: []Chart{{Name: "sweep", Title: "A sweep", Caption: "n = 2, seeds 1 to 2", SVG: []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>`)}},
	}
}

// evil is a name that would do harm if it were markup. If it does, window.harmed is set.
const evil = "\x01" + `"><img src=x onerror="window.harmed=1"></script><script>window.harmed=1</script>{{.Title}}'`

// hostile returns a page about a scenario by a malicious author.
func hostile(t *testing.T) Content {
	t.Helper()
	host := sim.HostID(evil)
	h := &sim.History{
		Header: sim.Header{Format: sim.Format, Scenario: evil, Backend: evil, Guard: "none", Discipline: "attentive", World: "virtual", Seed: 1, TTL: time.Second, Clients: []sim.HostID{host}, Servers: []sim.HostID{"s" + host}, Ledger: "l" + host, Faults: []sim.Fault{{Kind: sim.Pause, Host: host}}},
		Events: []sim.Event{
			{Seq: 1, Kind: sim.LedgerOpened, Host: "l" + host, Balance: 100},
			{Seq: 2, At: 1e6, Kind: sim.Acquired, Host: host, Op: evil, Grant: evil},
			{Seq: 3, At: 2e6, Kind: sim.FaultApplied, Host: host, Fault: 1, Note: evil},
			{Seq: 4, At: 3e6, Kind: sim.Lost, Host: host, Grant: evil, Note: evil},
			{Seq: 5, At: 4e6, Kind: sim.End, Note: evil},
		},
	}
	r := outcome.Result{
		Scenario: evil, Backend: evil, Guard: "none", Discipline: "attentive", World: "virtual", Seed: 1, TTL: time.Second, Outcome: outcome.NotAsExpected, Surprises: []string{evil},
		Findings: []check.Finding{
			{Property: check.FaultsHappened}, {Property: check.RecordingSane},
			{Property: check.LostUpdate, Verdict: check.Violated, Why: evil, Evidence: []int64{2, 4}},
		},
	}
	card := outcome.Card{Scenario: evil, Title: evil, Text: evil, Claims: []string{evil}, Faults: []sim.FaultKind{sim.FaultKind(evil)}, File: evil,
		Cells: []outcome.CardCell{{Backend: evil, Guard: "none", Discipline: "attentive", World: "virtual", TTL: time.Second, Expect: []script.Expected{{Property: check.LostUpdate, Because: evil}}}}}
	sum := outcome.NewSummaries([]outcome.Card{card})
	sum.Add(&r)
	k := results.Kept{ID: r.ID(), Result: r, Path: evil}
	trial := trialOf(t, k, h)
	return Content{
		Title: evil, Headline: evil, Remarks: []string{evil}, Trials: []Trial{trial},
		Charts: []Chart{{Name: evil, Title: evil, Caption: evil, SVG: []byte(`<svg viewBox="0 0 1 1"/>`)}},
		Set: &results.Set{
			Runs:  []results.Run{{Path: evil, About: results.About{Command: []string{evil}, Version: evil, World: evil, Seeds: evil}}},
			Cards: []outcome.Card{card}, Cells: sum.Cells(), Trials: 1, Kept: []results.Kept{k},
			Claims: []results.Claim{{Source: evil, ID: evil, Says: evil, Verdict: evil, Condition: evil, Figures: []string{evil}}},
		},
	}
}

// written returns the page as text.
func written(t *testing.T, c Content) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// saved writes the page to disk and returns its address.
func saved(t *testing.T, c Content) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "index.html")
	if err := Save(path, c); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
