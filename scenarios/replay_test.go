package scenarios

import (
	"errors"
	"strings"
	"testing"
)

// What runs a trial again is the command that ran it: in a comparison of worlds, a virtual
// trial has the options of the real servers, and a live one the servers that were named.
func TestATrialIsRunAgainAsItWas(t *testing.T) {
	all, err := Builtin(Everything())
	if err != nil {
		t.Fatal(err)
	}
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
