package reports

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func TestTheMostTellingPictureShowsALockServiceThatLostAWithdrawal(t *testing.T) {
	kept := func(name string, lost check.Verdict, servers []sim.HostID, faults []string) Kept {
		return Kept{Name: name, Judged: scenarios.Judged{
			Result:  scenarios.Result{Findings: []check.Finding{{Property: check.LostUpdate, Verdict: lost}}},
			History: &sim.History{Header: sim.Header{Servers: servers, Faults: faults}},
		}}
	}
	calm := kept("nothing went wrong", check.Holds, []sim.HostID{"redis-1"}, nil)
	nolock := kept("no lock at all", check.Violated, nil, nil)
	paused := kept("a paused holder", check.Violated, []sim.HostID{"redis-1"}, []string{"pause client-1"})
	for _, c := range []struct {
		kept []Kept
		want string
	}{
		{[]Kept{calm, nolock, paused}, "a paused holder"},
		{[]Kept{calm, nolock}, "no lock at all"},
		{[]Kept{calm}, "nothing went wrong"},
	} {
		if got := MostTelling(c.kept); got == nil || got.Name != c.want {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
	if got := MostTelling(nil); got != nil {
		t.Errorf("of nothing, %s tells most", got.Name)
	}
}

func TestEachScenarioAndEachSurpriseHasAPictureToOpen(t *testing.T) {
	folder, err := NewFolder(t.TempDir(), About{Started: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	add := func(scenario, backend string, seed uint64, outcome scenarios.Outcome) {
		t.Helper()
		j := scenarios.Judged{
			Result:  scenarios.Result{Scenario: scenario, Backend: backend, Guard: "none", World: "virtual", Seed: seed, Outcome: outcome},
			History: &sim.History{Header: sim.Header{Format: sim.Format}, Events: []sim.Event{{Seq: 1, At: time.Second, Kind: sim.End, Note: sim.TimeUp}}},
		}
		if err := folder.Add(&j); err != nil {
			t.Fatal(err)
		}
	}
	add("gc-pause", "redis", 1, scenarios.AsExpected)
	add("gc-pause", "redis", 2, scenarios.NotAsExpected)
	add("gc-pause", "etcd", 1, scenarios.AsExpected)
	add("failover", "redis", 1, scenarios.AsExpected)
	var pictures []string
	for _, k := range folder.Kept() {
		if err := folder.Draw(k); err != nil {
			t.Fatal(err)
		}
		for _, ending := range []string{".png", ".svg"} {
			if _, err := os.Stat(filepath.Join(folder.Path, "charts", k.Name+ending)); err == nil {
				pictures = append(pictures, k.Name+ending)
			}
		}
	}
	want := []string{
		"gc-pause.redis.none.virtual.seed-1.png", "gc-pause.redis.none.virtual.seed-1.svg",
		"gc-pause.redis.none.virtual.seed-2.png", "gc-pause.redis.none.virtual.seed-2.svg",
		"gc-pause.etcd.none.virtual.seed-1.svg",
		"failover.redis.none.virtual.seed-1.png", "failover.redis.none.virtual.seed-1.svg",
	}
	if !slices.Equal(pictures, want) {
		t.Errorf("drawn: %q, want %q", pictures, want)
	}
}
