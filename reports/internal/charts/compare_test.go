package charts

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// A trial that was run but undecided is not the same as one that was never run.
func TestTrialsThatCannotTellAreNotCalledMissing(t *testing.T) {
	undecided := func(c *outcome.Summary) {
		undecidedHarm(c)
		for i := range c.Tallies {
			c.Tallies[i] = outcome.Tally{Property: c.Tallies[i].Property, Undecided: c.Trials}
		}
	}
	sides := []func(*outcome.Summary){undecided, measured(check.ServedMajority, 1, 1, 1), measured(check.ServedMinority, 0, 0, 0)}
	results := set([]outcome.Summary{
		cell("a", "redis", "none", undecided),
		cell("partition-sides", "redis", "none", sides...), cell("partition-sides", "redis", "cas", undecided),
		cell("uncontended", "redis", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
		cell("uncontended", "etcd", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
		cell("a", "zookeeper", "none", harm(20)),
		cell("uncontended", "zookeeper", "none", measured(check.Wait, 0.002, 0.001, 0.003)),
	}, inTheBattery("a", sim.Pause), card("partition-sides", sim.Partition), card("uncontended"))
	if got := strings.Count(texts(t, CAP(results, sim.VirtualWorld)), "undecided"); got != 4 { // three bars, and the label
		t.Errorf("the chart says %d times that something is undecided, want 4", got)
	}
	if got := texts(t, CAP(results, sim.VirtualWorld)); strings.Contains(got, "no trial") {
		t.Errorf("the chart says that there was no trial:\n%s", got)
	}
	p := newPrices(results, sim.VirtualWorld)
	for _, want := range []string{"the battery was not run with it: etcd.", "every trial with a fault is undecided: redis."} {
		if !strings.Contains(p.says(), want) {
			t.Errorf("%q does not say %q", p.says(), want)
		}
	}
}

func TestCAPIsWhatWasMeasured(t *testing.T) {
	all := share{20, 20, 20}
	never := share{0, 20, 20}
	for _, c := range []struct {
		what             string
		majority, minor  float64
		overlap          share
		want, wantsMeans string
	}{
		{"one side is turned away", 1, 0, never, "CP", "turns one side away"},
		{"both are served", 0.95, 1, all, "AP", "serves both, two holders"},
		{"both are served for a while", 0.95, 0.2, share{1, 20, 20}, "AP", "serves both for a while, two holders"},
		{"one side is turned away, and yet there were two holders", 1, 0, all, "neither", "turns one side away, and overlaps"},
		{"both are served and kept apart", 1, 1, never, "?", "serves both, and no overlap was seen"},
		{"nobody is served", 0, 0, never, "C", "turns both sides away"},
		{"nothing is known", 1, 0, share{}, "?", "undecided"},
	} {
		name, means := sides{majority: c.majority, minority: c.minor, overlap: c.overlap}.choice()
		if name != c.want || means != c.wantsMeans {
			t.Errorf("%s: %q, %q; want %q, %q", c.what, name, means, c.want, c.wantsMeans)
		}
	}
}

func TestCAPHasARowForEachLockServiceThatWasMeasured(t *testing.T) {
	rows, _ := sidesOf(world().In(sim.VirtualWorld))
	var names []string
	for _, r := range rows {
		names = append(names, r.backend)
	}
	if want := []string{"none", "redis", minReplicas}; !slices.Equal(names, want) {
		t.Fatalf("rows %v, want %v", names, want)
	}
	if got, want := rows[2], (sides{backend: minReplicas, majority: 0.96, minority: 0.2, overlap: share{20, 20, 20}, harm: share{6, 20, 20}, left: share{0, 20, 20}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	text := texts(t, CAP(world(), sim.VirtualWorld))
	for _, want := range []string{"No lock served both sides of the split and kept them apart", "CP", "AP", "100 %", "0 %", "20 %"} {
		if !strings.Contains(text, want) {
			t.Errorf("the picture does not say %q:\n%s", want, text)
		}
	}
}

func TestThePriceIsOfAGoodDayAndTheHarmOfBadOnes(t *testing.T) {
	p := newPrices(world(), sim.VirtualWorld)
	want := []price{
		{backend: "none", harmful: 1, faults: 1, tried: 1},
		{backend: "redis", p50: 0.5, p99: 1, messages: 2, harmful: 2, faults: 2, tried: 2},
		{backend: "redlock", p50: 0.55, p99: 1.2, messages: 10, harmful: 1, faults: 1, tried: 2},
		{backend: "zookeeper", p50: 1.4, p99: 22, messages: 3.02, harmful: 1, faults: 2, tried: 2},
	}
	if len(p.locks) != len(want) {
		t.Fatalf("%+v, want %+v", p.locks, want)
	}
	for i, got := range p.locks {
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
		if w := want[i]; got.backend != w.backend || !near(got.p50, w.p50) || !near(got.p99, w.p99) || got.messages != w.messages || got.harmful != w.harmful || got.faults != w.faults || got.tried != w.tried {
			t.Errorf("%+v, want %+v", got, w)
		}
	}
	if !slices.Equal(p.idle, []string{"etcd"}) {
		t.Errorf("the battery was not run with %v, want etcd", p.idle)
	}
}

func TestADearerLockStandsFurtherRight(t *testing.T) {
	s := newPriceSheet(newPrices(world(), sim.VirtualWorld))
	at := func(panel int, backend string) spot {
		i := slices.IndexFunc(s.locks, func(p price) bool { return p.backend == backend })
		return s.panels[panel].spots[i]
	}
	for panel, order := range [][]string{{"none", "redis", "redlock", "zookeeper"}, {"none", "redis", "zookeeper", "redlock"}} {
		for i, dearer := range order[1:] {
			if at(panel, order[i]).x >= at(panel, dearer).x {
				t.Errorf("panel %d: %s stands at %v, %s at %v", panel, order[i], at(panel, order[i]).x, dearer, at(panel, dearer).x)
			}
		}
	}
	if at(0, "zookeeper").y <= at(0, "redis").y {
		t.Error("zookeeper, which loses money in fewer faults, does not stand lower than redis")
	}
}

func TestWithoutMessagesThereIsOnePanel(t *testing.T) {
	results := set([]outcome.Summary{
		cell("uncontended", "redis", "none", measured(check.Wait, 0.002, 0.001, 0.003)), cell("a", "redis", "none", harm(20)),
	}, card("uncontended"), inTheBattery("a", sim.Pause))
	s := newPriceSheet(newPrices(results, sim.VirtualWorld))
	if len(s.panels) != 1 || !strings.Contains(s.says(), "Messages are not counted in this world.") {
		t.Errorf("%d panels, %q", len(s.panels), s.says())
	}
}

func TestLocksThatCostAndRiskTheSameShareOneLabel(t *testing.T) {
	got := together([]spot{{100, 50, []string{"redis"}}, {300, 50, []string{"etcd"}}, {101, 52, []string{"redis+renew", "+retry=1s"}}, {100, 60, []string{"perfect"}}})
	want := [][]string{{"redis", "redis+renew", "+retry=1s"}, {"etcd"}, {"perfect"}}
	if len(got) != len(want) {
		t.Fatalf("%d labels: %v, want %v", len(got), got, want)
	}
	for i := range want {
		if !slices.Equal(got[i].lines, want[i]) {
			t.Errorf("label %d says %q, want %q", i, got[i].lines, want[i])
		}
	}
	s := newPriceSheet(newPrices(crowd(), sim.VirtualWorld))
	if n := len(s.panels[1].named); n != 1 {
		t.Errorf("15 locks that cost 2 messages and lose money equally often have %d labels, want 1", n)
	}
}
