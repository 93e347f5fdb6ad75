package outcome

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The words of a row can come from a folder that was passed around, and the command is meant to be
// pasted. Whatever the words contain, a shell must run locklab with them and nothing else.
func TestTheCommandThatRunsATrialAgainIsOneCommand(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("needs a shell")
	}
	r := Result{
		Scenario: "$(touch x)", Backend: "redis+a=b;id", Guard: "none|id", Discipline: "late=1s\nid", World: "`id`",
		Arguments: []string{"--etcd", "/it's ~/é", "", "=x", "--attach", "a&b", "%1", "^x"},
	}
	const before = `locklab() { printf '%s\0' "$@"; }; `
	for file, name := range map[string]string{"": r.Scenario, "/a b/*.yaml": "/a b/*.yaml", "-x.yaml": "./-x.yaml"} {
		want := slices.Concat([]string{
			"run", name, "--backend", r.Backend, "--guard", r.Guard, "--discipline", r.Discipline, "--world", r.World, "--seeds", "0..0", "--ttl", "0s",
		}, r.Arguments)
		out, err := exec.Command(shell, "-c", before+r.Replay(file)).Output()
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); err != nil || !slices.Equal(got, want) {
			t.Errorf("a shell understands %s\nas %q, %v\nwant %q", r.Replay(file), got, err, want)
		}
	}
}
