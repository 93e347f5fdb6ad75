package lab

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExitStatus checks that the exit status tells a script how the run came out: as expected, not
// as expected, undecided, or bad input.
func TestExitStatus(t *testing.T) {
	const script = `scenario: mine
title: Mine
text: Some text.
ttl: 10s
clients: 2
workload:
  withdraw: {think: 0.2ttl, stagger: 0.1ttl}
backends: [redis]
guards: [none]
steps:
  - on: {client: 1, event: check, nth: NTH}
    do: {pause: {host: client-1, for: 1.5ttl}}
until: 4ttl
expect:
  - lost-update: VERDICT
    because: of the pause
`
	write := func(name, nth, verdict string) string {
		path := filepath.Join(t.TempDir(), name)
		text := strings.NewReplacer("NTH", nth, "VERDICT", verdict).Replace(script)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	expected := write("expected.yaml", "1", "violated")
	unmet := write("unmet.yaml", "1", "holds")
	missed := write("missed.yaml", "2", "holds")
	out := t.TempDir()
	run1 := func(file string) []string { return []string{"run", file, "--seeds", "1", "--out", out} }
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"as expected", run1(expected), statusAsExpected},
		{"not as expected", run1(unmet), statusNotAsExpected},
		{"a fault that never happened", run1(missed), statusUndecided},
		{"a report of it", []string{"report", filepath.Join(out, "latest")}, statusUndecided},
		{"a report of nothing", []string{"report", t.TempDir()}, statusBadInput},
		{"no such scenario", run1("nothing-of-that-name"), statusBadInput},
		{"no such file", run1("nothing.yaml"), statusBadInput},
		{"no such flag", []string{"run", "--sedes", "1"}, statusBadInput},
		{"no such command", []string{"rnu"}, statusBadInput},
		{"not a history", []string{"check", expected}, statusBadInput},
		{"a folder that cannot be made", append(run1(expected), "--out", expected), statusBadInput},
		{"help", []string{"--help"}, statusAsExpected},
		{"what the machine can do", []string{"doctor"}, statusAsExpected},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if got := run(c.args, &stdout, &stderr); got != c.want {
				t.Errorf("status %d, want %d\n%s%s", got, c.want, &stdout, &stderr)
			}
			if c.want == statusBadInput && (stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "locklab: ")) {
				t.Errorf("bad input prints one error and nothing else; got\n%s%s", &stdout, &stderr)
			}
		})
	}
}

// TestCompletion checks that shell completion knows the scenarios, the lock services and the
// guards.
func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"__complete", "run", ""}, "gc-pause\t"},
		{[]string{"__complete", "show", "gc"}, "gc-pause\t"},
		{[]string{"__complete", "run", "--guard", ""}, "fence-all\t"},
		{[]string{"__complete", "run", "--backend", ""}, "redis\t"},
		{[]string{"__complete", "run", "--world", ""}, "live\n"},
		{[]string{"__complete", "run", "--format", ""}, "csv\n"},
		{[]string{"__complete", "claims", "--format", ""}, "md\n"},
		{[]string{"__complete", "list", "--format", ""}, "json\n"},
		{[]string{"completion", "bash"}, "__start_locklab"},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(c.args, &stdout, &stderr); status != 0 || !strings.Contains(stdout.String(), c.want) {
			t.Errorf("%v: status %d, no %q in\n%s", c.args, status, c.want, &stdout)
		}
	}
}
