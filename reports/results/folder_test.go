package results

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/internal/picturetest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// newFolder is the folder of a run of gc-pause and failover.
func newFolder(t *testing.T) *Folder {
	t.Helper()
	cell := func(backend string) outcome.CardCell {
		return outcome.CardCell{Backend: backend, Guard: "none", Discipline: "attentive", World: "virtual", TTL: time.Second,
			Expect: []script.Expected{{Property: check.LostUpdate, Verdict: check.Violated, Because: "nobody checks"}}}
	}
	f, err := NewFolder(t.TempDir(), About{Started: time.Unix(0, 0), Scenarios: []outcome.Card{
		{Scenario: "gc-pause", Faults: []sim.FaultKind{sim.Pause}, Cells: []outcome.CardCell{cell("none"), cell("redis"), cell("etcd")}},
		{Scenario: "failover", Faults: []sim.FaultKind{sim.Crash}, Cells: []outcome.CardCell{cell("sentinel")}},
		{Scenario: "clock-rate", Cells: []outcome.CardCell{{Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", Unavailable: "no such clock"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func add(t *testing.T, f *Folder, scenario, backend string, seed uint64, lost check.Verdict, as outcome.Outcome) {
	t.Helper()
	err := f.Add(trial.Judged{
		Result: outcome.Result{Scenario: scenario, Backend: backend, Guard: "none", Discipline: "attentive", World: "virtual", Seed: seed, TTL: time.Second, Outcome: as,
			Findings: []check.Finding{
				{Property: check.FaultsHappened, Verdict: check.Holds}, {Property: check.RecordingSane, Verdict: check.Holds},
				{Property: check.LostUpdate, Verdict: lost, Why: "it was overwritten", Evidence: []int64{1}}},
			Measures: []check.Measured{{Measure: check.Wait, Count: 1, Least: float64(seed), Most: float64(seed)}}},
		History: &sim.History{Header: sim.Header{Format: sim.Format}, Events: []sim.Event{{Seq: 1, At: time.Second, Kind: sim.End, Note: sim.TimeUp}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// filled has trials in a different order than the cells, as a live run has.
func filled(t *testing.T) *Folder {
	f := newFolder(t)
	add(t, f, "failover", "sentinel", 1, check.Holds, outcome.NotAsExpected)
	add(t, f, "gc-pause", "redis", 2, check.Violated, outcome.AsExpected)
	add(t, f, "gc-pause", "redis", 1, check.Violated, outcome.AsExpected)
	add(t, f, "gc-pause", "none", 1, check.Violated, outcome.AsExpected)
	return f
}

func TestHistoriesOfTheFirstTrialOfACellAndOfSurprisesAreKept(t *testing.T) {
	f := newFolder(t)
	for seed := range uint64(10) {
		add(t, f, "gc-pause", "redis", seed, check.Violated, outcome.AsExpected)
		add(t, f, "failover", "sentinel", seed, check.Holds, outcome.NotAsExpected)
	}
	kept := map[string]int{}
	for _, k := range f.Set().Kept {
		kept[k.Result.Scenario]++
		if _, err := os.Stat(k.Path); err != nil {
			t.Error(err)
		}
	}
	if kept["gc-pause"] != 1 || kept["failover"] != MaxKept {
		t.Errorf("kept %v, want 1 of the cell that is as expected and %d of the other", kept, MaxKept)
	}
}

func TestAsManyHistoriesAreKeptAsWereAskedFor(t *testing.T) {
	f := newFolder(t)
	f.keep.least = 7
	for seed := range uint64(20) {
		found := outcome.AsExpected
		if seed >= 10 { // surprises come when the first seven are already kept
			found = outcome.NotAsExpected
		}
		add(t, f, "gc-pause", "redis", seed, check.Violated, outcome.AsExpected)
		add(t, f, "failover", "sentinel", seed, check.Holds, found)
	}
	kept := map[string]int{}
	for _, k := range f.Set().Kept {
		kept[k.Result.Scenario]++
	}
	if kept["gc-pause"] != 7 || kept["failover"] != 7+MaxKept {
		t.Errorf("kept %v, want 7, and %d more where there are surprises", kept, MaxKept)
	}
}

func TestARowSaysWhyOnlyWhereItsHistoryIsKeptOrItIsASurprise(t *testing.T) {
	f := filled(t)
	text, err := os.ReadFile(filepath.Join(f.Path, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var r outcome.Result
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		lost := r.Finding(check.LostUpdate)
		if bare := lost.Why == ""; bare != (r.History == "") || bare != (lost.Evidence == nil) {
			t.Errorf("history %q, but why is %q with evidence %v", r.History, lost.Why, lost.Evidence)
		}
	}
}

func TestCellsComeInTheOrderOfTheCardsWhateverRanFirst(t *testing.T) {
	s := filled(t).Set()
	var cells []string
	for _, c := range s.Cells {
		cells = append(cells, c.Scenario+" "+c.Backend)
	}
	if want := []string{"gc-pause none", "gc-pause redis", "failover sentinel", "clock-rate redis"}; !slices.Equal(cells, want) {
		t.Errorf("cells %q, want %q (no trial of etcd was run)", cells, want)
	}
	redis := s.Cells[1]
	lost := redis.Tally(check.LostUpdate)
	if redis.Trials != 2 || redis.Seeds != (outcome.Seeds{First: 1, Last: 2}) || lost.Violated != 2 || *lost.Expected != check.Violated || lost.Because != "nobody checks" {
		t.Errorf("gc-pause with redis: %+v", redis)
	}
	if wait, ok := redis.Spread(check.Wait); !ok || wait.Least != 1 || wait.Most != 2 || wait.Trials != 2 {
		t.Errorf("waits of gc-pause with redis: %+v", wait)
	}
	if s.Trials != 4 || s.Surprising != 1 || s.Surprises[0].Scenario != "failover" || s.Cells[3].Why != "no such clock" {
		t.Errorf("%d trials, %d surprises: %+v", s.Trials, s.Surprising, s.Surprises)
	}
}

func TestAFolderReadBackSaysTheSame(t *testing.T) {
	f := filled(t)
	var seen int64
	got, err := Read(t.Context(), []string{f.Path}, func(done, total int64) {
		if seen = done; done > total {
			t.Errorf("%d of %d bytes read", done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := f.Set()
	got.Runs[0].Started, want.Runs[0].Started = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back:\n%+v\nwritten:\n%+v", got, want)
	}
	if info, _ := os.Stat(filepath.Join(f.Path, "results.jsonl")); seen != info.Size() {
		t.Errorf("told of %d bytes, want %d", seen, info.Size())
	}
}

func TestSeveralFoldersAreAddedUp(t *testing.T) {
	a, b := filled(t), newFolder(t)
	for seed := uint64(1); seed <= 5; seed++ { // a has the first two
		add(t, b, "gc-pause", "redis", seed, check.Violated, outcome.AsExpected)
	}
	s, err := Read(t.Context(), []string{a.Path, b.Path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Trials != 7 || s.Repeated != 2 || len(s.Cells) != 4 || s.Cells[1].Trials != 5 || len(s.Runs) != 2 || len(s.Cards) != 3 || len(s.Kept) != len(a.Set().Kept) {
		t.Errorf("%d trials and %d repeated in %d cells of %d runs and %d scenarios, %d of them of gc-pause with redis, %d kept",
			s.Trials, s.Repeated, len(s.Cells), len(s.Runs), len(s.Cards), s.Cells[1].Trials, len(s.Kept))
	}
}

// A live trial never happens twice, whatever its seed.
func TestLiveTrialsOfSeveralFoldersAllCount(t *testing.T) {
	live := func() string { return edited(t, resultsFile, `"virtual"`, `"live"`) }
	s, err := Read(t.Context(), []string{live(), live()}, nil)
	if err != nil || s.Trials != 8 || s.Repeated != 0 {
		t.Errorf("%+v, %v; want 8 trials", s, err)
	}
}

func TestAKilledRunCanBeRead(t *testing.T) {
	f := filled(t)
	path := filepath.Join(f.Path, "results.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)-10], 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Read(t.Context(), []string{f.Path}, nil)
	if err != nil || s.Trials != 3 {
		t.Errorf("%+v, %v; want the 3 trials whose rows are whole", s, err)
	}
}

func TestWhatIsNotTheFolderOfARunIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, file, text, want string
	}{
		{"no results", "results.jsonl", "", "is not the folder of a run: it has no results.jsonl; expected a folder such as out/latest"},
		{"a bad row", "results.jsonl", "{\n\n\"scenario\": 7}\n", "results.jsonl:1:1: "},
		{"a row of another kind", "results.jsonl", "{}\n", "results.jsonl:1:1: this is no trial: it has no scenario"},
		{"a row without a world", "results.jsonl", `{"scenario":"s","backend":"b","guard":"g","discipline":"attentive","outcome":"as expected"}` + "\n", `results.jsonl:1:1: the trial's world is ""`},
		{"a row of an older locklab", "results.jsonl", `{"scenario":"s","backend":"b","guard":"g","world":"live","outcome":"as expected"}` + "\n", "results.jsonl:1:1: the trial does not say of which discipline its clients are: an older locklab wrote it, run it again"},
		{"a row without an outcome", "results.jsonl", `{"scenario":"s","backend":"b","guard":"g","discipline":"attentive","world":"live","findings":[{}]}` + "\n", "results.jsonl:1:1: the trial has no outcome"},
		{"a row without findings", "results.jsonl", `{"scenario":"s","backend":"b","guard":"g","discipline":"attentive","world":"live","outcome":"undecided"}` + "\n", "results.jsonl:1:1: the trial has no findings"},
		{"an unknown property", "results.jsonl", `{"scenario":"s","backend":"b","guard":"g","discipline":"attentive","world":"live","outcome":"undecided","findings":[{"property":"stalled"}]}` + "\n", `results.jsonl:1:1: the trial has a finding of "stalled", which is no property`},
		{"an unknown fault", "run.json", `{"started":"2026-11-01T00:00:00Z","scenarios":[{"scenario":"s","faults":["stall"]}]}`, `unknown fault "stall", expected one of ["pause"`},
		{"an empty description", "run.json", "{}\n", "run.json:1:1: it does not say when the run began"},
		{"a row that ends too early", "results.jsonl", "{\"scenario\": \"x\"\n{}\n", "results.jsonl:1:"},
		{"an unknown outcome", "results.jsonl", "{\"outcome\":\"fine\"}\n", `outcome "fine", expected one of`},
		{"a bad description", "run.json", "{\n  \"trials\": \"many\"\n}\n", "run.json:2:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := filled(t)
			path := filepath.Join(f.Path, c.file)
			err := os.WriteFile(path, []byte(c.text), 0o644)
			if c.text == "" {
				err = os.Remove(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			if s, err := Read(t.Context(), []string{f.Path}, nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v, error %v; want one that says %q", s, err, c.want)
			}
		})
	}
}

// The messages of a virtual trial are many, and come forth again with the trial.
func TestAVirtualHistoryIsKeptWithoutItsMessages(t *testing.T) {
	one := picturetest.Trial(t, "gc-pause", "redis", "none")
	history, err := one.SimulateRecorded(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(history.Messages) == 0 {
		t.Error("no messages were recorded")
	}
	f := newFolder(t)
	if err := f.Add(trial.Judged{Trial: one, Result: one.Judge(history), History: history}); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(f.Set().Kept[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	kept, err := sim.ReadHistory(file, "kept")
	if err != nil || len(kept.Messages) > 0 || kept.Fingerprint() != history.Fingerprint() {
		t.Errorf("%v: %d messages, fingerprint %s, want none and fingerprint %s", err, len(kept.Messages), kept.Fingerprint(), history.Fingerprint())
	}
}

func TestRunsThatCannotBeAddedUpAreRefused(t *testing.T) {
	first, link := filled(t).Path, filepath.Join(t.TempDir(), "latest")
	if err := os.Symlink(first, link); err != nil {
		t.Fatal(err)
	}
	for want, other := range map[string]string{
		"are the same folder": link,
		"results.jsonl:1: failover with sentinel, guard none, virtual world: seed 17 has a lease of 2s, but the earlier trials have 1s": edited(t, resultsFile, `"seed":`, `"seed":1`, `"ttl":1000000000`, `"ttl":2000000000`, `"seed":11`, `"seed":17`),
		"has a scenario gc-pause whose script is another one":                                                                           edited(t, aboutFile, `"title": ""`, `"title": "", "digest": "another"`),
	} {
		if _, err := Read(t.Context(), []string{first, other}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want an error that says %q", err, want)
		}
	}
}

// edited is the folder of a run with replacements in one of its files.
func edited(t *testing.T, file string, fromTo ...string) string {
	t.Helper()
	f := filled(t)
	path := filepath.Join(f.Path, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fromTo); i += 2 {
		if !strings.Contains(string(text), fromTo[i]) {
			t.Fatalf("%s has no %s", path, fromTo[i])
		}
		text = []byte(strings.ReplaceAll(string(text), fromTo[i], fromTo[i+1]))
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return f.Path
}
