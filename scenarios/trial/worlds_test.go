package trial

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
)

// TestOnlyRealLibrariesAreLeftOutOfTheVirtualWorld also checks that the live world has them.
func TestOnlyRealLibrariesAreLeftOutOfTheVirtualWorld(t *testing.T) {
	all := builtin(t)
	for _, b := range services.Registry() {
		if library := strings.HasPrefix(b.Name(), lib.Prefix); LiveOnly(b) != library {
			t.Errorf("%s runs in the live world only: %t", b.Name(), !library)
		}
	}
	leftOut := 0
	for _, s := range all {
		cells, err := s.Cells(services.Registry())
		if err != nil {
			t.Fatal(err)
		}
		simulated, err := Selection{World: sim.VirtualWorld}.cells(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			has := slices.ContainsFunc(simulated, func(o script.Cell) bool {
				return o.Guard == c.Guard && o.Backend.String() == c.Backend.String()
			})
			library := strings.HasPrefix(c.Backend.Backend.Name(), lib.Prefix)
			if has == library {
				t.Errorf("%s with %s, guard %s: simulated: %t", s.Name, c.Backend, c.Guard, has)
			}
			if library {
				leftOut++
			}
		}
		if run, err := (Selection{World: sim.LiveWorld}).cells(s); err != nil || len(run) != len(cells) {
			t.Errorf("%s has %d cells in the live world, %v, expected %d", s.Name, len(run), err, len(cells))
		}
	}
	if leftOut == 0 {
		t.Error("no script has a library")
	}
}

// TestEachLiveCellHasVirtualTrialsToBeComparedWith checks that each live cell of a script has
// virtual trials, and no cell has them twice. For a library's cell they are trials of the profile
// that stands for it.
func TestEachLiveCellHasVirtualTrialsToBeComparedWith(t *testing.T) {
	all := builtin(t)
	list, err := Selection{Seeds: outcome.Seeds{First: 1, Last: 1}}.InBothWorlds(all)
	if err != nil {
		t.Fatal(err)
	}
	trials := slices.Collect(list.All())
	virtual := map[outcome.CellName]int{}
	for _, trial := range trials {
		if trial.World == sim.VirtualWorld {
			virtual[trial.Cell()]++
		}
	}
	libraries := 0
	for i := range trials {
		name := trials[i].Cell()
		if name.World == sim.VirtualWorld {
			if LiveOnly(trials[i].Backend.Backend) {
				t.Fatalf("%s is to be run in the virtual world", name)
			}
			continue
		}
		if LiveOnly(trials[i].Backend.Backend) {
			libraries++
			if name.Backend = trials[i].card().StandIn; name.Backend == "" {
				t.Fatalf("nothing stands for %s", trials[i].Backend)
			}
		}
		if name.World = sim.VirtualWorld; virtual[name] != outcome.AgreementSeeds {
			t.Errorf("%s has %d virtual trials, expected %d", name, virtual[name], outcome.AgreementSeeds)
		}
	}
	if libraries == 0 {
		t.Error("no library is to be compared with anything")
	}
}

// TestProfilesInThePlaceOfLibrariesAreAsExpected checks that the script's expectations also hold
// for a profile that takes the place of a library.
func TestProfilesInThePlaceOfLibrariesAreAsExpected(t *testing.T) {
	list, err := Selection{Seeds: outcome.Seeds{First: 1, Last: 1}}.InBothWorlds(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	trials := slices.Collect(list.All())
	wanted := map[outcome.CellName]bool{}
	for _, trial := range trials {
		if name := trial.Cell(); LiveOnly(trial.Backend.Backend) {
			name.Backend, name.World = trial.card().StandIn, sim.VirtualWorld
			wanted[name] = true
		}
	}
	if len(wanted) == 0 {
		t.Fatal("no profile is in the place of a library")
	}
	for _, trial := range trials {
		if !wanted[trial.Cell()] || trial.Seed > 1 {
			continue
		}
		if r := trial.Judge(simulated(t, trial)); r.Outcome != outcome.AsExpected {
			t.Errorf("%s, in the place of a library: %s, expected it to be as the script says", trial.Cell(), r.Outcome)
		}
	}
}

// TestAProfileHasTheOptionsOfItsLibrary checks that an option that library and profile share by
// name applies to the profile too, as do the script's options for all locks.
func TestAProfileHasTheOptionsOfItsLibrary(t *testing.T) {
	s, err := scenarios.Find("gc-pause", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for library, profile := range map[string]string{
		"lib/redislock": "redis-redislock", "lib/redislock+renew": "redis-redislock+renew", "lib/redislock+renew=off": "redis-redislock",
		"lib/redsync": "redlock-redsync", "lib/redsync+nodes=3": "redlock-redsync+nodes=3", "lib/redsync+nodes=5": "redlock-redsync", "lib/redsync+nodes=1": "redlock-redsync+nodes=1", "lib/redsync+nodes=99": "redlock-redsync+nodes=99",
		"lib/etcd-mutex": "etcd", "lib/zk-lock": "zookeeper-go",
	} {
		trials, err := Selection{Seeds: outcome.Seeds{First: 1, Last: 1}, Backends: []string{library, profile}, Guards: []string{"none"}}.InBothWorlds([]*script.Scenario{s})
		if err != nil {
			t.Fatal(err)
		}
		seeds := 0
		for trial := range trials.All() {
			if trial.World == sim.VirtualWorld && trial.Backend.String() == profile && trial.TTL == s.LiveTTL && trial.asLive {
				seeds++
			}
		}
		if seeds != outcome.AgreementSeeds || trials.Len() != outcome.AgreementSeeds+2 {
			t.Errorf("%s: %d trials, %d of them virtual ones of %s as it would be live; expected %d of them and two live ones", library, trials.Len(), seeds, profile, outcome.AgreementSeeds)
		}
	}
}

func TestALibraryAskedForInTheVirtualWorldIsNotAvailable(t *testing.T) {
	trial := one(t, "gc-pause", "lib/redislock", "none")
	if err := trial.Unavailable(); err == nil || !strings.Contains(err.Error(), "--world live") {
		t.Errorf("a library in the virtual world: %v, expected what to do", err)
	}
	if h, err := trial.Simulate(t.Context()); err == nil {
		t.Errorf("it was simulated all the same: %v", h)
	}
	can, cannot := Available([]Trial{trial})
	if len(can) > 0 || len(cannot) != 1 || Cards(nil, cannot)[0].Cells[0].Unavailable == "" {
		t.Errorf("%d trials can be run, and these cells cannot: %+v", len(can), cannot)
	}
}

// TestAnUnknownWorldIsNotTakenForAnother checks that a world that does not exist is not run as one
// of the others.
func TestAnUnknownWorldIsNotTakenForAnother(t *testing.T) {
	s, err := scenarios.Find("no-fault", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	labs := NewLabs(1)
	defer labs.Close()
	trial := trials[0]
	trial.World = "bubble"
	if h, err := labs.Run(t.Context(), trial); err == nil {
		t.Errorf("it was run, with %d events", len(h.Events))
	}
	if err := trial.Unavailable(); err == nil || !strings.Contains(err.Error(), `the world "bubble" cannot be simulated`) {
		t.Errorf("why it cannot be run: %v", err)
	}
}
