package lab

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/lab/internal/console"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/claims"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// canceller interrupts a command as soon as it has printed certain text.
type canceller struct {
	bytes.Buffer
	at     string
	cancel func()
}

func (c *canceller) Write(p []byte) (int, error) {
	n, err := c.Buffer.Write(p)
	if strings.Contains(c.String(), c.at) {
		c.cancel()
	}
	return n, err
}

// interrupted runs a command and interrupts it when its progress says at; if at is empty, never.
func interrupted(t *testing.T, at string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	said := canceller{at: at, cancel: cancel}
	if at == "" {
		said.cancel = func() {}
	}
	status = runUnder(ctx, args, &out, &said)
	return status, out.String(), said.String()
}

// pausedScript writes a script that loses an update and returns its path; verdict is what the
// script expects.
func pausedScript(t *testing.T, verdict string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mine.yaml")
	text := `scenario: mine
title: Mine
text: Some text.
ttl: 10s
clients: 2
workload:
  withdraw: {think: 0.2ttl, stagger: 0.1ttl}
backends: [redis]
guards: [none]
steps:
  - on: {client: 1, event: check}
    do: {pause: {host: client-1, for: 1.5ttl}}
until: 4ttl
expect:
  - lost-update: ` + verdict + `
    because: of the pause
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnInterruptionWhileDrawingIsNoSuccess(t *testing.T) {
	out := t.TempDir()
	run := []string{"run", pausedScript(t, "violated"), "--seeds", "1", "--out", out}
	report := []string{"report", filepath.Join(out, "latest")}
	for _, test := range []struct {
		name, at string
		args     []string
		want     int
	}{
		{"after the last trial", "trials: 1 of 1", run, statusUndecided},
		{"while drawing", "timelines: 1 of 1", run, statusUndecided},
		{"in a report", "timelines: 1 of 1", report, statusUndecided},
		{"never", "", report, statusAsExpected},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := interrupted(t, test.at, test.args...)
			if status != test.want {
				t.Errorf("status %d, want %d", status, test.want)
			}
			drawn := test.want == statusAsExpected
			if strings.Contains(stderr, "interrupted: charts and page were not finished\n") == drawn || strings.Contains(stdout, "look at") != drawn {
				t.Errorf("it says\n%s%s", stdout, stderr)
			}
			if _, err := os.Stat(filepath.Join(out, "latest", "index.html")); (err == nil) != drawn {
				t.Errorf("the page: %v", err)
			}
		})
	}
}

// TestAnInterruptedRunIsNotTakenForAWholeOne checks that an interrupted run says how much of it was
// done, and that a report of it does too. Even then, what is not as expected decides the status.
func TestAnInterruptedRunIsNotTakenForAWholeOne(t *testing.T) {
	for verdict, want := range map[string]int{"violated": statusUndecided, "holds": statusNotAsExpected} {
		t.Run(verdict, func(t *testing.T) {
			out := t.TempDir()
			status, stdout, stderr := interrupted(t, "trials: 40 of 400", "run", pausedScript(t, verdict), "--seeds", "400", "--jobs", "1", "--out", out)
			if status != want {
				t.Errorf("status %d, want %d", status, want)
			}
			count := regexp.MustCompile(`(?m)^interrupted: (\d+ of 400) trials were finished; charts and page were not finished$`).FindStringSubmatch(stderr)
			if count == nil || !strings.HasPrefix(stdout, "Only "+count[1]+" trials finished.\n") {
				t.Fatalf("it says\n%s%s", stdout, stderr)
			}
			latest := filepath.Join(out, "latest")
			status, stdout, stderr = interrupted(t, "", "report", latest)
			if status != want || !strings.HasPrefix(stdout, "Only "+count[1]+" trials finished.\n") || !strings.Contains(stderr, "unfinished: "+count[1]+" trials were finished\n") {
				t.Errorf("status %d, want %d; the report says\n%s%s", status, want, stdout, stderr)
			}
			page, err := os.ReadFile(filepath.Join(latest, "index.html"))
			if err != nil || !bytes.Contains(page, []byte("<dt>Trials</dt><dd>"+count[1]+" finished,")) || !bytes.Contains(page, []byte("<h1>Only "+count[1]+" trials finished.")) {
				t.Errorf("the page does not say how many trials there are; %v", err)
			}
			status, _, stderr = interrupted(t, "", "report", latest, "--format", "csv")
			if status != want || !strings.Contains(stderr, "unfinished: "+count[1]) {
				t.Errorf("status %d, want %d; as CSV the report says\n%s", status, want, stderr)
			}
		})
	}
}

// TestAnInterruptionBeforeTheSweepsIsNoSuccess checks that the sweeps and claims of a run of
// everything count like its trials.
func TestAnInterruptionBeforeTheSweepsIsNoSuccess(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	all, err := load([]string{"gc-pause"})
	if err != nil {
		t.Fatal(err)
	}
	trials, err := trial.Selection{Backends: []string{"redis"}, Guards: []string{"none"}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	one := trials[0]
	history, err := one.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	folder, err := results.NewFolder(out, results.About{Started: time.Unix(0, 0), Trials: 1, Scenarios: trial.Cards(trials, nil)})
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Add(trial.Judged{Trial: one, Result: one.Judge(history), History: history}); err != nil {
		t.Fatal(err)
	}
	cmd := rootCommand()
	var stdout, stderr bytes.Buffer
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	if err := runRest(ctx, cmd, 1, trial.Shard{}, folder); err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	status, say := statusOf(conclude(ctx, cmd, folder, nil, console.TableFormat()))
	if status != statusUndecided || say != "interrupted: sweeps and claims were not finished; charts and page were not finished" {
		t.Errorf("status %d: %s", status, say)
	}
	status, _, said := interrupted(t, "", "report", filepath.Join(out, "latest"))
	if status != statusUndecided || !strings.Contains(said, "unfinished: sweeps and claims were not finished\n") {
		t.Errorf("status %d; the report says\n%s", status, said)
	}
}

func TestInterruptedClaimsAreNotWeighed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if status := runUnder(ctx, []string{"claims"}, &stdout, &stderr); status != statusUndecided || stdout.Len() > 0 || stderr.String() != "interrupted: the claims were not weighed\n" {
		t.Errorf("status %d\n%s%s", status, &stdout, &stderr)
	}
}

func TestSweepsAndClaimsOfARunCountAsTheirOwnCommandsDo(t *testing.T) {
	swept := func(o outcome.Outcome) results.Set {
		return results.Set{Sweeps: []sweep.Result{{About: sweep.About{Name: "pause"}, Points: []sweep.Point{{Outcome: o}}}}}
	}
	claim := func(v claims.Verdict) results.Set {
		return results.Set{Claims: []results.Claim{{ID: "K4", Verdict: v.String()}}}
	}
	for _, test := range []struct {
		name    string
		set     results.Set
		missing []string
		want    int
		say     string
	}{
		{"as derived", swept(outcome.AsExpected), nil, statusAsExpected, ""},
		{"an undecided sweep", swept(outcome.Undecided), nil, statusUndecided, "sweep pause is undecided: locklab sweep pause"},
		{"a sweep that contradicts", swept(outcome.NotAsExpected), nil, statusNotAsExpected, "sweep pause contradicts what was derived: locklab sweep pause"},
		{"a confirmed claim", claim(claims.Confirmed), nil, statusAsExpected, ""},
		{"an undecided claim", claim(claims.Undecided), nil, statusUndecided, "claim K4 is undecided: locklab claims K4"},
		{"a claim that is contradicted", claim(claims.Contradicted), nil, statusNotAsExpected, "a trial contradicts what is stated about claim K4: locklab claims K4"},
		{"interrupted", swept(outcome.AsExpected), []string{"interrupted"}, statusUndecided, "interrupted"},
		{"interrupted, and a surprise", results.Set{Cells: []outcome.Summary{{Outcome: outcome.NotAsExpected}}}, []string{"interrupted"}, statusNotAsExpected, "interrupted"},
	} {
		if got, say := statusOf(status(&test.set, outcome.Agree, test.missing)); got != test.want || say != test.say {
			t.Errorf("%s: status %d, want %d; it says %q", test.name, got, test.want, say)
		}
	}
}

// statusOf returns the exit status for an error returned by a command, and its message.
func statusOf(err error) (int, string) {
	ended, ok := err.(*statusError)
	switch {
	case err == nil:
		return statusAsExpected, ""
	case ok:
		return ended.status, ended.say
	}
	return statusBadInput, err.Error()
}
