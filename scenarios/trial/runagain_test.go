package trial

import (
	"errors"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// The command that runs a trial again must repeat how it ran: in a comparison of worlds, a virtual
// trial uses the options of the real servers, and a live one uses the servers that were named.
func TestATrialIsRunAgainAsItWas(t *testing.T) {
	all := []*script.Scenario{one(t, "no-fault", "etcd", "none").Scenario}
	servers := []string{"--attach", "redis=10.0.0.1:6379", "--etcd", "/my servers/etcd's"}
	both, err := Selection{Backends: []string{"etcd"}, Guards: []string{"none"}, Seeds: outcome.Seeds{First: 1, Last: 1}, Servers: servers}.InBothWorlds(all)
	if err != nil {
		t.Fatal(err)
	}
	named := ` --attach redis=10.0.0.1:6379 --etcd '/my servers/etcd'\''s'`
	for _, trial := range both {
		line := trial.failed(errors.New("oops")).Replay("")
		want := map[string]string{sim.VirtualWorld: " --world virtual --seeds 1..1 --ttl 2s --as-live" + named, sim.LiveWorld: " --world live --seeds 1..1 --ttl 2s" + named}
		if trial.Seed == 1 && !strings.HasSuffix(line, want[trial.World]) {
			t.Errorf("a trial in the %s world is run again by\n%s\nexpected the end\n%s", trial.World, line, want[trial.World])
		}
	}
	alone, err := Selection{Backends: []string{"etcd"}, Guards: []string{"none"}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}, Servers: servers}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	if line := alone[0].failed(errors.New("oops")).Replay(""); !strings.HasSuffix(line, "--world virtual --seeds 1..1 --ttl 10s") {
		t.Errorf("a virtual trial on its own is run again by %s", line)
	}
}
