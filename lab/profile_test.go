package lab

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestARunIsProfiled(t *testing.T) {
	dir := t.TempDir()
	cpu, memory := filepath.Join(dir, "cpu"), filepath.Join(dir, "memory")
	var stderr bytes.Buffer
	if status := runUnder(t.Context(), []string{"run", "gc-pause", "--backend", "redis", "--out", dir, "--cpuprofile", cpu, "--memprofile", memory}, &bytes.Buffer{}, &stderr); status != statusAsExpected {
		t.Fatalf("status %d: %s", status, &stderr)
	}
	for path, want := range map[string]string{cpu: "Type: cpu", memory: "trial.Trial.simulate"} {
		out, err := exec.Command("go", "tool", "pprof", "-top", "-cum", "-nodecount", "1000", "-nodefraction", "0", path).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s does not say %q: %v\n%s", path, want, err, out)
		}
	}
}

func TestAProfileThatCannotBeWrittenStopsTheRunBeforeItStarts(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--cpuprofile", filepath.Join(dir, "none", "cpu")}, "expected a file in a folder that exists"},
		{[]string{"--memprofile", dir}, "expected a file, but this is none"},
		{[]string{"--cpuprofile", filepath.Join(dir, "x"), "--memprofile", filepath.Join(dir, "x")}, "expected two files"},
		{[]string{"--cpuprofile", ""}, "--cpuprofile"},
	} {
		out := filepath.Join(dir, "out")
		var stderr bytes.Buffer
		status := runUnder(t.Context(), append([]string{"run", "gc-pause", "--out", out}, c.args...), &bytes.Buffer{}, &stderr)
		if text := stderr.String(); status != statusBadInput || !strings.Contains(text, c.want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%q: status %d, expected %d and one line with %q:\n%s", c.args, status, statusBadInput, c.want, text)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: something was run", c.args)
		}
	}
}
