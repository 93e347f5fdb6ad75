package scenarios

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The command that runs a trial again must repeat how it ran: in a comparison of worlds, a virtual
// trial uses the options of the real servers, and a live one uses the servers that were named.
func TestATrialIsRunAgainAsItWas(t *testing.T) {
	all := builtin(t)
	servers := []string{"--attach", "redis=10.0.0.1:6379", "--etcd", "/my servers/etcd's"}
	both, err := Selection{Backends: []string{"etcd"}, Guards: []string{"none"}, Seeds: Seeds{1, 1}, Servers: servers}.InBothWorlds(all[:1])
	if err != nil {
		t.Fatal(err)
	}
	named := ` --attach redis=10.0.0.1:6379 --etcd '/my servers/etcd'\''s'`
	for _, trial := range both {
		line := trial.failed(errors.New("oops")).Replay("")
		want := map[string]string{VirtualWorld: " --world virtual --seeds 1..1 --ttl 2s --as-live" + named, LiveWorld: " --world live --seeds 1..1 --ttl 2s" + named}
		if trial.Seed == 1 && !strings.HasSuffix(line, want[trial.World]) {
			t.Errorf("a trial in the %s world is run again by\n%s\nexpected the end\n%s", trial.World, line, want[trial.World])
		}
	}
	alone, err := Selection{Backends: []string{"etcd"}, Guards: []string{"none"}, World: VirtualWorld, Seeds: Seeds{1, 1}, Servers: servers}.Trials(all[:1])
	if err != nil {
		t.Fatal(err)
	}
	if line := alone[0].failed(errors.New("oops")).Replay(""); !strings.HasSuffix(line, "--world virtual --seeds 1..1 --ttl 10s") {
		t.Errorf("a virtual trial on its own is run again by %s", line)
	}
}

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
