package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// inShards runs a command as a whole and in shards, in the same folder, and returns the folders of the
// shards.
func inShards(t *testing.T, dir string, shards int, args ...string) (folders []string) {
	t.Helper()
	if status, _, said := command(t, dir, args...); status == statusBadInput {
		t.Fatal(said)
	}
	for i := range shards {
		out := fmt.Sprintf("shard-%d", i+1)
		status, _, said := command(t, dir, append(args, "--shard", fmt.Sprintf("%d/%d", i+1, shards), "--out", out)...)
		if status == statusBadInput {
			t.Fatal(said)
		}
		folders = append(folders, filepath.Join(out, "latest"))
	}
	return folders
}

// randomScript expects something of all trials of a cell together.
const randomScript = `scenario: random
title: Random
text: Some text.
ttl: 10s
clients: 2
workload:
  withdraw: {times: 3, think: {uniform: [0s, 2s]}, stagger: 0.1ttl}
backends: [redis]
guards: [none]
steps:
  - on: {client: 1, event: check}
    do: {pause: {host: client-1, for: {uniform: [0, 2ttl]}}}
until: 6ttl
expect:
  - lost-update: {sometimes: [0.2, 0.9]}
    because: about one pause in two is longer than what is left of the lease
  - measures: {wait: {mean: [0ttl, 1ttl], p50: [0ttl, 2ttl]}}
    because: nobody waits for long
`

// The shards of a run, put together, are the run. Some of its trials are not as expected, and some
// are a matter of chance: which histories are kept of them depends on all trials before.
func TestShardsPutTogetherAreTheWholeRun(t *testing.T) {
	dir := filepath.Dir(pausedScript(t, "holds"))
	if err := os.WriteFile(filepath.Join(dir, "random.yaml"), []byte(randomScript), 0o644); err != nil {
		t.Fatal(err)
	}
	run := []string{"run", "mine.yaml", "random.yaml", "leader-crash", "lost-unlock-reply", "--guard", "none", "--seeds", "13"}
	folders := inShards(t, dir, 8, run...)
	for _, format := range []string{"table", "csv"} {
		wholeStatus, whole, _ := command(t, dir, "report", "out/latest", "--format", format)
		status, merged, said := command(t, dir, append([]string{"report", "--out", "merged", "--format", format}, folders...)...)
		if status != wholeStatus || status != statusNotAsExpected {
			t.Errorf("status %d, want %d, that of a run with surprises; it says\n%s", status, wholeStatus, said)
		}
		if format == "table" { // ends with the names of folders
			whole, _, _ = strings.Cut(whole, "\nresults ")
			merged, _, _ = strings.Cut(merged, "\nresults ")
		}
		if whole != merged {
			t.Errorf("as %s, the shards put together differ from the run:\n%s", format, firstDifference([]byte(whole), []byte(merged)))
		}
		sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "merged"))
	}
}

// A run of everything has sweeps and claims as well.
func TestShardsOfEverythingPutTogetherAreTheWholeRun(t *testing.T) {
	if testing.Short() || os.Getenv("LOCKLAB_SEEDS") == "" {
		t.Skip("runs the whole suite twice, which is left to runs of the tests with more seeds (LOCKLAB_SEEDS=3)")
	}
	dir := t.TempDir()
	folders := inShards(t, dir, 3, "run", "--seeds", "1")
	if status, _, said := command(t, dir, append([]string{"report", "--out", "merged"}, folders...)...); status == statusBadInput {
		t.Fatal(said)
	}
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "merged"))
	if _, err := os.Stat(filepath.Join(dir, "merged/claims.json")); err != nil {
		t.Error(err)
	}
	// A shard that was killed while it measured the points is gone on with there.
	last := filepath.Join(dir, folders[2])
	sweeps, err := os.ReadFile(filepath.Join(last, "sweeps.jsonl"))
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(last, "sweeps.jsonl"), sweeps[:len(sweeps)/2], 0o644), os.Remove(filepath.Join(last, "claims.json")))
	}
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, "run", "--resume", folders[2])
	if status, _, said := command(t, dir, append([]string{"report", "--out", "merged"}, folders...)...); status == statusBadInput {
		t.Fatal(said)
	}
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "merged"))
	// Without the last one, nobody knows what the claims came to.
	status, _, said := command(t, dir, append([]string{"report", "--out", "few"}, folders[:2]...)...)
	if status == statusAsExpected || !strings.Contains(said, "missing: shard 3/3; sweeps and claims were not finished") {
		t.Errorf("status %d; it says\n%s", status, said)
	}
}

func TestShardsOfASweepPutTogetherAreTheWholeSweep(t *testing.T) {
	dir := t.TempDir()
	folders := inShards(t, dir, 3, "sweep", "pause", "--seeds", "3")
	if status, _, said := command(t, dir, append([]string{"report", "--out", "merged"}, folders...)...); status != statusAsExpected {
		t.Errorf("status %d; it says\n%s", status, said)
	}
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "merged"))
	for _, folder := range folders {
		if status, _, said := command(t, dir, "report", folder); status != statusAsExpected || said != "" {
			t.Errorf("a shard on its own has status %d; it says\n%s", status, said)
		}
	}
}

// What is expected of all trials together cannot be told from a part of them, and is not held against
// it.
func TestAShardIsNotJudgedByWhatAllTrialsTell(t *testing.T) {
	dir := filepath.Dir(pausedScript(t, "{sometimes: [0.4, 1]}"))
	share := func(args ...string) (int, string) {
		status, stdout, _ := command(t, dir, append([]string{"run", "mine.yaml", "--seeds", "8"}, args...)...)
		return status, stdout
	}
	whole, _ := share()
	part, said := share("--shard", "2/8")
	if whole != statusUndecided || part != statusAsExpected || !strings.Contains(said, "This is shard 2/8") {
		t.Errorf("the whole run has status %d, want %d, as it has too few trials; a shard has status %d and says\n%s", whole, statusUndecided, part, said)
	}
}

// Shards that are missing or were ended early are shown as such. Given again, all are put together in
// the same folder.
func TestMissingShardsAreNamed(t *testing.T) {
	dir := t.TempDir()
	folders := inShards(t, dir, 4, "run", "gc-pause", "--backend", "redis", "--seeds", "9")
	report := func(folders ...string) (int, string) {
		status, _, said := command(t, dir, append([]string{"report", "--out", "merged"}, folders...)...)
		return status, said
	}
	if status, said := report(folders[3], folders[0]); status != statusUndecided || !strings.Contains(said, "of 45 trials were finished; missing: shard 2/4, 3/4\n") {
		t.Errorf("status %d; it says\n%s", status, said)
	}
	if status, said := report(folders[2], folders[0], folders[3], folders[1]); status != statusAsExpected {
		t.Errorf("status %d; it says\n%s", status, said)
	}
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "merged"))
}
