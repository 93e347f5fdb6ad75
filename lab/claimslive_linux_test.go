package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/sim/live/livetest"
)

// TestClaimsAreWeighedInTheLiveWorld checks that real servers and clients weigh a claim, and that
// the folder says so.
func TestClaimsAreWeighedInTheLiveWorld(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	out := openDir(t)
	said, err := exec.Command(buildCommand(t), "claims", "K3", "A5", "--world", "live", "--jobs", "1", "--out", out).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{
		"2 claims: 1 confirmed, 1 not testable in this world (1 trial in the live world).",
		"gc-pause with perfect, guard none: lost-update violated in 1 of 1",
		"only step it",
	} {
		if !strings.Contains(strings.Join(strings.Fields(string(said)), " "), want) {
			t.Errorf("the output does not say %q:\n%s", want, said)
		}
	}
	set, err := results.Read(t.Context(), []string{filepath.Join(out, "latest")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Claims) != 2 || set.Claims[0].ID != "K3" || set.Claims[0].World != "live" || set.Trials != 1 {
		t.Errorf("%d trials, claims %+v", set.Trials, set.Claims)
	}
}

// TestInterruptedLiveClaimsAreNotWeighed checks that Ctrl-C keeps what was judged and weighs
// nothing.
func TestInterruptedLiveClaimsAreNotWeighed(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	livetest.HearSignals(t)
	out := openDir(t)
	c := exec.Command(buildCommand(t), "claims", "K3", "--world", "live", "--seeds", "50", "--jobs", "1", "--out", out)
	var said, problems strings.Builder
	c.Stdout, c.Stderr = &said, &problems
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the first result", func() bool {
		rows, _ := os.ReadFile(filepath.Join(out, "latest", "results.jsonl"))
		return len(rows) > 0
	})
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // the status is checked below
	if status := c.ProcessState.ExitCode(); status != statusUndecided || !strings.Contains(problems.String(), "the claims were not weighed") || strings.Contains(said.String(), "KLEPPMANN") {
		t.Errorf("status %d\n%s\n%s", status, &said, &problems)
	}
	if _, err := os.Stat(filepath.Join(out, "latest", results.ClaimsFile)); err == nil {
		t.Error("there are claims although they were not weighed")
	}
}
