package results

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// What a library was compared with, and the result, are the same when the folder of the run is read
// again.
func TestAFolderKeepsWhatALibraryIsHeldAgainst(t *testing.T) {
	const library, profile = "lib/etcd-mutex", "etcd"
	cell := outcome.CardCell{Guard: "none", Discipline: "attentive", TTL: 2 * time.Second}
	virtual, live := cell, cell
	virtual.Backend, virtual.World = profile, sim.VirtualWorld
	live.Backend, live.World, live.StandIn = library, sim.LiveWorld, profile
	f, err := NewFolder(t.TempDir(), About{Started: time.Unix(0, 0), Scenarios: []outcome.Card{
		{Scenario: "gc-pause", Cells: []outcome.CardCell{virtual, live}}}})
	if err != nil {
		t.Fatal(err)
	}
	keep := func(c outcome.CardCell, seed uint64, renews float64) {
		r := outcome.Result{Scenario: "gc-pause", Backend: c.Backend, Guard: c.Guard, Discipline: c.Discipline, World: c.World, Seed: seed, TTL: c.TTL,
			Measures: []check.Measured{{Measure: check.RenewEvery, Count: 2, Least: renews, Most: renews + 0.1, Mean: renews, P50: renews, P99: renews + 0.1}}}
		if c.World == sim.LiveWorld {
			r.Slack = 30*time.Millisecond + time.Duration(seed)*time.Microsecond
		}
		for _, p := range slices.Concat(check.Preconditions(), check.Properties()) {
			r.Findings = append(r.Findings, check.Finding{Property: p})
		}
		h := &sim.History{Header: sim.Header{Format: sim.Format}, Events: []sim.Event{{Seq: 1, At: time.Second, Kind: sim.End, Note: sim.TimeUp}}}
		if err := f.Add(trial.Judged{Result: r, History: h}); err != nil {
			t.Fatal(err)
		}
	}
	for seed := range uint64(20) {
		keep(virtual, seed+1, 0.667)
	}
	for seed := range uint64(5) {
		keep(live, seed+1, 1)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Read(t.Context(), []string{f.Path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, after := outcome.Agreements(f.Set().Cells), outcome.Agreements(again.Cells)
	if len(before) != 1 || before[0].Accord != outcome.Disagree || len(before[0].Measures) != 1 {
		t.Fatalf("%+v", before)
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("read again:\n%+v\nbefore:\n%+v", after, before)
	}
}
